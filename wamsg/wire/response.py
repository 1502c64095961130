"""What came back, and what it means for the pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from attrs import field, frozen

from wamsg.wire.json import read_json

_UNREAD = object()


class Headers(Mapping[str, str]):
    """Case-insensitive headers; the first of a name wins."""

    __slots__ = ("_values",)

    def __init__(self, items: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = items.items() if isinstance(items, Mapping) else items
        self._values: dict[str, str] = {}
        for name, value in pairs:
            self._values.setdefault(name.lower(), value)

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Headers {', '.join(self._values)}>"


def _as_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    # An HTTP library's own headers know how to compare names; only a plain dict has to be taught.
    return Headers(headers) if type(headers) is dict else headers


class Meaning(Enum):
    """The five things an answer can mean for whoever must decide what to do next."""

    #: Accepted.
    OK = "ok"
    #: Not accepted: too fast.
    THROTTLED = "throttled"
    #: Not accepted: try later.
    UNAVAILABLE = "unavailable"
    #: Not accepted, finally.
    REJECTED = "rejected"
    #: Nobody can say whether it was accepted.
    UNDECIDED = "undecided"


@frozen
class Verdict:
    """A driver's reading of an answer, in words that the pipeline understands."""

    meaning: Meaning
    #: Seconds to wait, where the answer says so.
    retry_after: float | None = None
    #: Kinds of lanes that a throttling concerns, such as ``("pair",)``; empty means the request's first lane.
    lane_kinds: tuple[str, ...] = ()


OK = Verdict(Meaning.OK)
REJECTED = Verdict(Meaning.REJECTED)
UNDECIDED = Verdict(Meaning.UNDECIDED)


@frozen(kw_only=True, repr=False, eq=False)
class Response:
    """One HTTP answer as data; ``body`` holds at most as much as the transport was willing to read."""

    status: int
    headers: Mapping[str, str] = field(factory=Headers, converter=_as_headers)
    body: bytes = b""
    #: Whether the body was longer than what was read.
    truncated: bool = False
    #: When it came, in seconds since 1970.
    received_at: float = 0.0
    #: Filled in, once, by the pipeline with what the driver says.
    verdict: Verdict = UNDECIDED
    _document: list[object] = field(factory=lambda: [_UNREAD], init=False)

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"

    def json(self) -> object:
        """The body as JSON, read once; None where it is not JSON (HTML, empty, cut off, not UTF-8, too deep)."""
        if self._document[0] is _UNREAD:
            self._document[0] = None if self.truncated else read_json(self.body)
        return self._document[0]

    def judged(self, verdict: Verdict) -> Response:
        """This answer, with the verdict noted on it."""
        # Not a copy: only the pipeline holds an answer before its verdict, and a copy costs 3 us per message.
        object.__setattr__(self, "verdict", verdict)
        return self

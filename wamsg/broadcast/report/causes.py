"""What went wrong, grouped and counted in bounded memory."""

from __future__ import annotations

from typing import Generic, TypeVar

from attrs import field, frozen

from wamsg.ledger import Delivery, State

#: Groups that are told apart; a provider that invents a code per answer must not fill the memory.
MOST = 500
#: Characters kept of an example.
LONGEST = 400

K = TypeVar("K")


@frozen(kw_only=True)
class Cause:
    """The key of a group of deliveries that went wrong in the same way."""

    state: State
    #: The class of the error, such as ``OptedOut``; None where there was none.
    kind: str | None
    #: The provider's own code.
    code: str | None
    http_status: int | None


@frozen(kw_only=True)
class Group(Generic[K]):
    """How many lines share ``key``."""

    key: K
    lines: int
    #: The sentence of the first of them, and where in the input it stands.
    example: str = field(repr=False)
    first_line: int


@frozen(kw_only=True)
class Groups(Generic[K]):
    """All groups, the largest first."""

    groups: tuple[Group[K], ...] = ()
    #: Lines in groups beyond the most that are told apart.
    rest: int = 0

    @property
    def lines(self) -> int:
        """Lines in all groups."""
        return self.rest + sum(group.lines for group in self.groups)


class Grouping(Generic[K]):
    """Counts by key, and keeps the first example of each."""

    def __init__(self) -> None:
        self._lines: dict[K, int] = {}
        self._examples: dict[K, tuple[str, int]] = {}
        self._rest = 0

    def add(self, key: K, example: str | None, line: int) -> None:
        """One more line of ``key``."""
        if key in self._lines:
            self._lines[key] += 1
        elif len(self._lines) < MOST:
            self._lines[key] = 1
            self._examples[key] = clip(example or ""), line
        else:
            self._rest += 1

    def groups(self) -> Groups[K]:
        """The largest first; equal ones in the order of the input."""
        ordered = sorted(self._lines.items(), key=lambda item: (-item[1], self._examples[item[0]][1]))
        return Groups(groups=tuple(self._group(key, lines) for key, lines in ordered), rest=self._rest)

    def _group(self, key: K, lines: int) -> Group[K]:
        example, first_line = self._examples[key]
        return Group(key=key, lines=lines, example=example, first_line=first_line)


def cause_of(delivery: Delivery, state: State) -> Cause:
    """Why ``delivery`` is not simply accepted."""
    return Cause(
        state=state,
        kind=delivery.kind and clip(delivery.kind),
        code=delivery.code and clip(delivery.code),
        http_status=delivery.http_status,
    )


def clip(text: str, most: int = LONGEST) -> str:
    """``text``, cut where nobody would read on."""
    return text if len(text) <= most else text[: most - 1] + "\u2026"

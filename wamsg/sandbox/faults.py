"""What can go wrong on purpose: one kind of fault, when it strikes, and the script that picks one per request."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

import attrs
from attrs import field, frozen

from wamsg.errors import ConfigError
from wamsg.sandbox.checks import flag, member, number, pattern, suffix, text, whole
from wamsg.sandbox.retry_form import RetryForm


class FaultKind(StrEnum):
    """What happens to a request; docs/sandbox.md says for each whether the message is accepted."""

    THROTTLE = "throttle"
    STATUS = "status"
    HTML_200 = "html_200"
    CUT_BEFORE = "cut_before"
    SLOW_HEADERS = "slow_headers"
    SLOW_BODY = "slow_body"
    ACCEPTED_THEN_CUT = "accepted_then_cut"
    CUT_AFTER_HEADERS = "cut_after_headers"
    CUT_DURING = "cut_during"
    HUGE_BODY = "huge_body"
    TRUNCATED_JSON = "truncated_json"
    GARBLED_JSON = "garbled_json"


class FaultBody(StrEnum):
    """What stands in the body of a `FaultKind.STATUS`."""

    #: What the provider itself says with that status.
    DIALECT = "dialect"
    #: The page of some proxy on the way.
    HTML = "html"
    EMPTY = "empty"
    #: What the provider says, labelled ``text/html``.
    WRONG_TYPE = "wrong_type"


class Ending(StrEnum):
    """How a connection is cut."""

    #: At once (TCP RST).
    RESET = "reset"
    #: In good order (TCP FIN).
    CLOSE = "close"


#: Which of the fields that say what a fault does belong to which kind.
TAKES: dict[FaultKind, frozenset[str]] = {
    FaultKind.THROTTLE: frozenset({"retry_after", "form"}),
    FaultKind.STATUS: frozenset({"status", "body", "accept", "retry_after", "form"}),
    FaultKind.HTML_200: frozenset({"accept"}),
    FaultKind.CUT_BEFORE: frozenset({"ending"}),
    FaultKind.SLOW_HEADERS: frozenset({"seconds"}),
    FaultKind.SLOW_BODY: frozenset({"seconds"}),
    FaultKind.ACCEPTED_THEN_CUT: frozenset({"ending"}),
    FaultKind.CUT_AFTER_HEADERS: frozenset({"ending"}),
    FaultKind.CUT_DURING: frozenset({"ending"}),
    FaultKind.HUGE_BODY: frozenset({"size"}),
    FaultKind.TRUNCATED_JSON: frozenset(),
    FaultKind.GARBLED_JSON: frozenset(),
}
_REFUSING = frozenset({FaultKind.THROTTLE, FaultKind.STATUS, FaultKind.HTML_200, FaultKind.CUT_BEFORE})
_DAY = 86_400.0


def _kind(value: object) -> FaultKind:
    return member("kind", FaultKind, value)


def _body(value: object) -> FaultBody:
    return member("body", FaultBody, value)


def _form(value: object) -> RetryForm:
    return member("form", RetryForm, value)


def _ending(value: object) -> Ending:
    return member("ending", Ending, value)


@frozen(kw_only=True)
class Fault:
    """One thing that goes wrong, and for whom; every condition that is given must hold.

    Raises `ConfigError`, with ``setting`` naming the field, for values that make no sense.
    """

    kind: FaultKind = field(converter=_kind)

    # When it strikes.
    #: Only requests to this provider.
    provider: str | None = field(default=None, validator=text)
    #: Only requests whose path, without the mount, holds this regular expression.
    path: str | None = field(default=None, validator=pattern)
    #: Only messages to recipients whose digits end like this.
    recipient: str | None = field(default=None, validator=suffix)
    #: Each recipient at most so many times; implies that the request carries a message.
    first: int | None = field(default=None, validator=whole(1))
    #: Spare so many requests that fit before the first strike.
    skip: int = field(default=0, validator=whole(0))
    #: Strike at most so many times in all.
    times: int | None = field(default=None, validator=whole(1))
    #: Strike with this probability, 0 to 1.
    chance: float | None = field(default=None, validator=number(0.0, 1.0))
    #: Where the dice of ``chance`` start; the same seed strikes the same requests.
    seed: int = field(default=0, validator=whole(0))

    # What it does; `TAKES` says which field belongs to which kind.
    #: 400 to 599.
    status: int = field(default=503, validator=whole(400, 599))
    body: FaultBody = field(default=FaultBody.DIALECT, converter=_body)
    #: Whether the message is accepted all the same.
    accept: bool = field(default=False, validator=flag)
    #: Seconds; None is one second for a throttle and no header for a status.
    retry_after: float | None = field(default=None, validator=number(0.0, _DAY))
    form: RetryForm = field(default=RetryForm.SECONDS, converter=_form)
    #: How long the slow kinds take.
    seconds: float = field(default=30.0, validator=number(0.0, _DAY))
    #: Bytes of a huge body.
    size: int = field(default=32 * 2**20, validator=whole(1, 2**31))
    ending: Ending = field(default=Ending.RESET, converter=_ending)

    def __attrs_post_init__(self) -> None:
        for name in sorted(_BEHAVIOUR - TAKES[self.kind]):
            if name in self.given():
                allowed = ", ".join(sorted(TAKES[self.kind])) or "none of its own"
                raise ConfigError(f"{name} does not belong to {self.kind}, which takes {allowed}", setting=name)

    def given(self) -> dict[str, object]:
        """The fields that differ from their defaults, as plain values; `Fault` takes them back."""
        return {item.name: value for item in attrs.fields(Fault) if (value := getattr(self, item.name)) != item.default}

    @property
    def accepts(self) -> bool:
        """Whether a message that meets it is accepted: the truth that the outbox then tells."""
        return self.accept or self.kind not in _REFUSING


_BEHAVIOUR = frozenset[str]().union(*TAKES.values())


class _Entry:
    """A fault and what it has seen so far."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.hits = 0
        self._fitting = 0
        self._dice = random.Random(fault.seed)  # noqa: S311 -- repeatable on purpose
        self._met: Counter[str] = Counter()

    def strikes(self, provider: str, path: str, recipients: Sequence[str]) -> bool:
        fault = self.fault
        concerned = [to for to in recipients if fault.recipient is None or to.endswith(fault.recipient)]
        if not self._fits(provider, path, concerned):
            return False
        self._fitting += 1
        if self._fitting <= fault.skip or (fault.times is not None and self.hits >= fault.times):
            return False
        if fault.first is not None:
            concerned = [to for to in concerned if self._met[to] < fault.first]
            if not concerned:
                return False
        if fault.chance is not None and self._dice.random() >= fault.chance:
            return False
        self.hits += 1
        if fault.first is not None:
            self._met.update(concerned)
        return True

    def _fits(self, provider: str, path: str, concerned: Sequence[str]) -> bool:
        fault = self.fault
        if fault.provider is not None and fault.provider != provider:
            return False
        if not concerned and (fault.recipient is not None or fault.first is not None):
            return False
        return fault.path is None or re.search(fault.path, path) is not None


class Script:
    """Faults in order: the first that strikes is the one, and those after it do not see the request."""

    def __init__(self, faults: Iterable[Fault] = (), *, providers: Iterable[str] = ()) -> None:
        self._providers = frozenset(providers)
        self._entries: list[_Entry] = []
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """Put ``fault`` last. Raises `ConfigError` if it names a provider that is not there."""
        if not isinstance(fault, Fault):
            raise ConfigError(f"a fault is made with Fault(..), not {type(fault).__name__}", setting="faults")
        self.check(fault)
        self._entries.append(_Entry(fault))

    def check(self, fault: Fault) -> None:
        """Raise `ConfigError` if ``fault`` names a provider that is not there; it would never strike."""
        if fault.provider is not None and fault.provider not in self._providers:
            known = ", ".join(sorted(self._providers)) or "none"
            raise ConfigError(f"there is no provider {fault.provider!r} here; mounted: {known}", setting="provider")

    def clear(self) -> None:
        """Forget all faults and whom they met."""
        self._entries.clear()

    def strike(self, provider: str, path: str, recipients: Sequence[str]) -> Fault | None:
        """The fault that this request meets, if any; counts it.

        ``recipients`` are the digits of those whose messages would be accepted.
        """
        for entry in self._entries:
            if entry.strikes(provider, path, recipients):
                return entry.fault
        return None

    def hits(self) -> list[tuple[Fault, int]]:
        """Every fault, in order, and how many times it struck."""
        return [(entry.fault, entry.hits) for entry in self._entries]

    def __len__(self) -> int:
        return len(self._entries)

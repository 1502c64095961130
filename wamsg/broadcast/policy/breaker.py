"""Stops a campaign that an error convicts, before it burns through its recipients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from attrs import frozen

from wamsg.broadcast.policy.settling import without_numbers
from wamsg.errors import (
    BadCredentials,
    InvalidRequest,
    LowBalance,
    MediaRefused,
    NotFound,
    PermissionDenied,
    PlanLimit,
    Rejected,
    SenderRefused,
    SendError,
    SendFailed,
    TemplateRefused,
    Unanswered,
    Unsupported,
    WamsgError,
)

#: What convicts by itself: it says nothing about the recipient.
_CERTAIN: Mapping[type[WamsgError], str] = MappingProxyType(
    {
        BadCredentials: "correct the credentials",
        PermissionDenied: "have the account or the key given this right",
        SenderRefused: "check the sending number with the provider",
        LowBalance: "top up the balance",
        PlanLimit: "wait until the limit is renewed, or have it raised",
        TemplateRefused: "mend the template or its parameters",
    }
)
#: What may be one row's doing (a bad value, a dead link of its own) or the campaign's (a field of the message, a
#: wrong address): Kaleyra's WA400 and Meta's 100 and 131009 are both, and so is WA.cr's VALIDATION_ERROR, which also
#: says that an account lacks its defaults. Bad rows come with good ones in between; a bad campaign has none.
#: An unanswered send is never sent again by itself, so a provider that answers nobody would leave everyone unknown.
_LIKELY: Mapping[type[WamsgError], str] = MappingProxyType(
    {
        InvalidRequest: "correct the message or the columns that fill it",
        MediaRefused: "check the media and whether the provider can fetch it",
        NotFound: "check the provider's address and ids",
        SendFailed: "ask the provider why its sends fail",
        Unsupported: "choose a content that this provider can send",
        Unanswered: "check the connection and the provider's status page, and what became of the unknown ones",
        Rejected: "look up the provider's code",
    }
)
#: What belongs to the message and not to a sender.
_SHARED = (TemplateRefused, InvalidRequest, MediaRefused, Unsupported)
#: Bad rows may stand together in a file, so likely kinds need more of a row.
_LIKELY_TIMES = 4
_ADVICE: Mapping[type[WamsgError], str] = MappingProxyType({**_CERTAIN, **_LIKELY})


@frozen(kw_only=True)
class Conviction:
    """Why a sender, or the whole campaign, sends no more."""

    #: None for the campaign.
    sender: int | None
    #: The class of the error, such as ``LowBalance``.
    kind: str
    code: str | None
    count: int
    #: A sentence for people, with what to do next; holds no number and no secret.
    reason: str


class Breaker:
    """Counts refusals per sender; the verdict never goes back, whatever comes in late from what was under way.

    ``size`` refusals of one kind without an acceptance in between convict (four times as many where a row may be at
    fault). A convicted sender is to be dropped; the campaign stops with its last sender, or when what is convicted
    belongs to the message and no sender gets it through. Errors of one person neither count nor clear.

    ``under_way`` is how many sends there may be at once: so many lost answers more are one accident, and forgiven.
    """

    def __init__(self, size: int = 5, *, senders: int = 1, under_way: int = 0) -> None:
        self._size = size
        self._under_way = under_way
        self._streaks: list[Counter[type[WamsgError]]] = [Counter() for _ in range(senders)]
        self._shared: Counter[type[WamsgError]] = Counter()
        self._dropped: dict[int, Conviction] = {}
        self._stopped: Conviction | None = None

    @property
    def stopped(self) -> Conviction | None:
        """Why the campaign sends no more; None while it may."""
        return self._stopped

    @property
    def dropped(self) -> Mapping[int, Conviction]:
        """The senders that send no more, and why."""
        return MappingProxyType(self._dropped)

    def may_send(self, sender: int = 0) -> bool:
        """Whether this sender may start another send."""
        return self._stopped is None and sender not in self._dropped

    def accepted(self, sender: int = 0) -> None:
        """A message went through: what this sender was refused with did not concern everyone."""
        if self._streaks[sender]:
            self._streaks[sender].clear()
        if self._shared:
            self._shared.clear()

    def failed(self, error: BaseException, sender: int = 0) -> Conviction | None:
        """Count ``error``; the conviction if this was the one too many, and only then."""
        kind = _kind_of(error)
        if kind is None or not self.may_send(sender):
            return None
        most = self._most(kind)
        self._streaks[sender][kind] += 1
        if kind in _SHARED:
            self._shared[kind] += 1
            if self._shared[kind] >= most:
                return self._stop(_convict(None, kind, error, self._shared[kind]))
        if self._streaks[sender][kind] < most:
            return None
        conviction = self._dropped[sender] = _convict(sender, kind, error, most)
        if len(self._dropped) == len(self._streaks):
            return self._stop(_convict(None, kind, error, most, self._dropped.values()))
        return conviction

    def _most(self, kind: type[WamsgError]) -> int:
        most = self._size * (1 if kind in _CERTAIN else _LIKELY_TIMES)
        return most + self._under_way if kind is Unanswered else most

    def _stop(self, conviction: Conviction) -> Conviction:
        self._stopped = conviction
        return conviction


def convicts(error: BaseException) -> bool:
    """Whether ``error`` may be the campaign's fault rather than one person's."""
    return _kind_of(error) is not None


def _kind_of(error: BaseException) -> type[WamsgError] | None:
    """The row of the tables that ``error`` belongs to; the bare `Rejected` is a code that nobody knows."""
    if type(error) is Rejected:
        return Rejected
    return next((kind for kind in _ADVICE if kind is not Rejected and isinstance(error, kind)), None)


def _convict(
    sender: int | None,
    kind: type[WamsgError],
    error: BaseException,
    count: int,
    dropped: Iterable[Conviction] = (),
) -> Conviction:
    earlier = sorted({other.kind for other in dropped} - {kind.__name__})
    ended = "got no answer" if kind is Unanswered else f"ended with {kind.__name__}"
    what = f"{count} sends in a row {ended}" if count > 1 else f"a send {ended}"
    also = f"; other senders were dropped before ({', '.join(earlier)})" if earlier else ""
    said = without_numbers(str(error)).rstrip(". ")[:200]
    then = ", then `wamsg broadcast resume`" if sender is None else "; the other senders go on"
    return Conviction(
        sender=sender,
        kind=kind.__name__,
        code=error.code if isinstance(error, SendError) else None,
        count=count,
        reason=f"{what}: {said}{also}. What to do: {_ADVICE[kind]}{then}.",
    )

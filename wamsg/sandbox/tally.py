"""What became of the callbacks: counts that add up, and how far each message came as far as anybody was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeAlias

from attrs import define, field

from wamsg.driver import Accepted, Told
from wamsg.model.event import DeliveryStatus, settled

_Key: TypeAlias = tuple[str, str, str | None, str | None]


def _counter() -> Counter[str]:
    return Counter()


@define(kw_only=True)
class Tally:
    """Statuses by word, each in one of these as it ends; what is due and in none of them is pending."""

    #: To be told, copies included and forgeries not.
    due: Counter[str] = field(factory=_counter)
    #: In a call that was answered with 2xx.
    told: Counter[str] = field(factory=_counter)
    #: In a call that was answered with another status for good, such as 401.
    refused: Counter[str] = field(factory=_counter)
    #: In a call that was made as often as allowed.
    lost: Counter[str] = field(factory=_counter)
    #: Never to be told.
    dropped: Counter[str] = field(factory=_counter)
    #: Calls by what became of them: ``taken`` (2xx), ``refused``, ``again`` (it will be repeated), ``lost``; those with
    #: a wrong proof are ``forged`` and, if they were answered with 2xx, ``forged_taken`` too. Incoming messages and
    #: notices are counted here alone; those that are never told are ``dropped``.
    calls: Counter[str] = field(factory=_counter)
    _standing: dict[_Key, DeliveryStatus | None] = field(factory=dict, init=False)

    def met(self, provider: str, accepted: Accepted) -> None:
        """A message of which something may be told."""
        self._standing.setdefault(_key(provider, accepted), None)

    def took(self, provider: str, told: Iterable[Told]) -> None:
        """The receiver said 2xx to these."""
        for one in told:
            self.told[one.status] += 1
            key = _key(provider, one.accepted)
            self._standing[key] = settled(self._standing.get(key), one.status)

    @property
    def standing(self) -> dict[str, int]:
        """How many messages have come how far, by the highest status that was taken; ``nothing`` if none was."""
        return dict(Counter(str(status or "nothing") for status in self._standing.values()))

    def of(self, provider: str, accepted: Accepted) -> DeliveryStatus | None:
        """How far that message has come, by what was taken."""
        return self._standing.get(_key(provider, accepted))

    @property
    def pending(self) -> dict[str, int]:
        """Statuses that wait for their time, for an answer, or for being repeated."""
        return dict(self.due - self.told - self.refused - self.lost)

    def as_dict(self) -> dict[str, Any]:
        """By name; ``messages`` is `standing`."""
        statuses = ("due", "told", "refused", "lost", "dropped", "calls")
        return {
            **{name: dict(getattr(self, name)) for name in statuses},
            "pending": self.pending,
            "messages": self.standing,
        }


def _key(provider: str, accepted: Accepted) -> _Key:
    return provider, accepted.recipient, accepted.message_id, accepted.reference

"""What was accepted: the ground truth that tests compare with what a sender believes."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping

from attrs import field, frozen

from wamsg.sandbox.multipart import ReceivedFile

KEEP = 100_000


def _masked(digits: str) -> str:
    return repr(digits[:2] + "*" * max(0, len(digits) - 4) + digits[-2:])


@frozen(kw_only=True)
class Record:
    """One message that was accepted, for one recipient."""

    provider: str
    #: Digits only; masked in the repr.
    recipient: str = field(repr=_masked)
    #: As the provider calls it, such as ``image`` or ``template``.
    kind: str
    message_id: str | None
    #: The sender's own reference, where the provider carries one.
    reference: str | None
    #: The fields of the request that carried it.
    body: Mapping[str, object] = field(repr=False)
    #: The files that came with the request.
    files: tuple[ReceivedFile, ...] = ()
    #: When it was accepted, in seconds since 1970.
    at: float
    #: Of the request; recipients of one request share it.
    serial: int


class Outbox:
    """Accepted messages in order; the newest ``keep`` are kept whole, the counts are exact whatever was dropped."""

    def __init__(self, keep: int = KEEP) -> None:
        self._records: deque[Record] = deque(maxlen=keep)
        self._counts: dict[str, Counter[str]] = {}

    def add(self, record: Record) -> None:
        """Remember an accepted message."""
        self._records.append(record)
        counts = self._counts.get(record.provider)
        if counts is None:
            counts = self._counts[record.provider] = Counter()
        counts[record.recipient] += 1

    @property
    def accepted(self) -> list[Record]:
        """The newest ``keep`` records, oldest first; a copy."""
        return list(self._records)

    def find(self, *, provider: str | None = None, recipient: str | None = None) -> list[Record]:
        """The kept records of a provider, of a recipient (with or without ``+``), or of both."""
        digits = None if recipient is None else recipient.removeprefix("+")
        return [
            record
            for record in self._records
            if provider in (None, record.provider) and digits in (None, record.recipient)
        ]

    def count(self, *, provider: str | None = None, recipient: str | None = None) -> int:
        """How many messages were accepted, for one recipient each; exact even beyond ``keep``."""
        counts = self._of(provider)
        if recipient is None:
            return sum(each.total() for each in counts)
        return sum(each[recipient.removeprefix("+")] for each in counts)

    def duplicates(self, *, provider: str | None = None) -> list[str]:
        """The digits of recipients for whom more than one message was accepted, in any order; exact."""
        together: Counter[str] = Counter()
        for counts in self._of(provider):
            together.update(counts)
        return [recipient for recipient, times in together.items() if times > 1]

    def clear(self) -> None:
        """Forget everything, the counts too."""
        self._records.clear()
        self._counts.clear()

    def __len__(self) -> int:
        return len(self._records)

    def _of(self, provider: str | None) -> list[Counter[str]]:
        return [counts for name, counts in self._counts.items() if provider in (None, name)]

"""Who asks not to be messaged any more, by what they write."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from wamsg.ledger.records import Suppression
from wamsg.model.event import IncomingMessage

#: The words of Meta's own button ("Stop promotions") and of the habit of text messages. `CANCEL`, `END` and `QUIT`,
#: which stand beside them in the CTIA's list, are left out: people write them to bots for other reasons.
STOP_WORDS: Final = ("stop", "stop all", "stopall", "stop promotions", "unsubscribe")

_LONGEST: Final = 64


class OptOuts:
    """Knows a message that says nothing but one of some words, whatever their case, spaces and punctuation.

    A text is one word.
    """

    def __init__(self, words: str | Iterable[str] = STOP_WORDS) -> None:
        several = (words,) if isinstance(words, str) else words
        self._words = frozenset(filter(None, map(_plain, several)))

    def find(self, event: IncomingMessage, *, now: float) -> Suppression | None:
        """The entry for who wrote it; None if it says anything else or the person's number is not known."""
        text = event.text
        if event.sender is None or text is None or len(text) > _LONGEST or _plain(text) not in self._words:
            return None
        reason = f"wrote: {' '.join(text.split())}"
        return Suppression(address=int(event.sender.digits), reason=reason, source="opt-out message", at=now)


def _plain(text: str) -> str:
    # What keyboards add unseen, such as marks of the direction of writing.
    seen = "".join(character for character in text if unicodedata.category(character) != "Cf")
    words = unicodedata.normalize("NFKC", seen).casefold().split()
    return " ".join(words).strip(" .,!\"'*_")

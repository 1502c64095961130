"""From whatever a caller names recipients by to one entry per recipient, in order."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

from attrs import frozen

from wamsg.errors import DuplicateRecipient, InvalidMessage, InvalidRecipient
from wamsg.model import Content, PhoneNumber

#: What one recipient may be given as.
Given = str | PhoneNumber
#: A comma-separated string, or any (async) iterable of recipients, or of pairs of a recipient and its own content.
Audience = (
    str
    | Iterable[Given]
    | AsyncIterable[Given]
    | Iterable[tuple[Given, Content]]
    | AsyncIterable[tuple[Given, Content]]
)

# Iterable too, but as numbers from 0 to 255, which are no recipients.
_BYTES: tuple[type, ...] = (bytes, bytearray, memoryview)


#: Fibonacci hashing: 2^64 over the golden ratio spreads neighbouring numbers.
_SCATTER, _64_BITS = 0x9E3779B97F4A7C15, 2**64 - 1


@frozen
class Entry:
    """One recipient of the input: a number to send to, or the error that keeps it from being sent to."""

    position: int
    recipient: PhoneNumber | None
    error: InvalidMessage | None = None


class Seen:
    """Where each number stood first, in about 24 bytes a number; a dict would take five times that.

    Open addressing with linear probing in two arrays that are kept at most half full.
    """

    def __init__(self) -> None:
        self._grow(1024)
        self._count = 0

    def first(self, number: int, position: int) -> int:
        """The position at which ``number`` (above zero) came first: ``position`` if this is the first time."""
        numbers, mask = self._numbers, self._mask
        slot = (number * _SCATTER & _64_BITS) >> self._shift
        while (found := numbers[slot]) != number:
            if not found:
                numbers[slot], self._positions[slot] = number, position
                self._count += 1
                if self._count * 2 > mask:
                    self._rebuild()
                return position
            slot = (slot + 1) & mask
        return self._positions[slot]

    def _grow(self, size: int) -> None:
        self._mask = size - 1
        self._shift = 64 - size.bit_length() + 1
        self._numbers = array("Q", bytes(8 * size))
        self._positions = array("I", bytes(4 * size))

    def _rebuild(self) -> None:
        numbers, positions = self._numbers, self._positions
        self._grow(2 * len(numbers))
        self._count = 0
        for number, position in zip(numbers, positions, strict=True):
            if number:
                self.first(number, position)


class Reader:
    """Numbers, checks and de-duplicates recipients one by one, so that any length of input is read lazily.

    Duplicates are found after normalisation; ``dedupe=False`` lets them pass and remembers nothing.
    """

    def __init__(self, *, dedupe: bool = True) -> None:
        self._position = 0
        self._seen = Seen() if dedupe else None

    def read(self, given: object) -> Entry:
        """The entry for the next recipient of the input."""
        position = self._position
        self._position += 1
        try:
            recipient = given if isinstance(given, PhoneNumber) else PhoneNumber.parse(given)  # type: ignore[arg-type]  # parse says what is wrong with other types
        except InvalidRecipient as error:
            return Entry(position, None, error)
        first = position if self._seen is None else self._seen.first(int(recipient.digits), position)
        if first != position:
            message = f"this recipient stood already at position {first + 1} of the input"
            return Entry(position, recipient, DuplicateRecipient(message, first_position=first))
        return Entry(position, recipient)


def split(audience: Audience) -> Iterator[object] | AsyncIterator[object]:
    """One by one; blank pieces of a comma-separated string are no recipients.

    Raises `InvalidRecipient` for a string without any recipient.
    """
    if isinstance(audience, str):
        pieces = [piece for piece in audience.split(",") if piece.strip()]
        if not pieces:
            raise InvalidRecipient("there is no recipient; write numbers such as +91..,+91..", field="to")
        return iter(pieces)
    if isinstance(audience, PhoneNumber):
        return iter((audience,))
    if isinstance(audience, AsyncIterable):
        return aiter(audience)
    if not isinstance(audience, _BYTES) and isinstance(audience, Iterable):
        return iter(audience)
    message = f"recipients must be text or an iterable, not {type(audience).__name__}"
    raise InvalidRecipient(message, field="to")

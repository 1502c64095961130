"""From whatever a caller names recipients by to one entry per recipient, in order."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

from attrs import frozen

from wamsg.errors import DuplicateRecipient, InvalidMessage, InvalidRecipient
from wamsg.model import PhoneNumber

#: What one recipient may be given as.
Given = str | PhoneNumber
#: A comma-separated string, or any (async) iterable of recipients.
Audience = str | Iterable[Given] | AsyncIterable[Given]


@frozen
class Entry:
    """One recipient of the input: a number to send to, or the error that keeps it from being sent to."""

    position: int
    recipient: PhoneNumber | None
    error: InvalidMessage | None = None


class Reader:
    """Numbers, checks and de-duplicates recipients one by one, so that any length of input is read lazily.

    Duplicates are found after normalisation; what is remembered of a recipient is one integer.
    """

    def __init__(self) -> None:
        self._position = 0
        self._first_seen: dict[int, int] = {}

    def read(self, given: object) -> Entry:
        """The entry for the next recipient of the input."""
        position = self._position
        self._position += 1
        try:
            recipient = given if isinstance(given, PhoneNumber) else PhoneNumber.parse(given)  # type: ignore[arg-type]  # parse says what is wrong with other types
        except InvalidRecipient as error:
            return Entry(position, None, error)
        first = self._first_seen.setdefault(int(recipient.digits), position)
        if first != position:
            message = f"this recipient stood already at position {first + 1} of the input"
            return Entry(position, recipient, DuplicateRecipient(message, first_position=first))
        return Entry(position, recipient)


def split(audience: Audience) -> Iterator[Given] | AsyncIterator[Given]:
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
    if isinstance(audience, Iterable):
        return iter(audience)
    message = f"recipients must be text or an iterable, not {type(audience).__name__}"
    raise InvalidRecipient(message, field="to")

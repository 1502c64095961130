"""Rows become recipients or refusals, numbered, with a digest over what they come to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from wamsg.broadcast.audience.number import is_e164, read_number
from wamsg.broadcast.audience.row import Batch, Row, shown
from wamsg.errors import InvalidRecipient
from wamsg.ledger import Fate, Recipient, Refused

#: Says why the values of a row cannot be sent; None if they can.
Check = Callable[[tuple[str, ...]], str | None]

_new_recipient = partial(tuple.__new__, Recipient)


class Intake:
    """Numbers rows in the order of the input; ``check`` judges the values of those whose number is good.

    The digest covers numbers, order, the columns' names and values, and what stood in refused rows: it does not
    depend on how an input is written, nor on how its rows are batched.
    """

    def __init__(self, columns: Sequence[str], *, without_plus: bool = False, check: Check | None = None) -> None:
        self.rows = 0
        self._without_plus = without_plus
        self._check = check
        self._blank = ("",) * len(columns)
        self._sum = hashlib.sha256()
        self._digest([str(len(columns)), *columns])

    @property
    def digest(self) -> str:
        """In hexadecimal, over all rows so far."""
        return self._sum.hexdigest()

    def take(self, rows: Iterable[Row]) -> Batch:
        """The next rows of the input."""
        batch = Batch([], [])
        add, check, seq = batch.recipients.append, self._check, self.rows
        said: list[str] = []
        for line, phone, values, problem in rows:
            number, why = (phone, None) if problem is None and is_e164(phone) else self._number(phone, problem)
            if why is None and check is not None:
                why = check(values)
            if why is None:
                add(_new_recipient((seq, line, int(number), values)))
                said.append(number)
                said += values
            else:
                refused = Refused(seq, line, Fate.INVALID, why, shown(phone))
                batch.refused.append(refused)
                said += ("!", refused.given, *(values or self._blank))
            seq += 1
        self.rows = seq
        self._digest(said)
        return batch

    def _number(self, phone: str, problem: str | None) -> tuple[str, str | None]:
        if problem is not None:
            return "", problem
        try:
            return read_number(phone, without_plus=self._without_plus), None
        except InvalidRecipient as error:
            return "", str(error)

    def _digest(self, said: list[str]) -> None:
        # No text holds a NUL and every row has as many fields as there are columns, so nothing reads in two ways.
        self._sum.update("".join([text + "\0" for text in said]).encode())

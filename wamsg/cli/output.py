"""What people and programs read: a line per recipient, a count that adds up, an exit code."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections import Counter
from typing import TextIO

from wamsg.codec import outcome_to_dict
from wamsg.errors import DuplicateRecipient, InvalidRecipient
from wamsg.model import Outcome, Status

ALL_ACCEPTED, NONE_ACCEPTED, USAGE, SOME_REJECTED, SOME_UNKNOWN, STOPPED = 0, 1, 2, 4, 5, 130


class Tally:
    """How many recipients ended in which way; the numbers of `sentence` add up to the first one."""

    def __init__(self, recipients: int) -> None:
        self.recipients = recipients
        self._statuses: Counter[Status] = Counter()
        self._invalid = 0
        self._duplicate = 0

    def add(self, outcome: Outcome) -> None:
        """Count one recipient."""
        self._statuses[outcome.status] += 1
        self._invalid += isinstance(outcome.error, InvalidRecipient)
        self._duplicate += isinstance(outcome.error, DuplicateRecipient)

    @property
    def done(self) -> int:
        """How many were counted."""
        return self._statuses.total()

    @property
    def not_sent(self) -> int:
        """How many were never tried, because someone stopped the run."""
        return self.recipients - self.done

    def exit_code(self) -> int:
        """0 all accepted, 1 none, 4 some rejected, 5 some unknown (whatever else)."""
        if self._statuses[Status.UNKNOWN]:
            return SOME_UNKNOWN
        if not self._statuses[Status.ACCEPTED]:
            return NONE_ACCEPTED
        return SOME_REJECTED if self._statuses[Status.REJECTED] else ALL_ACCEPTED

    def sentence(self) -> str:
        """Such as ``5 recipients: 3 accepted, 2 rejected (1 not a number, 1 duplicate), 0 unknown``."""
        parts = [
            f"{self._statuses[Status.ACCEPTED]} accepted",
            f"{self._statuses[Status.REJECTED]} rejected{self._why()}",
            f"{self._statuses[Status.UNKNOWN]} unknown",
        ]
        if self.not_sent:
            parts.append(f"{self.not_sent} not sent because it was stopped")
        noun = "recipient" if self.recipients == 1 else "recipients"
        return f"{self.recipients} {noun}: {', '.join(parts)}"

    def _why(self) -> str:
        kinds = [(self._invalid, "not a number"), (self._duplicate, "duplicate")]
        found = [f"{count} {kind}" for count, kind in kinds if count]
        return f" ({', '.join(found)})" if found else ""


class Report:
    """Writes outcomes as they come; goes silent, and lets the sending go on, once nobody reads any more."""

    def __init__(self, *, as_json: bool, show_numbers: bool) -> None:
        self._as_json = as_json
        self._show_numbers = show_numbers

    def write(self, outcome: Outcome) -> None:
        """One recipient: a line for people, or one JSON object."""
        if self._as_json:
            say(json.dumps(outcome_to_dict(outcome, show_number=self._show_numbers)))
        else:
            say(self._line(outcome))

    def close(self, tally: Tally) -> None:
        """The count: below the lines for people; on standard error beside JSON, which stays one object a recipient."""
        if self._as_json:
            tell(tally.sentence())
        else:
            say(tally.sentence())

    def _line(self, outcome: Outcome) -> str:
        if outcome.recipient is None:
            who = "-"
        else:
            who = outcome.recipient.e164 if self._show_numbers else outcome.recipient.masked
        if outcome.result is not None:
            what = outcome.result.message_id or "(the provider named no message id)"
        else:
            what = str(outcome.error)
        return f"{outcome.position + 1:>4}  {who:<16}  {outcome.status.value:<8}  {printable(what)}"


def say(text: str) -> None:
    """One line on standard output; silent once nobody reads it any more, so that the sending goes on."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        mute()


def tell(text: str) -> None:
    """One sentence to the user on standard error; silent, too, once nobody reads it."""
    try:
        sys.stderr.write(f"wamsg: {printable(text)}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        mute(sys.stderr)


def mute(stream: TextIO | None = None) -> None:
    """Nobody reads ``stream`` (standard output) any more: from here on it goes nowhere, at the process's end too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), (stream or sys.stdout).fileno())


def printable(text: str) -> str:
    """``text`` on one line and without control characters, which a provider's answer could smuggle to a terminal."""
    return "".join(" " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character for character in text)

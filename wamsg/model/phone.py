"""Phone numbers as people type them, kept as E.164, shown masked."""

from __future__ import annotations

import re
import unicodedata

from attrs import field, frozen

from wamsg.errors import InvalidRecipient

#: ITU-T E.164, section 6.2.1: at most 15 digits; no assigned country code and number together have fewer than 7.
MIN_DIGITS, MAX_DIGITS = 7, 15

#: Spaces and dashes of every kind, and the invisible direction marks that copying from a chat leaves behind (Cf).
_SKIPPED = frozenset({"Zs", "Pd", "Cf"})
#: Tab, slash, dot, minus sign, middle dot, and the full-width dot and slash.
_SEPARATORS = frozenset("\t/.\u2212\u00b7\uff0e\uff0f")
_PLAIN = {"[": "(", "]": ")", "\uff08": "(", "\uff09": ")", "\uff3b": "(", "\uff3d": ")", "\uff0b": "+"}
_LONGEST_INPUT = 64
_E164 = re.compile(rf"\+[1-9][0-9]{{{MIN_DIGITS - 1},{MAX_DIGITS - 1}}}")


@frozen(order=True, repr=False)
class PhoneNumber:
    """An E.164 number. ``str`` and ``repr`` are masked; write ``.e164`` where the number itself is meant.

    Build it with `parse`; the constructor takes E.164 only.
    """

    #: With the plus sign, such as ``+919812345678``.
    e164: str = field()

    @e164.validator
    def _check(self, _attribute: object, value: str) -> None:
        if not isinstance(value, str):
            raise InvalidRecipient(_not_text(value), field="to")
        if not _E164.fullmatch(value):
            raise InvalidRecipient(_why(value), field="to")

    @classmethod
    def parse(cls, text: str) -> PhoneNumber:
        """Read what people type: spaces, dashes, dots, brackets, a trunk ``(0)``, ``00`` for ``+``, any digits.

        Raises `InvalidRecipient` without a country code (``+`` or ``00`` in front) or if it is not a number at all.
        """
        if not isinstance(text, str):
            raise InvalidRecipient(_not_text(text), field="to")
        if _E164.fullmatch(text):
            # Most programs hand over E.164 already; looking at each character would cost ten times as much.
            return cls(text)
        if len(text) > _LONGEST_INPUT:
            raise InvalidRecipient("too long for a phone number", field="to", limit=_LONGEST_INPUT, actual=len(text))
        compact = _compact(text)
        if compact.startswith("00"):
            compact = "+" + compact[2:]
        return cls(compact)

    @property
    def digits(self) -> str:
        """Without the plus sign."""
        return self.e164[1:]

    @property
    def masked(self) -> str:
        """Country-code digits and the last two, such as ``+91*******78``."""
        return self.e164[:3] + "*" * (len(self.e164) - 5) + self.e164[-2:]

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"


def _compact(text: str) -> str:
    plain = "".join(_plain(character) for character in text.strip())
    # "+44 (0)20 ..": the bracketed trunk zero is dialled only inside the country.
    if "+" in plain or plain.lstrip("(").startswith("00"):
        plain = plain.replace("(0)", "", 1)
    return plain.replace("(", "").replace(")", "")


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SKIPPED or character in _SEPARATORS:
        return ""
    return str(unicodedata.decimal(character)) if category == "Nd" else _PLAIN.get(character, character)


def _not_text(value: object) -> str:
    return f"a phone number must be text, not {type(value).__name__}"


def _why(compact: str) -> str:
    digits = compact.removeprefix("+")
    if not digits:
        return "the recipient is empty; write a phone number with its country code, such as +91.."
    if not (digits.isascii() and digits.isdigit()):
        return "not a phone number: it holds something other than digits, spaces, dashes and brackets"
    if not compact.startswith("+"):
        return "the country code is missing; start the number with + (or 00) and the country code, such as +91.."
    if not MIN_DIGITS <= len(digits) <= MAX_DIGITS:
        return (
            f"a phone number has {MIN_DIGITS} to {MAX_DIGITS} digits with its country code, this one has {len(digits)}"
        )
    return "no country code starts with 0; write + and the country code, then the number"

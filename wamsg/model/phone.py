"""Phone numbers as people type them, kept as E.164, shown masked."""

from __future__ import annotations

import unicodedata

from attrs import field, frozen

from wamsg.errors import InvalidRecipient

#: ITU-T E.164, section 6.2.1: at most 15 digits; no assigned country code and number together have fewer than 7.
MIN_DIGITS, MAX_DIGITS = 7, 15

_SEPARATORS = frozenset("()[]/.-\u2010\u2011\u2012\u2013\u2014\u2212\u00ad")
_LONGEST_INPUT = 64


@frozen(order=True, repr=False)
class PhoneNumber:
    """An E.164 number. ``str`` and ``repr`` are masked; write ``.e164`` where the number itself is meant.

    Build it with `parse`; the constructor takes E.164 only.
    """

    #: With the plus sign, such as ``+919812345678``.
    e164: str = field()

    @e164.validator
    def _check(self, _attribute: object, value: str) -> None:
        good = value.startswith("+") and value[1:].isascii() and value[1:].isdigit() and value[1] != "0"
        if not good or not MIN_DIGITS <= len(value) - 1 <= MAX_DIGITS:
            raise InvalidRecipient(_why(value), field="to")

    @classmethod
    def parse(cls, text: str) -> PhoneNumber:
        """Read what people type: spaces, dashes, dots, brackets, a trunk ``(0)``, ``00`` for ``+``, any digits.

        Raises `InvalidRecipient` without a country code (``+`` or ``00`` in front) or if it is not a number at all.
        """
        if not isinstance(text, str):
            raise InvalidRecipient(f"a phone number must be text, not {type(text).__name__}", field="to")
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

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"


def _compact(text: str) -> str:
    # "+44 (0)20 ..": the bracketed trunk zero is dialled only inside the country.
    text = text.strip().replace("(0)", "", 1) if "+" in text or text.strip().startswith("00") else text
    kept = []
    for character in text:
        category = unicodedata.category(character)
        # Spaces of every kind, and the invisible direction marks that copying from a chat leaves behind (Cf).
        if category in {"Zs", "Cf"} or character == "\t" or character in _SEPARATORS:
            continue
        kept.append(_plain(character, category))
    return "".join(kept)


def _plain(character: str, category: str) -> str:
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return "+" if character == "\uff0b" else character


def _why(compact: str) -> str:
    if not compact:
        return "the recipient is empty; write a phone number with its country code, such as +91.."
    digits = compact.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return "not a phone number: it holds something other than digits, spaces, dashes and brackets"
    if not compact.startswith("+"):
        return "the country code is missing; start the number with + (or 00) and the country code, such as +91.."
    if not MIN_DIGITS <= len(digits) <= MAX_DIGITS:
        return (
            f"a phone number has {MIN_DIGITS} to {MAX_DIGITS} digits with its country code, this one has {len(digits)}"
        )
    return "no country code starts with 0; write + and the country code, then the number"

"""What is hidden where numbers are not to be shown."""

from __future__ import annotations

import re

#: As long as a phone number or longer; seven is the fewest that one has with its country code.
_DIGITS = re.compile(r"\+?\d{7,}")


def masked(text: str) -> str:
    """``text`` with whatever may be a phone number as `wamsg.PhoneNumber` shows it: ``+91*******78``."""
    return _DIGITS.sub(_mask, text)


def kept(text: str) -> str:
    """``text`` itself: the other choice."""
    return text


def _mask(found: re.Match[str]) -> str:
    text = found[0]
    shown = 3 if text.startswith("+") else 2
    return text[:shown] + "*" * (len(text) - shown - 2) + text[-2:]

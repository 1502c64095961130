"""Our reference: a short text that travels with a send and finds its row again; forged ones fall out."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final, NamedTuple

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
#: No leading zeros, so that each send has one reference; lengths that stay within 63 bits.
_NUMBER: Final = r"0|[1-9a-z][0-9a-z]{0,11}"
_FORM: Final = re.compile(rf"w1\.({_NUMBER})\.({_NUMBER})\.({_NUMBER})\.([0-9a-z]{{6}})")


class Reference(NamedTuple):
    """One try of one delivery."""

    broadcast: int
    #: Its place in the input.
    seq: int
    #: Which try, from 1.
    attempt: int


def make_reference(secret: bytes, *, broadcast: int, seq: int, attempt: int) -> str:
    """``w1.<broadcast>.<seq>.<attempt>.<digest>`` in base 36: below 40 characters for all that a ledger can hold."""
    text = f"w1.{_base36(broadcast)}.{_base36(seq)}.{_base36(attempt)}"
    return f"{text}.{_digest(secret, text)}"


def parse_reference(secret: bytes, text: object) -> Reference | None:
    """What `make_reference` was given with this secret; None for anything else, such as forged or foreign text."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    broadcast, seq, attempt, digest = found.groups()
    wanted = _keyed(secret, found[0][: -len(digest) - 1])
    if not hmac.compare_digest(wanted.to_bytes(4, "big"), int(digest, 36).to_bytes(4, "big")):
        return None
    return Reference(int(broadcast, 36), int(seq, 36), int(attempt, 36))


def _digest(secret: bytes, text: str) -> str:
    return _base36(_keyed(secret, text)).rjust(6, "0")


def _keyed(secret: bytes, text: str) -> int:
    """A number of six digits in base 36, which is below 2^32: a guess is right once in two thousand million."""
    keyed = hashlib.blake2b(text.encode(), key=secret, digest_size=8, person=b"wamsg ref").digest()
    return int.from_bytes(keyed, "big") % 36**6


def _base36(number: int) -> str:
    if number < 0:
        raise ValueError(f"a reference holds no negative number: {number}")
    digits = ""
    while number >= 36:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return _DIGITS[number] + digits

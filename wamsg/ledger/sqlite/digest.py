"""Ids of any length and alphabet as numbers that a table keeps in eight bytes.

Among ten million of them two are the same once in 200,000 ledgers.
"""

from __future__ import annotations

from hashlib import blake2b


def digest(text: str) -> int:
    """``text`` as a number of 64 bits, with its sign."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)

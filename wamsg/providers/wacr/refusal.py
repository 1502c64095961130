"""The error for what WA.cr's API has no field for."""

from __future__ import annotations

from wamsg.errors import Unsupported


def unsupported(why: str, *, feature: str) -> Unsupported:
    """The error to raise; ``feature`` names what cannot be expressed, ``why`` says what the API has instead."""
    return Unsupported(f"WA.cr cannot send this ({feature}): {why}", provider="wacr", feature=feature)

"""Reading JSON from outside: any bytes give a value or None, by orjson where it is installed."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache


def read_json(body: bytes) -> object:
    """``body`` as JSON, or None where it is not JSON (HTML, empty, cut off, not Unicode, nested too deep)."""
    try:
        return _fastest()(body)
    except (ValueError, RecursionError):
        # Rare, so it may cost: what is stricter than the standard library has the last word only on good JSON.
        return _read_leniently(body)


@cache
def _fastest() -> Callable[[bytes], object]:
    """Imported on first use; the extra `speed` brings orjson."""
    try:
        from orjson import loads
    except ImportError:
        return _loads
    fastest: Callable[[bytes], object] = loads
    return fastest


def _loads(body: bytes) -> object:
    # Almost every body is plain UTF-8; left to itself, json looks for five other encodings first.
    document: object = json.loads(body.decode())
    return document


def _read_leniently(body: bytes) -> object:
    """Also a byte order mark, UTF-16 or UTF-32 (which RFC 8259 lets a reader accept), NaN and long numbers."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document

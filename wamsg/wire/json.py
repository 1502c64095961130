"""JSON by orjson where it is installed: any bytes from outside give a value or None; our own is written and read."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any


def read_json(body: bytes) -> object:
    """``body`` as JSON, or None where it is not JSON (HTML, empty, cut off, not Unicode, nested too deep)."""
    try:
        return _fastest()(body)
    except (ValueError, RecursionError):
        # Rare, so it may cost: what is stricter than the standard library has the last word only on good JSON.
        return _read_leniently(body)


def write_plain(value: object) -> str:
    """Lists of numbers and texts as JSON, for `read_plain` or another program."""
    return _fastest_out()(value)


def read_plain(text: str) -> Any:
    """What we, or a program that we trust, wrote as JSON."""
    return _fastest_in()(text)


@cache
def _fastest_out() -> Callable[[object], str]:
    try:
        from orjson import dumps
    except ImportError:
        return json.dumps
    return lambda value: dumps(value).decode()


def orjson_loads() -> Callable[[str | bytes], Any] | None:
    """Imported on first use; the extra `speed` brings orjson. None without it."""
    try:
        from orjson import loads
    except ImportError:
        return None
    fastest: Callable[[str | bytes], Any] = loads
    return fastest


@cache
def _fastest_in() -> Callable[[str], Any]:
    return orjson_loads() or json.loads


@cache
def _fastest() -> Callable[[bytes], object]:
    return orjson_loads() or _loads


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

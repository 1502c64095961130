"""Reading what a webhook was given: stricter than `read_json`, because here a doubt can be told to the sender."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NoReturn

from wamsg.errors import BadPayload
from wamsg.wire.json import orjson_loads

#: Meta's documented maximum: https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks
LARGEST = 3 * 1024 * 1024
#: Meta's frame with an order in it is 10 deep.
DEEPEST = 32
_WIDEST = 2**63
#: Names with their values, or parts, of which each begins with headers.
_FORM = re.compile(
    r"\s*(?:[\w.%+\[\]-]{1,100}=|--[^\r\n]{1,200}\r?\n(?:[^\r\n]{1,200}\r?\n){0,3}?Content-Disposition:)", re.IGNORECASE
)
_LOOKED_AT = frozenset({dict, list, float})
_NAMES = {list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number", type(None): "null"}


def read_payload(body: bytes) -> dict[str, object]:
    """``body`` as one JSON object.

    Raises `BadPayload` with a sentence for everything else: empty, larger than 3 MiB, XML, a form, not UTF-8, another
    JSON value, nested more than 32 deep, NaN, numbers beyond 64 bits, halves of surrogate pairs, a name given twice.
    """
    if not body.strip():
        raise BadPayload("the body is empty; have the callback sent with a JSON body")
    if len(body) > LARGEST:
        raise BadPayload(f"the body has {len(body)} bytes; at most {LARGEST} are read")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadPayload("the body is not UTF-8; have the callback sent as JSON in UTF-8") from None
    document = _loads(text)
    if not isinstance(document, dict):
        raise BadPayload(f"the body must be one JSON object, not {_NAMES[type(document)]}")
    names, fractions = _walk(document, escaped="\\ud" in text or "\\uD" in text)
    # A colon may be part of some text, or belong to a name that stood twice; a fraction may be a long whole number that
    # was rounded. Only the slower decoder can tell, and most callbacks hold neither.
    return document if names == text.count(":") and not fractions else _decode(text)


def check_payload(document: dict[str, object]) -> None:
    """Raise `BadPayload` if ``document`` is nested too deep, or if text in it is not valid Unicode."""
    _walk(document, escaped=True)


def _walk(document: dict[str, object], *, escaped: bool) -> tuple[int, bool]:
    """How many names it has at all depths, and whether any number is a fraction."""
    level: list[object] = [document]
    depth, names, fractions = 0, 0, False
    while level:
        depth += 1
        if depth > DEEPEST:
            raise BadPayload(f"the body is nested more than {DEEPEST} deep")
        items: list[object] = []
        for holder in level:
            if isinstance(holder, dict):
                names += len(holder)
                items += holder.values()
                if escaped:
                    _check_text(holder)
            elif isinstance(holder, list):
                items += holder
            else:
                fractions = True
        if escaped:
            _check_text(items)
        level = [item for item in items if type(item) in _LOOKED_AT]
    return names, fractions


def _check_text(items: Iterable[object]) -> None:
    try:
        for item in items:
            if isinstance(item, str):
                item.encode()
    except UnicodeEncodeError:
        raise BadPayload("the body holds half of a surrogate pair, which is not valid Unicode text") from None


def _loads(text: str) -> Any:
    """By the fastest decoder there is; what it refuses is for the one that can say why."""
    try:
        return _fastest()(text)
    except (ValueError, RecursionError):
        return _decode(text)


@cache
def _fastest() -> Callable[[str], Any]:
    return orjson_loads() or json.JSONDecoder(parse_int=_short).decode


def _short(digits: str) -> int:
    if len(digits) > 18:
        raise ValueError("for the decoder that can say why")
    return int(digits)


def _decode(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise BadPayload(_why(text, error)) from None
    except RecursionError:
        raise BadPayload(f"the body is nested more than {DEEPEST} deep") from None


def _why(text: str, error: json.JSONDecodeError) -> str:
    if text.lstrip().startswith("<"):
        return "the body is XML or HTML; set the body type of the callback to JSON"
    if _FORM.match(text):
        return "the body is a form; set the body type of the callback to JSON"
    return f"the body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})"


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        # Two readers could take a different one of them, so neither is taken.
        raise BadPayload("a name stands twice in one object of the body; give each name once")
    return table


def _whole(digits: str) -> int:
    if len(digits) > 20 or not -_WIDEST <= (number := int(digits)) < 2 * _WIDEST:
        raise BadPayload("the body holds a whole number of more than 64 bits; write it as text")
    return number


def _fraction(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise BadPayload("the body holds a number that is too large")
    return number


def _constant(name: str) -> NoReturn:
    raise BadPayload(f"the body holds {name}, which JSON does not have")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_constant
)

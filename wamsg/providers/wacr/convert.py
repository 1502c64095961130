"""Fields as the bytes of a JSON body or as a form, and answers as values."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from wamsg.providers.wacr.options import spell
from wamsg.wire import Form, Part, Upload

if TYPE_CHECKING:
    from cattrs import Converter


def _stdlib(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _writer() -> Callable[[object], bytes]:
    try:
        writer: Callable[[object], bytes] = importlib.import_module("orjson").dumps
    except ImportError:
        # The extra `speed` is not installed.
        return _stdlib
    return writer


to_json = _writer()


def to_form(fields: Mapping[str, object], contact_style: str) -> Form:
    """A form of texts, numbers, flags and files; flags are 1 and 0, which PHP frameworks read as booleans."""
    return Form(tuple(Part(spell(name, contact_style), _value(value)) for name, value in fields.items()))


def _value(value: object) -> str | Upload:
    if isinstance(value, str | Upload):
        return value
    return str(int(value)) if isinstance(value, bool) else str(value)


@cache
def _converter() -> Converter:
    # Imported on use: sending does without it.
    from cattrs import Converter

    from wamsg.operations import teach

    converter = Converter(detailed_validation=False)
    teach(converter)
    return converter


def structure(document: object, kind: Any) -> Any:
    """JSON data as a value of ``kind``; raises `wamsg.operations.Unfit`."""
    return _converter().structure(document, kind)

"""The private cattrs converter: which of our names Meta's message object calls otherwise, and how JSON is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override
from cattrs.preconf.json import JsonConverter
from cattrs.preconf.json import make_converter as json_preset

from wamsg.errors import InvalidMessage
from wamsg.model import (
    Audio,
    CallToAction,
    CurrencyParameter,
    DateTimeParameter,
    Document,
    Image,
    Product,
    Sticker,
    Text,
    Video,
)

_OMIT = override(omit=True)
_DEEPEST = 32
_WIDEST = 2**63


class Ready:
    """Marks data that is JSON already, so that the converter hands it on untouched."""


def fastest_preset() -> Callable[..., Converter]:
    """What makes a converter: cattrs' preset for orjson if that is installed, else the one for stdlib json."""
    try:
        from cattrs.preconf.orjson import make_converter as orjson_preset
    except ImportError:
        return json_preset
    return orjson_preset


def make_converter(preset: Callable[..., Converter] | None = None) -> Converter:
    """A converter from our values to the pieces of Meta's message object; whatever is not set is left out."""
    converter = (preset or fastest_preset())(omit_if_default=True)
    renames: dict[type, dict[str, Any]] = {
        **{kind: {"file": _OMIT} for kind in (Image, Video, Audio, Document, Sticker)},
        Text: {"preview_url": override(omit_if_default=False)},
        CurrencyParameter: {"fallback": override(rename="fallback_value"), "name": _OMIT},
        DateTimeParameter: {"fallback": override(rename="fallback_value"), "name": _OMIT},
        CallToAction: {"button": override(rename="display_text"), "body": _OMIT, "header": _OMIT, "footer": _OMIT},
        Product: {"product_id": override(rename="product_retailer_id"), "body": _OMIT, "footer": _OMIT},
    }
    for kind, overrides in renames.items():
        hook: Callable[[Any], dict[str, Any]] = make_dict_unstructure_fn(
            kind, converter, _cattrs_omit_if_default=True, **overrides
        )
        converter.register_unstructure_hook(kind, hook)
    # Subclasses of numbers, such as those of array libraries, are not JSON for every writer.
    converter.register_unstructure_hook(float, float)
    converter.register_unstructure_hook(int, int)
    converter.register_unstructure_hook(Ready, lambda document: document)
    return converter


def json_writer(converter: Converter) -> Callable[[object], bytes]:
    """What turns JSON data into UTF-8 bytes with the library that ``converter`` was preset for."""
    dumps: Callable[..., Any] = converter.dumps  # type: ignore[attr-defined]  # both presets have it
    if isinstance(converter, JsonConverter):
        return lambda document: dumps(document, Ready, ensure_ascii=False, separators=(",", ":")).encode()
    return lambda document: dumps(document, Ready)


@cache
def _reader() -> Converter:
    # Imported on use: sending does without it.
    from wamsg.operations import teach

    converter = Converter(detailed_validation=False)
    teach(converter)
    return converter


def structure(document: object, kind: Any) -> Any:
    """JSON data as a value of ``kind``; raises `wamsg.operations.Unfit`."""
    return _reader().structure(document, kind)


CONVERTER = make_converter()
json_bytes = json_writer(CONVERTER)


def writable(name: str, value: object, depth: int = 0) -> object:
    """``value``, which is JSON data; raises `InvalidMessage` for what only some JSON libraries read and write."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if depth > _DEEPEST:
        raise InvalidMessage(f"{name} is nested more than {_DEEPEST} deep", field=name)
    if isinstance(value, int) and not -_WIDEST <= value < _WIDEST:
        raise InvalidMessage(f"{name} holds a whole number of more than 64 bits", field=name)
    for item in items:
        writable(name, item, depth + 1)
    return value

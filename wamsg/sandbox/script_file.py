"""Scripts as text, TOML or JSON: faults and callbacks; and faults as plain JSON values."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from wamsg.errors import ConfigError
from wamsg.sandbox.callbacks import Callbacks, Late
from wamsg.sandbox.faults import Fault

#: TOML never starts like this; its own tables start with ``[name`` or ``[[``.
_JSON = re.compile(r"\s*(\{|\[\s*[\{\]])")
T = TypeVar("T")


def load_faults(text: str) -> tuple[Fault, ...]:
    """Read ``[[fault]]`` tables of TOML, or JSON: ``{"fault": [..]}``, a list of faults, or one fault.

    A table ``callbacks`` beside them is for `load_callbacks`. Raises `ConfigError` with a sentence that names the entry
    (from 1) and the field.
    """
    name, document = _document(text)
    if isinstance(document, Mapping) and isinstance(document.get("callbacks"), Mapping):
        document = {key: value for key, value in document.items() if key != "callbacks"}
    return faults_from(document, name)


def load_callbacks(text: str, url: str | None = None) -> Callbacks | None:
    """Read the table ``[callbacks]`` of a script, with its ``[[callbacks.late]]``; ``url`` goes before the table's own.

    None if there is neither a table nor an address. Raises `ConfigError` with a sentence that names the field.
    """
    _, document = _document(text)
    table = document.get("callbacks") if isinstance(document, Mapping) else None
    if table is None and url is None:
        return None
    given = _table({} if table is None else table, "callbacks")
    if url is not None:
        given["url"] = url
    late = given.get("late", [])
    if not isinstance(late, list):
        raise ConfigError("callbacks: late must be a list of tables", setting="late")
    given["late"] = [_made(f"callbacks, late {place}", Late, entry) for place, entry in enumerate(late, 1)]
    return _made("callbacks", Callbacks, given)


def faults_from(document: object, name: str = "JSON") -> tuple[Fault, ...]:
    """The faults of a document that is already read; ``name`` is what the sentences call it."""
    if isinstance(document, Mapping) and "kind" in document:
        document = [document]
    elif isinstance(document, Mapping):
        extra = [key for key in document if key != "fault"]
        if extra:
            raise ConfigError(f"the {name} holds {extra[0]!r}; faults stand under 'fault'", setting="faults")
        document = document.get("fault", [])
    if not isinstance(document, list):
        raise ConfigError(f"the {name} must hold a list of faults under 'fault'", setting="faults")
    return tuple(_made(f"fault {place}", Fault, entry) for place, entry in enumerate(document, 1))


def _made(where: str, kind: type[T], entry: object) -> T:
    given = _table(entry, where)
    fields = attrs.fields_dict(kind)  # type: ignore[arg-type]  # they are attrs classes
    for key in given:
        if key not in fields:
            message = f"{where}: there is no field {key!r}; the fields are {', '.join(fields)}"
            raise ConfigError(message, setting=str(key))
    for name, item in fields.items():
        if item.default is attrs.NOTHING and name not in given:
            raise ConfigError(f"{where}: {name} is missing", setting=name)
    try:
        return kind(**given)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}", setting=error.setting) from None


def _table(entry: object, where: str) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        raise ConfigError(f"{where} must be a table of fields, not {type(entry).__name__}", setting="faults")
    return dict(entry)


def _document(text: str) -> tuple[str, object]:
    text = text.removeprefix("\ufeff")
    return ("JSON", _json(text)) if _JSON.match(text) else ("TOML", _toml(text))


def _json(text: str) -> object:
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"the fault script is not JSON: {error}", setting="faults") from None
    return document


def _toml(text: str) -> object:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"the fault script is not TOML: {error}", setting="faults") from None

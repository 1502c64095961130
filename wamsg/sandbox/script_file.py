"""Fault scripts as text, TOML or JSON, and faults as plain JSON values."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

import attrs

from wamsg.errors import ConfigError
from wamsg.sandbox.faults import Fault

#: TOML never starts like this; its own tables start with ``[name`` or ``[[``.
_JSON = re.compile(r"\s*(\{|\[\s*[\{\]])")
_FIELDS = tuple(item.name for item in attrs.fields(Fault))


def load_faults(text: str) -> tuple[Fault, ...]:
    """Read ``[[fault]]`` tables of TOML, or JSON: ``{"fault": [..]}``, a list of faults, or one fault.

    Raises `ConfigError` with a sentence that names the entry (from 1) and the field.
    """
    text = text.removeprefix("\ufeff")
    name, document = ("JSON", _json(text)) if _JSON.match(text) else ("TOML", _toml(text))
    return faults_from(document, name)


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
    return tuple(_fault(place, entry) for place, entry in enumerate(document, 1))


def _fault(place: int, entry: object) -> Fault:
    if not isinstance(entry, Mapping):
        raise ConfigError(f"fault {place} must be a table of fields, not {type(entry).__name__}", setting="faults")
    for key in entry:
        if key not in _FIELDS:
            message = f"fault {place}: there is no field {key!r}; the fields are {', '.join(_FIELDS)}"
            raise ConfigError(message, setting=str(key))
    if "kind" not in entry:
        raise ConfigError(f"fault {place}: kind is missing", setting="kind")
    try:
        return Fault(**entry)
    except ConfigError as error:
        raise ConfigError(f"fault {place}: {error}", setting=error.setting) from None


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

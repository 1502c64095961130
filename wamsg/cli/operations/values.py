"""From the words behind an option to the value of an argument: numbers, files, lists, objects, all by its rule."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wamsg.cli.reading import read_json, read_text
from wamsg.errors import ConfigError
from wamsg.operations import Argument, Document, Items, Phone, Record, Rule, Whole, typed

#: Lists of these may be written with commas: none of their values holds one.
_JOINED = (Whole, Phone)
_PAIRS = "name=text, name:=JSON, a JSON object or @FILE"


def several(rule: Rule) -> bool:
    """Whether a value is made of any number of words."""
    return isinstance(rule, Items | Record | Document)


def form(rule: Rule) -> str:
    """How the words are written, where that is not plain; for help texts."""
    if isinstance(rule, Record | Document):
        return f"{_PAIRS}{_fields(rule)}; repeatable"
    if not isinstance(rule, Items):
        return ""
    if isinstance(rule.rule, Record | Document):
        return f"each a JSON object, or @FILE with one or a list of them{_fields(rule.rule)}"
    return "repeatable, or joined by commas" if isinstance(rule.rule, _JOINED) else "repeatable"


def _fields(rule: Rule) -> str:
    """What a record holds; an asterisk marks what it must hold."""
    if not isinstance(rule, Record):
        return ""
    return f"; its fields: {', '.join(item.name + ('*' if item.required else '') for item in rule.fields)}"


def value_of(argument: Argument, words: str | tuple[str, ...]) -> object:
    """The value, which the rule is yet to check. Raises `ConfigError` that names the argument and shows no value."""
    rule, option = argument.rule, option_of(argument.name)
    if isinstance(words, str):
        return typed(rule, words)
    if isinstance(rule, Items):
        return _items(rule.rule, option, words)
    document = _pairs(rule, option, words)
    return _built(rule, option, document)


def option_of(name: str) -> str:
    """``template_name`` as ``--template-name``."""
    return f"--{name.replace('_', '-')}"


def _items(rule: Rule, option: str, words: tuple[str, ...]) -> list[object]:
    if isinstance(rule, Record | Document):
        found = [item for word in words for item in _documents(option, word)]
        return [_built(rule, f"{option} [{index}]", item) for index, item in enumerate(found)]
    if isinstance(rule, _JOINED):
        words = tuple(piece.strip() for word in words for piece in word.split(",") if piece.strip())
    return [typed(rule, word) for word in words]


def _documents(option: str, word: str) -> list[object]:
    document = _json(option, word)
    return document if isinstance(document, list) else [document]


def _json(option: str, word: str) -> object:
    """What a JSON text says, or the file behind an at sign; ``@-`` is standard input."""
    if word == "@-":
        return read_json(read_text(sys.stdin.buffer, "standard input"), "standard input")
    if word.startswith("@"):
        path = Path(word[1:])
        return read_json(read_text(path, str(path)), str(path))
    return read_json(word, option)


def _pairs(rule: Rule, option: str, words: tuple[str, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for word in words:
        for name, value in _named(rule, option, word):
            if name in found:
                raise ConfigError(f"{option} {name} is given twice; give it once", setting=option)
            found[name] = value
    return found


def _named(rule: Rule, option: str, word: str) -> Iterator[tuple[str, object]]:
    if word.startswith(("@", "{")):
        document = _json(option, word)
        if not isinstance(document, dict):
            raise ConfigError(f"{option} must be a JSON object", setting=option)
        yield from document.items()
        return
    name, equals, value = word.partition("=")
    name, is_json = name.removesuffix(":").strip(), name.endswith(":")
    if not equals or not name:
        raise ConfigError(f"{option} takes {_PAIRS}", setting=option)
    inner = next((item for item in rule.fields if item.name == name), None) if isinstance(rule, Record) else None
    if is_json:
        yield name, read_json(value, f"{option} {name}")
    elif inner is not None and not several(inner.rule):
        yield name, typed(inner.rule, value)
    else:
        yield name, value


def _built(rule: Rule, option: str, value: object) -> object:
    """JSON data as the value that the rule takes: a record becomes an instance of its class."""
    if isinstance(rule, Items) and isinstance(value, list):
        return [_built(rule.rule, f"{option} [{index}]", item) for index, item in enumerate(value)]
    return _record(rule, option, value) if isinstance(rule, Record) else value


def _record(rule: Record, option: str, value: object) -> Any:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{option} must be a JSON object", setting=option)
    fields = {item.name: item for item in rule.fields}
    if not value.keys() <= fields.keys():
        raise ConfigError(f"{option} has these fields and no others: {', '.join(fields)}", setting=option)
    missing = [name for name, item in fields.items() if item.required and value.get(name) is None]
    if missing:
        raise ConfigError(f"{option} lacks {', '.join(missing)}", setting=option)
    return rule.kind(**{name: _built(fields[name].rule, f"{option} {name}", item) for name, item in value.items()})

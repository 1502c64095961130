"""Reading answers into typed values without losing a word of them.

`teach` prepares a provider's cattrs converter; what is particular to the provider it learns from the provider.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeAlias, get_args, get_origin, get_type_hints

import attrs
from attrs import field, frozen

Hook: TypeAlias = Callable[[object, Any], Any]
Structure: TypeAlias = Callable[[object, Any], Any]
#: Longer texts are no numbers; `int` itself is slow on them.
_WHOLE, _DECIMAL = re.compile(r"-?[0-9]{1,18}"), re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")


class Unfit(ValueError):
    """A value is not of the type that it should be; says where and what was wanted, and never the value."""

    def __init__(self, wanted: str, path: str = "") -> None:
        super().__init__(f"{path or 'the answer'} is not {wanted}")
        self.wanted = wanted
        self.path = path

    def below(self, name: str) -> Unfit:
        """The same, seen from the place that holds it under ``name``."""
        joined = name if not self.path else f"{name}{'' if self.path.startswith('[') else '.'}{self.path}"
        return Unfit(self.wanted, joined)


@frozen(kw_only=True)
class Result:
    """Something that a provider said. A field of None was not given, or is of another type and then in ``extra``."""

    #: Everything without a field here, as it came.
    extra: Mapping[str, object] = field(factory=dict, hash=False, repr=False)


@frozen(kw_only=True)
class Done(Result):
    """The provider's word that something was done."""


def private() -> Any:
    """A field that may be None and is about a person, so that no repr shows it."""
    return field(default=None, repr=False)


class Converter(Protocol):
    """What is needed of a cattrs converter."""

    def structure(self, document: Any, kind: Any, /) -> Any:
        """JSON data as a value of ``kind``."""
        ...

    def register_structure_hook(self, kind: Any, hook: Hook, /) -> Any:
        """Read this type with ``hook``."""
        ...

    def register_structure_hook_factory(self, fits: Callable[[Any], bool], make: Callable[[Any], Hook], /) -> Any:
        """Read the types that fit with the hooks that ``make`` gives."""
        ...


def teach(converter: Converter) -> None:
    """Make a converter read `Result` classes, lists, mappings and scalars; it then raises `Unfit` and nothing else.

    It must be one without detailed validation, whose groups of errors would hide the `Unfit` in them.
    """
    for kind, hook in _SCALARS.items():
        converter.register_structure_hook(kind, hook)
    structure, factory = converter.structure, converter.register_structure_hook_factory
    factory(_is_result, lambda kind: _result_hook(kind, structure))
    factory(lambda kind: get_origin(kind) is tuple, lambda kind: _list_hook(get_args(kind)[0], structure))
    factory(lambda kind: get_origin(kind) is Mapping, lambda kind: _mapping_hook(get_args(kind)[1], structure))


def _is_result(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Result)


def _result_hook(kind: type[Any], structure: Structure) -> Hook:
    hints = get_type_hints(kind)
    fields = [(item.name, hints[item.name], item.default) for item in attrs.fields(kind) if item.name != "extra"]

    def read(document: object, _kind: Any) -> Any:
        if not isinstance(document, dict):
            raise Unfit("an object")
        known: dict[str, object] = {}
        rest = dict(document)
        for name, hint, default in fields:
            if default is not attrs.NOTHING and document.get(name) is None:
                rest.pop(name, None)
                continue
            try:
                known[name] = structure(document.get(name), hint)
            except Unfit as error:
                if default is attrs.NOTHING:
                    raise error.below(name) from None
            else:
                rest.pop(name, None)
        return kind(extra=rest, **known)

    return read


def _list_hook(inner: Any, structure: Structure) -> Hook:
    def read(value: object, _kind: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Unfit("a list")
        return tuple(_inside(structure, item, inner, f"[{index}]") for index, item in enumerate(value))

    return read


def _mapping_hook(inner: Any, structure: Structure) -> Hook:
    def read(value: object, _kind: Any) -> dict[str, Any]:
        # PHP writes an empty object as an empty list.
        if not isinstance(value, dict) and value != []:
            raise Unfit("an object")
        items = value.items() if isinstance(value, dict) else ()
        return {name: item if inner is object else _inside(structure, item, inner, name) for name, item in items}

    return read


def _inside(structure: Structure, value: object, kind: Any, name: str) -> Any:
    try:
        return structure(value, kind)
    except Unfit as error:
        raise error.below(name) from None


# Where nothing is lost by it, a number written as text is a number and the other way round: PHP services mix them up.
def _text(value: object, _kind: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise Unfit("text")
    return value


def _whole(value: object, _kind: Any) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unfit("a whole number")
    return value


def _number(value: object, _kind: Any) -> float:
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return float(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Unfit("a number")
    try:
        return float(value)
    except OverflowError:
        raise Unfit("a number") from None


def _flag(value: object, _kind: Any) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, int) or value not in {0, 1}:
        raise Unfit("true or false")
    return bool(value)


def _moment(value: object, _kind: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    # A time without its zone is no point in time; it stays the text that it is.
    if moment is None or moment.utcoffset() is None:
        raise Unfit("a time with its zone")
    return moment


_SCALARS: Mapping[type, Hook] = {str: _text, int: _whole, float: _number, bool: _flag, datetime: _moment}

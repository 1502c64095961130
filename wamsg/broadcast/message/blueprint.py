"""Content that differs from row to row, built once and copied with new texts: only what differs is judged again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from wamsg.broadcast.message.document import Slot
from wamsg.broadcast.message.placeholder import Values

#: Makes a part of the content for one row.
Make = Callable[[Values], Any]
#: A class of the model and one of its fields.
Place = tuple[type, str]


class _Mark:
    """What a probe's value remembers: where its text comes from."""

    slot: Slot


class _Text(_Mark, str):  # noqa: SLOT000 -- float and int, its siblings, could have none
    pass


class _Float(_Mark, float):
    pass


class _Int(_Mark, int):
    pass


def mark(slot: Slot, text: str) -> object:
    """A value like ``text`` (or 1, for a number) that can be recognised in the content made of it."""
    kind = slot.number
    marked = _Text(text) if kind is None else _Int(1) if kind is int else _Float(1)
    marked.slot = slot
    return marked


class Blueprint:
    """Copies ``probe``, content with marks in it, for the values of each row.

    What holds no mark is shared, not copied; a field that does is judged by its validator, and every object on the way
    to it by its final check, so that nothing gets through that the model's own constructors would refuse.
    """

    def __init__(self, probe: object, columns: tuple[str, ...]) -> None:
        self._columns = columns
        #: Where the marks are, once each.
        self.places: list[Place] = []
        self._make = self._plan(probe, (type(probe), ""))

    def render(self, values: Values) -> Any:
        """The content for one row. Raises `wamsg.errors.InvalidMessage`."""
        return self._make(values) if self._make is not None else None

    def _plan(self, value: object, place: Place) -> Make | None:
        if isinstance(value, _Mark):
            self.places.append(place)
            return value.slot.compile(self._columns)
        if isinstance(value, tuple):
            return self._plan_tuple(value, place)
        return self._plan_object(value) if attrs.has(type(value)) else None

    def _plan_tuple(self, items: tuple[object, ...], place: Place) -> Make | None:
        makes = [self._plan(item, place) for item in items]
        if not any(makes):
            return None
        parts = [make or _always(item) for make, item in zip(makes, items, strict=True)]
        return lambda values: tuple([make(values) for make in parts])

    def _plan_object(self, value: Any) -> Make | None:
        kind = type(value)
        fields = {item.name: item for item in attrs.fields(kind)}
        makes = {name: self._plan(getattr(value, name), (kind, name)) for name in fields}
        changing = {name: make for name, make in makes.items() if make is not None}
        if not changing:
            return None
        same = {name: getattr(value, name) for name in fields if name not in changing}
        return _copier(kind, same, changing, fields)


def _copier(
    kind: Any, same: Mapping[str, object], changing: Mapping[str, Make], fields: Mapping[str, attrs.Attribute[Any]]
) -> Make:
    # The slots' own setters: frozen is what the finished value is.
    put_same = [(getattr(kind, name).__set__, value) for name, value in same.items()]
    put_new = [(getattr(kind, name).__set__, make) for name, make in changing.items()]
    judges = [(fields[name].validator, fields[name]) for name in changing]
    finish = getattr(kind, "__attrs_post_init__", None)

    def copy(values: Values) -> Any:
        new = object.__new__(kind)
        for put, value in put_same:
            put(new, value)
        made = []
        for put, make in put_new:
            value = make(values)
            put(new, value)
            made.append(value)
        for (judge, field), value in zip(judges, made, strict=True):
            if judge is not None:
                judge(new, field, value)
        if finish is not None:
            finish(new)
        return new

    return copy


def _always(value: object) -> Make:
    return lambda _: value

"""The rules of arguments, seen from the other side: what came off the wire is judged and read by the same bounds."""

from __future__ import annotations

import re
from functools import singledispatch
from typing import Any

from attrs import evolve, frozen

from wamsg.errors import InvalidMessage
from wamsg.operations import Attachment, Flag, Items, Record, Rule, Whole
from wamsg.wire import Upload

_FLAGS = {"true": True, "1": True, "false": False, "0": False, 1: True, 0: False}


@singledispatch
def arrived(rule: Any, name: str, value: object) -> object:
    """``value`` as its rule reads it: texts of a query or a form become numbers, flags and lists.

    Raises `wamsg.errors.InvalidMessage`. A provider's own rule whose ``check`` does not take what it gave has a method
    ``arrived`` besides.
    """
    own = getattr(rule, "arrived", None)
    return rule.check(name, value) if own is None else own(name, value)


@arrived.register
def _(rule: Whole, name: str, value: object) -> object:
    number = int(value) if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value) else value
    return rule.check(name, number)


@arrived.register
def _(rule: Flag, name: str, value: object) -> object:
    known = isinstance(value, str | int) and value in _FLAGS
    return rule.check(name, _FLAGS[value] if known else value)


@arrived.register
def _(rule: Items, name: str, value: object) -> object:
    # The bounds are the list's own; what is in it has arrived too.
    return evolve(rule, rule=_Arrived(rule.rule)).check(name, value.split(",") if isinstance(value, str) else value)


@frozen
class _Arrived:
    rule: Rule

    @property
    def says(self) -> str:
        return self.rule.says

    def check(self, name: str, value: object) -> object:
        return arrived(self.rule, name, value)


@arrived.register
def _(rule: Record, name: str, value: object) -> object:
    if not isinstance(value, dict):
        raise InvalidMessage(f"{name} must be an object", field=name)
    read: dict[str, object] = {}
    for item in rule.fields:
        path = f"{name}.{item.wire}"
        if value.get(item.wire) is not None:
            read[item.name] = arrived(item.rule, path, value[item.wire])
        elif item.required:
            raise InvalidMessage(f"{path} is missing", field=path)
        elif item.default is not None:
            read[item.name] = item.default
    return read


@arrived.register
def _(rule: Attachment, name: str, value: object) -> object:
    if not isinstance(value, Upload):
        raise InvalidMessage(f"{name} must be a file", field=name)
    if rule.most is not None and value.size > rule.most:
        message = f"{name} has {value.size} bytes; at most {rule.most} are allowed"
        raise InvalidMessage(message, field=name, limit=rule.most, actual=value.size)
    if rule.types and value.content_type not in rule.types:
        raise InvalidMessage(f"{name} must be a {rule.says}", field=name)
    return value

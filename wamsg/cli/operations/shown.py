"""Results as data: for programs as JSON, for people as names and short texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from wamsg.cli.output import printable
from wamsg.operations import Result

#: What stands in the place of something about a person.
MASKED = "****"


def document(value: object, *, mask: bool = False) -> Any:
    """JSON data: the fields, and beside them what has none, under the provider's own names.

    With ``mask``, whatever no repr shows (`wamsg.operations.private`, and all that has no field) is `MASKED`.
    """
    if isinstance(value, Result):
        return _result(value, mask=mask)
    if isinstance(value, Mapping):
        return {str(name): document(item, mask=mask) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [document(item, mask=mask) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _result(value: Result, *, mask: bool) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for item in attrs.fields(type(value)):
        found = getattr(value, item.name)
        if item.name != "extra":
            hidden = mask and not item.repr and found is not None
            known[item.name] = MASKED if hidden else document(found, mask=mask)
    beside = dict.fromkeys(value.extra, MASKED) if mask else document(value.extra)
    # A field whose value is of another type than documented is None, and in ``extra`` as it came.
    return {**known, **beside}


def flat(found: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every single value in JSON data, with the path to it: ``subscription.plan_name``; what is not there is left out.

    A list of plain values is one value.
    """
    if isinstance(found, Mapping):
        for key, item in found.items():
            yield from flat(item, f"{name}.{key}" if name else str(key))
    elif isinstance(found, list) and any(isinstance(item, Mapping | list) for item in found):
        for index, item in enumerate(found):
            yield from flat(item, f"{name}[{index}]")
    elif found is not None and found != []:
        yield name, text(found)


def text(found: object) -> str:
    """A plain value, or a list of them, on one line."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, list):
        return ", ".join(text(item) for item in found)
    return printable(str(found))

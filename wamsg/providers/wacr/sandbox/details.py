"""The fields of a contact to be made that media messages carry: page Send Media Message (2026-02-25)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

#: Field -> its form. ``contact.country`` is text, for which contacts have no place.
_FORMS = {
    "firstname": re.compile(r".{0,255}", re.DOTALL),
    "lastname": re.compile(r".{0,255}", re.DOTALL),
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
    "assigned_id": re.compile(r"[0-9]{1,18}"),
    "groups": re.compile(r"[0-9]{1,18}(?:,[0-9]{1,18})*"),
}


def detail_rules(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Field and complaint."""
    for name, value in _given(fields).items():
        if not isinstance(value, str) or not _FORMS[name].fullmatch(value):
            yield f"contact.{name}", f"The contact.{name} format is invalid."


def details(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that are right, as a contact has them."""
    found = {name: str(value) for name, value in _given(fields).items()}
    read: dict[str, object] = {**found}
    if "assigned_id" in found:
        read["assigned_id"] = int(found["assigned_id"])
    if "groups" in found:
        read["groups"] = [int(word) for word in found["groups"].split(",")]
    return read


def _given(fields: Mapping[str, object]) -> dict[str, object]:
    # No page says how a form spells them, so both ways are taken.
    spelled = {name: fields.get(f"contact[{name}]", fields.get(f"contact.{name}")) for name in _FORMS}
    return {name: value for name, value in spelled.items() if value not in (None, "")}

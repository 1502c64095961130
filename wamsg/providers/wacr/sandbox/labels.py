"""Groups, sources and statuses: names of which each is there once in an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from attrs import frozen

from wamsg.dialect import Row
from wamsg.dialect.served import Call
from wamsg.driver import Answer
from wamsg.providers.wacr.sandbox import people, tables
from wamsg.providers.wacr.sandbox.answers import failure, flat, invalid, missing, success
from wamsg.providers.wacr.sandbox.listing import listed


@frozen
class _Kind:
    """One of the three."""

    resource: str
    title: str
    #: The field by which a contact has one; empty if it may have many.
    held_by: str = ""
    #: What it has beside its name.
    more: tuple[str, ...] = ()

    def handlers(self) -> dict[str, Callable[[Call], Answer]]:
        """By operation."""
        actions = {"list": _list, "create": _create, "get": _get, "update": _update, "delete": _delete}
        return {f"{self.resource}.{verb}": partial(action, self) for verb, action in actions.items()}


def _list(kind: _Kind, call: Call) -> Answer:
    rows = tables.labels(call, kind.resource).rows()
    return listed(call, rows, people.label, f"{kind.title}s retrieved successfully", searched=("name",))


def _create(kind: _Kind, call: Call) -> Answer:
    taken = _taken(kind, call, None)
    if taken is not None:
        return taken
    moment, number = int(call.now), tables.next_id(call, kind.resource)
    more = {name: call.values.get(name) for name in kind.more}
    row = {"id": number, "name": call.text("name"), **more, "created_at": moment, "updated_at": moment}
    tables.labels(call, kind.resource).put(str(number), row)
    return success(people.label(row), f"{kind.title} created successfully", status=201)


def _get(kind: _Kind, call: Call) -> Answer:
    row = _find(kind, call)
    if row is None:
        return missing(call.serial, kind.title)
    return success(people.label(row), f"{kind.title} retrieved successfully")


def _update(kind: _Kind, call: Call) -> Answer:
    row = _find(kind, call)
    if row is None:
        return missing(call.serial, kind.title)
    taken = _taken(kind, call, row["id"])
    if taken is not None:
        return taken
    changes: Mapping[str, object] = {name: call.values[name] for name in ("name", *kind.more) if name in call.values}
    changed = {**row, **changes, "updated_at": int(call.now)}
    tables.labels(call, kind.resource).put(str(row["id"]), changed)
    return success(people.label(changed), f"{kind.title} updated successfully")


def _delete(kind: _Kind, call: Call) -> Answer:
    row = _find(kind, call)
    if row is None:
        return missing(call.serial, kind.title)
    held = [contact for contact in tables.contacts(call).rows() if _holds(kind, contact, row["id"])]
    if held and kind.held_by:
        # That it is refused is known, with which status and code is not.
        message = f"The {kind.title.lower()} is assigned to contacts."
        return failure(422, message, call.serial, code="VALIDATION_ERROR")
    for contact in held:
        rest = [number for number in contact["group_id"] if number != row["id"]]
        people.change(call, contact, {"groups": rest})
    tables.labels(call, kind.resource).drop(str(row["id"]))
    return flat(f"{kind.title} deleted successfully")


def _holds(kind: _Kind, contact: Row, number: int) -> bool:
    return contact[kind.held_by] == number if kind.held_by else number in contact["group_id"]


def _find(kind: _Kind, call: Call) -> Row | None:
    return tables.labels(call, kind.resource).get(call.text("id"))


def _taken(kind: _Kind, call: Call, own_id: object) -> Answer | None:
    name = call.text("name").casefold()
    rows = tables.labels(call, kind.resource).rows()
    if any(row["name"].casefold() == name and row["id"] != own_id for row in rows):
        return invalid(call.serial, {"name": [f"This {kind.title.lower()} name already exists"]})
    return None


def _add_contacts(call: Call) -> Answer:
    row = _find(_GROUPS, call)
    if row is None:
        return missing(call.serial, "Group")
    numbers = _contact_ids(call)
    unknown = [index for index, number in enumerate(numbers) if people.find(call, number) is None]
    if unknown:
        return invalid(call.serial, {f"contact_ids.{index}": ["The contact does not exist."] for index in unknown})
    return success(
        {"group_id": row["id"], "contacts_added": _move(call, row["id"], numbers, into=True)}, "Contacts added"
    )


def _remove_contacts(call: Call) -> Answer:
    row = _find(_GROUPS, call)
    if row is None:
        return missing(call.serial, "Group")
    count = _move(call, row["id"], _contact_ids(call), into=False)
    return success({"group_id": row["id"], "contacts_removed": count}, "Contacts removed")


def _move(call: Call, group: int, numbers: list[int], *, into: bool) -> int:
    """How many contacts are in the group now and were not, or the other way round."""
    count = 0
    for number in dict.fromkeys(numbers):
        contact = people.find(call, number)
        if contact is not None and (group in contact["group_id"]) is not into:
            rest = [each for each in contact["group_id"] if each != group]
            people.change(call, contact, {"groups": [*rest, group] if into else rest})
            count += 1
    return count


def _contact_ids(call: Call) -> list[int]:
    numbers = call.values["contact_ids"]
    return [int(number) for number in numbers] if isinstance(numbers, list) else []


_GROUPS = _Kind("groups", "Group")
_KINDS = (_GROUPS, _Kind("sources", "Source", "source_id"), _Kind("statuses", "Status", "status_id", ("color",)))
HANDLERS = {
    **{name: handler for kind in _KINDS for name, handler in kind.handlers().items()},
    "groups.add_contacts": _add_contacts,
    "groups.remove_contacts": _remove_contacts,
}

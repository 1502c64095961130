"""The fake server's contacts, one at a time and in batches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from attrs import field, frozen

from wamsg.dialect import Row
from wamsg.dialect.arrived import arrived
from wamsg.dialect.served import Call, fields_of
from wamsg.driver import Answer
from wamsg.errors import InvalidMessage
from wamsg.operations import KEEP, Record
from wamsg.providers.wacr.api.contacts import NewContact
from wamsg.providers.wacr.sandbox import people, tables
from wamsg.providers.wacr.sandbox.answers import flat, invalid, missing, over_limit, success
from wamsg.providers.wacr.sandbox.listing import listed
from wamsg.providers.wacr.sandbox.tokens import plan_of

_SEARCHED = ("firstname", "lastname", "email", "phone", "company")
_NEW = Record(NewContact)


def _list(call: Call) -> Answer:
    shown = partial(people.shown, call, include=_include(call))
    rows = tables.contacts(call).rows()
    return listed(call, rows, shown, "Contacts retrieved successfully", searched=_SEARCHED)


def _create(call: Call) -> Answer:
    errors = people.wrong(call, call.values)
    if errors:
        return invalid(call.serial, errors)
    refusal = over_limit("contacts", len(tables.contacts(call)), plan_of(call.request), call.serial)
    if refusal is not None:
        return refusal
    row = people.add(call, call.values)
    return success(people.shown(call, row, ["groups"]), "Contact created successfully", status=201)


def _get(call: Call) -> Answer:
    row = people.find(call, call.values["id"])
    if row is None:
        return missing(call.serial, "Contact")
    return success(people.shown(call, row, _include(call)), "Contact retrieved successfully")


def _update(call: Call) -> Answer:
    row = people.find(call, call.values["id"])
    if row is None:
        return missing(call.serial, "Contact")
    changes = {name: value for name, value in call.values.items() if name != "id"}
    errors = {**_emptied(call), **people.wrong(call, changes, row["id"])}
    if errors:
        return invalid(call.serial, errors)
    changed = people.change(call, row, changes)
    return success(people.shown(call, changed, ["groups"]), "Contact updated successfully")


def _emptied(call: Call) -> dict[str, list[str]]:
    """Fields of which null came although a contact cannot be without."""
    came = fields_of(call.request.body)
    needed = [item.wire for item in call.declaration.arguments if item.default is KEEP and not item.nullable]
    return {name: [f"The {name} field is required."] for name in needed if name in came and came[name] is None}


def _delete(call: Call) -> Answer:
    row = people.find(call, call.values["id"])
    if row is None:
        return missing(call.serial, "Contact")
    people.forget(call, row)
    return flat("Contact deleted successfully")


@frozen
class _Batch:
    """What has become of the contacts so far."""

    call: Call
    skip_duplicates: bool
    created: list[Row] = field(factory=list)
    skipped: list[dict[str, Any]] = field(factory=list)
    errors: list[dict[str, Any]] = field(factory=list)

    def take(self, index: int, item: object) -> None:
        """Create one contact, or skip it, or say what is wrong with it."""
        try:
            values = _read(item)
        except InvalidMessage as error:
            name = (error.field or "").partition(".")[2]
            self._fail(index, {name or "contact": [str(error)]})
            return
        wrong = people.wrong(self.call, values)
        if self.skip_duplicates and people.by_phone(self.call, values["phone"]) is not None:
            self.skipped.append({"index": index, "reason": "This phone number already exists", "data": values})
        elif wrong:
            self._fail(index, wrong)
        elif self._is_full():
            self._fail(index, {"contacts": ["The plan's limit of contacts is reached."]})
        else:
            self.created.append(people.add(self.call, values))

    def _is_full(self) -> bool:
        plan, count = plan_of(self.call.request), len(tables.contacts(self.call))
        return over_limit("contacts", count, plan, self.call.serial) is not None

    def _fail(self, index: int, errors: Mapping[str, list[str]]) -> None:
        # Beside the index the page was cut off; these are the sandbox's own words.
        message = next(iter(errors.values()))[0]
        self.errors.append({"index": index, "message": message, "errors": errors})


def _read(item: object) -> dict[str, Any]:
    values = arrived(_NEW, "contact", item)
    return values if isinstance(values, dict) else {}


def _create_batch(call: Call) -> Answer:
    """Every contact is judged alone, so the declaration's complaints about them are not waited for."""
    options = call.values.get("options")
    wanted = options if isinstance(options, dict) else {}
    batch = _Batch(call, skip_duplicates=bool(wanted.get("skip_duplicates", False)))
    items = fields_of(call.request.body).get("contacts")
    for index, item in enumerate(items if isinstance(items, list) else []):
        batch.take(index, item)
        if batch.errors and not wanted.get("continue_on_error", True):
            # "Runs in one DB transaction": nothing of it stays.
            call.memory.undo()
            errors = batch.errors[0]["errors"]
            return invalid(call.serial, {f"contacts.{index}.{name}": says for name, says in errors.items()})
    counts = {"created": len(batch.created), "skipped": len(batch.skipped), "failed": len(batch.errors)}
    return flat(
        "Batch processed",
        summary={"total": sum(counts.values()), **counts},
        created=[people.shown(call, row) for row in batch.created],
        skipped=batch.skipped,
        errors=batch.errors,
    )


def _delete_batch(call: Call) -> Answer:
    ids = call.values["ids"]
    numbers = ids if isinstance(ids, list) else []
    deleted = 0
    for number in numbers:
        row = people.find(call, number)
        if row is not None:
            people.forget(call, row)
            deleted += 1
    summary = {"total": len(numbers), "deleted": deleted, "failed": len(numbers) - deleted}
    return flat("Batch processed", summary=summary)


def _include(call: Call) -> list[str]:
    words = call.text("include")
    return words.split(",") if words else []


HANDLERS = {
    "contacts.list": _list,
    "contacts.create": _create,
    "contacts.get": _get,
    "contacts.update": _update,
    "contacts.delete": _delete,
    "contacts.create_batch": _create_batch,
    "contacts.delete_batch": _delete_batch,
}

"""Contacts and chats: who is known, who becomes known by being written to, and what must hold of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from wamsg.dialect import Row
from wamsg.dialect.served import Call
from wamsg.driver import Answer
from wamsg.providers.wacr.sandbox import tables
from wamsg.providers.wacr.sandbox.answers import Data, Errors, invalid, missing, over_limit, when
from wamsg.providers.wacr.sandbox.magic import MISSING_CONTACT, OPTED_OUT
from wamsg.providers.wacr.sandbox.tokens import plan_of

#: "ContactResource": https://docs.app.wa.cr/get-contact-28559785e0
_FIELDS = (
    "id",
    "firstname",
    "lastname",
    "company",
    "type",
    "email",
    "phone",
    "status_id",
    "source_id",
    "description",
    "city",
    "state",
    "zip",
    "address",
    "country_id",
    "assigned_id",
    "group_id",
)
_NO_DIGITS = re.compile(r"[^0-9]+")
_DUPLICATE = {"phone": "This phone number already exists", "email": "This email address already exists"}
_Values = Mapping[str, object]


def digits_of(phone: object) -> str:
    """A phone number "cleaned", as answers give it."""
    return _NO_DIGITS.sub("", str(phone))


def find(call: Call, contact_id: object) -> Row | None:
    """A contact by its id."""
    return tables.contacts(call).get(str(contact_id))


def by_phone(call: Call, phone: object) -> Row | None:
    """A contact by its phone number, however it is written."""
    return _owner(call, "phone", phone)


def wrong(call: Call, given: _Values, own_id: object = None) -> dict[str, list[str]]:
    """What is wrong with a contact's values beside their form: duplicates, and ids of what does not exist."""
    found: dict[str, list[str]] = {}
    for name, says in _DUPLICATE.items():
        owner = _owner(call, name, given[name]) if given.get(name) is not None else None
        if owner is not None and owner["id"] != own_id:
            found[name] = [says]
    for name, resource in (("source_id", "sources"), ("status_id", "statuses")):
        if name in given and str(given[name]) not in tables.labels(call, resource):
            found[name] = [f"The selected {name} does not exist in this account."]
    if any(str(group) not in tables.labels(call, "groups") for group in groups_of(given)):
        found["groups"] = ["The selected groups do not all exist in this account."]
    return found


def groups_of(given: _Values) -> list[int]:
    """The ids under ``groups``, each once."""
    groups = given.get("groups")
    return [int(group) for group in dict.fromkeys(groups)] if isinstance(groups, list) else []


def add(call: Call, given: _Values) -> Row:
    """A new contact of values that are right."""
    moment = int(call.now)
    fields = {name: value for name, value in given.items() if name != "groups"}
    number = tables.next_id(call, "contacts")
    row = {"id": number, **fields, "group_id": groups_of(given), "created_at": moment, "updated_at": moment}
    return _put(call, row)


def change(call: Call, row: Row, changes: _Values) -> Row:
    """The contact with other values."""
    fields = {name: value for name, value in changes.items() if name != "groups"}
    groups = groups_of(changes) if "groups" in changes else row["group_id"]
    forget(call, row, wholly=False)
    return _put(call, {**row, **fields, "group_id": groups, "updated_at": int(call.now)})


def forget(call: Call, row: Row, *, wholly: bool = True) -> None:
    """Take a contact out, or only what it alone may have."""
    for key in _keys(row):
        tables.taken(call).drop(key)
    if wholly:
        tables.contacts(call).drop(str(row["id"]))


def shown(call: Call, row: Row, include: Iterable[str] = ()) -> Data:
    """A contact as answers have it."""
    document: Data = {name: row.get(name) for name in _FIELDS}
    document["is_opted_out"] = digits_of(row.get("phone")).endswith(OPTED_OUT)
    document |= {name: when(row[name]) for name in ("created_at", "updated_at")}
    return document | {name: _included(call, row, name) for name in include}


def label(row: Row) -> Data:
    """A group, source or status as answers have it."""
    return {**row, "created_at": when(row["created_at"]), "updated_at": when(row["updated_at"])}


def reach(call: Call, digits: str, contact_id: int | None, details: _Values) -> Row | Answer:
    """Whom a message goes to: the contact of that id or that phone, else a new one; or why there is none.

    Source: https://docs.app.wa.cr/send-text-message-28559790e0 (auto-creation).
    """
    if contact_id is not None:
        row = find(call, contact_id)
        gone = contact_id == MISSING_CONTACT or 0 < contact_id <= tables.last_id(call, "contacts")
        return missing(call.serial, "Contact") if row is None and gone else row or {"id": contact_id}
    return by_phone(call, digits) or _introduce(call, digits, details)


def chat_with(call: Call, digits: str) -> int:
    """The chat with a number, which is made if there is none."""
    number, row = _place(call, digits)
    if row is None:
        tables.chats(call).put(str(number), {"id": number, "phone": digits})
    return number


def known_chat(call: Call, digits: str) -> int | None:
    """The chat with a number, if there is one."""
    number, row = _place(call, digits)
    return None if row is None else number


def _place(call: Call, digits: str) -> tuple[int, Row | None]:
    """A chat's id is the last six digits of its number, and some millions more where that is another's."""
    table = tables.chats(call)
    number = int(digits[-6:])
    while (row := table.get(str(number))) is not None and row["phone"] != digits:
        number += 1_000_000
    return number, row


def _introduce(call: Call, digits: str, details: _Values) -> Row | Answer:
    sources, statuses = (tables.labels(call, name).rows() for name in ("sources", "statuses"))
    if not sources or not statuses:
        return invalid(call.serial, {"phone": ["New contacts need a default source and status."]})
    defaults = {"firstname": digits, "lastname": "", "type": "lead", "phone": digits}
    given = {**defaults, "source_id": sources[0]["id"], "status_id": statuses[0]["id"], **details}
    errors: Errors = wrong(call, given)
    if errors:
        return invalid(call.serial, {f"contact.{name}": says for name, says in errors.items()})
    return over_limit("contacts", len(tables.contacts(call)), plan_of(call.request), call.serial) or add(call, given)


def _put(call: Call, row: Row) -> Row:
    for key in _keys(row):
        tables.taken(call).put(key, {"id": row["id"]})
    return tables.contacts(call).put(str(row["id"]), row)


def _keys(row: Row) -> Iterator[str]:
    return (_key(name, row[name]) for name in _DUPLICATE if row.get(name) is not None)


def _key(name: str, value: object) -> str:
    text = str(value).strip().casefold()
    # A number is the same with its plus sign and its spaces.
    return f"{name}/{digits_of(text) or text}" if name == "phone" else f"{name}/{text}"


def _owner(call: Call, name: str, value: object) -> Row | None:
    found = tables.taken(call).get(_key(name, value))
    return find(call, found["id"]) if found else None


def _included(call: Call, row: Row, name: str) -> object:
    if name == "groups":
        groups = (tables.labels(call, "groups").get(str(number)) for number in row["group_id"])
        return [label(group) for group in groups if group is not None]
    resource = {"source": "sources", "status": "statuses"}[name]
    found = tables.labels(call, resource).get(str(row[f"{name}_id"]))
    return None if found is None else label(found)


def mergeable(row: Row, digits: str) -> Mapping[str, str]:
    """Merge fields and what stands in their place: https://docs.app.wa.cr/send-text-message-28559790e0 ."""
    values = {
        "first_name": row.get("firstname"),
        "last_name": row.get("lastname"),
        "email": row.get("email"),
        "phone": digits,
    }
    return {f"@{{contact_{name}}}": str(value or "") for name, value in values.items()}


def merged(text: str, fields: Mapping[str, str]) -> str:
    """``text`` with its merge fields filled in."""
    if "@{" not in text:
        return text
    return re.sub(r"@\{contact_[a-z_]+\}", lambda found: fields.get(found[0], found[0]), text)

"""What the fake server remembers of an account, and what is there from the beginning."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wamsg.dialect import MOST_ROWS, Row, Table
from wamsg.dialect.served import Call

#: When everything was made that is there from the beginning: the first moment of 2026.
BEGINNING = 1_767_225_600
_MOST_MESSAGES = 10_000
_SOURCES = ("Website", "WhatsApp", "Referral")
_STATUSES = {"New": "#1A9E5F", "Contacted": "#F0AD4E", "Customer": "#3B82F6"}


def contacts(call: Call) -> Table:
    """By id."""
    return call.table("contacts")


def taken(call: Call) -> Table:
    """By phone and by e-mail, whose they are."""
    return call.table("taken", most=2 * MOST_ROWS)


def chats(call: Call) -> Table:
    """By id, with whom."""
    return call.table("chats")


def messages(call: Call) -> Table:
    """By the record's number, the newest that were sent."""
    return call.table("messages", most=_MOST_MESSAGES)


def comments(call: Call) -> Table:
    """By the record's number."""
    return call.table("comments", most=_MOST_MESSAGES)


def codes(call: Call) -> Table:
    """By phone and purpose, the one-time codes that wait."""
    return call.table("codes")


def recent(call: Call) -> Table:
    """By kind and phone, when something that has a limit of its own was last asked for."""
    return call.table("recent")


def labels(call: Call, resource: str) -> Table:
    """By id, the groups, sources or statuses."""
    return call.table(resource, _SEEDS.get(resource, dict))


def next_id(call: Call, resource: str) -> int:
    """A number that nothing of this kind has had."""
    table = call.table("last_ids")
    number = last_id(call, resource) + 1
    table.put(resource, {"last": number})
    return number


def last_id(call: Call, resource: str) -> int:
    """The number that was given out last."""
    row = call.table("last_ids").get(resource)
    return int(row["last"]) if row else len(_SEEDS.get(resource, dict)())


def _named(names: Mapping[str, str | None], **more: str) -> dict[str, Row]:
    times = {"created_at": BEGINNING, "updated_at": BEGINNING}
    return {
        str(number): {"id": number, "name": name, **({"color": color} if color else {}), **times, **more}
        for number, (name, color) in enumerate(names.items(), start=1)
    }


#: Without a source and a status no contact can be made, so there are some.
_SEEDS: Mapping[str, Callable[[], Mapping[str, Row]]] = {
    "sources": lambda: _named(dict.fromkeys(_SOURCES)),
    "statuses": lambda: _named(_STATUSES),
}

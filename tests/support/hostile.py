"""Payloads that no provider documents: values, trees and bytes that were bent, and what must hold for all of them."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Sequence
from typing import Any

from wamsg.codec import event_from_dict, event_to_dict
from wamsg.driver import Webhook
from wamsg.errors import BadPayload
from wamsg.model.event import Event, UnknownEvent

#: What is put where something else was expected.
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63,
    10**300 * 1.0,
    1e-300,
    "",
    " ",
    "x" * 70_000,
    "\x00",
    "\u2028\u202e",
    "\U0001f44d",
    "{}",
    '{"a":',
    "9" * 400,
    "1e999",
    "NaN",
    "../../etc/passwd",
    "0001-01-01T00:00:00+23:59",
    [],
    {},
    [[]],
    [{}],
    {"": None},
    {"id": {}},
    [None, 1, "x"],
    {"body": 7},
    ["failed"],
    "failed",
    "text",
    "interactive",
]
_BYTES = [
    b"",
    b"\xff",
    b"\x00",
    b"{",
    b"}",
    b",",
    b'"',
    b"\\",
    b"\\ud800",
    b"NaN",
    b"1e999",
    b"9" * 30,
    b"[" * 40,
    b"<",
]


def bent(document: Any, chance: random.Random) -> Any:
    """A copy of ``document`` with one to four of its places changed, dropped, doubled or moved."""
    found = copy.deepcopy(document)
    for _ in range(chance.randint(1, 4)):
        places = list(_places(found))
        if not places:
            break
        holder, name = chance.choice(places)
        act = chance.random()
        if act < 0.6:
            holder[name] = copy.deepcopy(chance.choice(VALUES))
        elif act < 0.75:
            del holder[name]
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[name]))
        else:
            other, key = chance.choice(places)
            holder[name] = copy.deepcopy(other[key])
    return found


def _places(document: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting:
        holder = waiting.pop()
        names: Sequence[Any] = list(holder) if isinstance(holder, dict) else range(len(holder))
        for name in names:
            found.append((holder, name))
            if isinstance(holder[name], dict | list):
                waiting.append(holder[name])
    return found


def broken(body: bytes, chance: random.Random) -> bytes:
    """``body`` with one to four pieces cut out or put in."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(body))
        body = body[:start] + chance.choice(_BYTES) + body[start + chance.choice([0, 0, 1, 7]) :]
    return body


def hold(webhook: Webhook, body: bytes) -> list[Event]:
    """Parse ``body`` and check what holds for any: events that are whole and stable, or `BadPayload`, nothing else."""
    try:
        events = webhook.parse(body)
    except BadPayload:
        return []
    again = webhook.parse(body)
    assert events, "a payload without an event"
    assert events == again, "the same bytes are other events"
    for event in events:
        _check(webhook, event)
    return events


def _check(webhook: Webhook, event: Event) -> None:
    assert event.provider == webhook.provider
    assert re.fullmatch(r"[0-9a-f]{32}", event.key), f"key {event.key!r}"
    if isinstance(event, UnknownEvent):
        assert not event.reason.startswith("wamsg failed"), f"a parser broke: {event.reason} on {event.raw}"
    assert event == event_from_dict(json.loads(json.dumps(event_to_dict(event)))), "not the same after being stored"

"""Every webhook against payloads that nobody documents: `BadPayload` or whole events, nothing else.

The long run is bounded by WAMSG_FUZZ_SECONDS (a minute unless it says otherwise), shared among the parsers.
"""

from __future__ import annotations

import json
import os
import random
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.providers.kaleyra.callbacks import MESSAGES, SAMPLES, meta_frame, parse, status, value
from tests.providers.wacr.test_webhook import RECORD
from tests.support.hostile import VALUES, bent, broken, hold
from wamsg import registry
from wamsg.driver import Webhook
from wamsg.model.event import Event, IncomingMessage, StatusUpdate, UnknownEvent

_FIELDS = "status=data.state|status, message_id=data.ids.0|id, sender=who.number, text=said, at=when, location=a.b.c"
SUBJECTS: dict[str, tuple[str, dict[str, str], list[dict[str, Any]]]] = {
    "kaleyra": ("kaleyra", {}, SAMPLES),
    "kaleyra, own design": (
        "kaleyra",
        {"callback_fields": _FIELDS},
        [
            {"data": {"state": "sent", "ids": ["m1"]}, "when": 1},
            {"who": {"number": "919812340001"}, "said": "hi", "when": "2024-08-05", "a": {"b": {"c": 1}}},
            *SAMPLES,
        ],
    ),
    "wacr": ("wacr", {"callback_records": "on"}, [RECORD]),
}


def _webhook(name: str) -> Webhook:
    provider_name, settings, _ = SUBJECTS[name]
    inbound = registry.load(provider_name).inbound
    assert inbound is not None
    return inbound.webhook(inbound.settings(**settings))


def _json() -> st.SearchStrategy[Any]:
    names = st.sampled_from(
        ["object", "entry", "changes", "value", "statuses", "messages", "meta_object", "status", "id"]
    )
    scalars = st.sampled_from(VALUES) | st.text(max_size=5) | st.integers() | st.floats() | st.none()
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | st.text(max_size=3), inner, max_size=5),
    )


@pytest.mark.parametrize("name", SUBJECTS)
@given(document=_json())
def test_any_json_is_events_or_a_bad_payload(name: str, document: object) -> None:
    """Whatever its shape."""
    hold(_webhook(name), json.dumps(document).encode())


@pytest.mark.parametrize("name", SUBJECTS)
@given(body=st.binary(max_size=80))
@example(body=b"\xff\xfe{\x00}\x00")
@example(body=b"[" * 100_000)
@example(body=b'{"a":' * 100_000)
@example(body=b'"' + b'\\"' * 100_000)
@example(body=b"{" + b", " * 100_000)
def test_any_bytes_are_events_or_a_bad_payload(name: str, body: bytes) -> None:
    """Also those that a careless repair of commas would take minutes for."""
    hold(_webhook(name), body)


@pytest.mark.parametrize("name", SUBJECTS)
@given(chance=st.randoms(use_true_random=False), data=st.data())
def test_a_bent_sample_is_events_or_a_bad_payload(name: str, chance: random.Random, data: st.DataObject) -> None:
    """Each documented shape with wrong, missing, doubled and moved pieces."""
    sample = data.draw(st.sampled_from(SUBJECTS[name][2]))

    hold(_webhook(name), json.dumps(bent(sample, chance)).encode())


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_sample_is_known(name: str) -> None:
    """The mutations above start from payloads that are understood."""
    for sample in SUBJECTS[name][2]:
        events = hold(_webhook(name), json.dumps(sample).encode())
        assert all(not isinstance(event, UnknownEvent) for event in events), sample
        assert "98123400" not in repr(events)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(next(iter(sample))))
def test_what_an_event_keeps_parses_to_the_same_event(sample: dict[str, Any]) -> None:
    """raw is the payload narrowed down, so that an event can be read anew when a parser has learnt more."""
    for event in parse(sample):
        assert [event] == parse(event.raw)


@given(
    st.lists(st.sampled_from(["status", "message", "odd"]), min_size=1, max_size=12), st.randoms(use_true_random=False)
)
def test_every_item_of_a_batch_is_an_event(kinds: list[str], chance: random.Random) -> None:
    """Good items keep their ids and their order whatever stands between them, however they are spread over entries."""
    frames = [_item(kind, number, chance) for number, kind in enumerate(kinds)]

    events = parse(meta_frame(*frames))

    wanted = [f"wamid.{number}" if kind != "odd" else None for number, kind in enumerate(kinds)]
    assert wanted == [_id(event) for event in events]


def _item(kind: str, number: int, chance: random.Random) -> dict[str, Any]:
    if kind == "status":
        return value(statuses=[status(id=f"wamid.{number}")])
    if kind == "message":
        return value(messages=[{**chance.choice(list(MESSAGES.values())), "id": f"wamid.{number}"}])
    return value(**{chance.choice(["statuses", "messages"]): [chance.choice([None, 3, "x", [], {"type": "text"}])]})


def _id(event: Event) -> str | None:
    return event.message_id if isinstance(event, StatusUpdate | IncomingMessage) else None


@pytest.mark.long
@pytest.mark.parametrize("name", SUBJECTS)
def test_minutes_of_fuzzing_find_nothing(name: str) -> None:
    """A failure names the seed of its round, which alone brings it back."""
    webhook, samples = _webhook(name), SUBJECTS[name][2]
    until = time.monotonic() + float(os.environ.get("WAMSG_FUZZ_SECONDS", "60")) / len(SUBJECTS)
    first = seed = int(os.environ.get("WAMSG_FUZZ_SEED") or random.SystemRandom().randrange(2**48))
    while time.monotonic() < until:
        chance = random.Random(seed)
        body = json.dumps(bent(chance.choice(samples), chance)).encode()
        if chance.random() < 0.3:
            body = broken(body, chance)
        try:
            hold(webhook, body)
        except Exception as error:
            raise AssertionError(f"WAMSG_FUZZ_SEED={seed} WAMSG_FUZZ_SECONDS=1: {body[:2000]!r}") from error
        seed += 1
    assert seed > first

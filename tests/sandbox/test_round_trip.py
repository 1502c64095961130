"""Over sockets: everything that the sandbox can tell comes out of a receiver as the equal event, whatever the proof."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from attrs import evolve

import wamsg
from tests.support.listening import Listener, listening, word_of
from wamsg.codec import event_to_dict
from wamsg.errors import ConfigError, Unsupported
from wamsg.model import PhoneNumber, Text
from wamsg.model.event import (
    DeliveryStatus,
    IncomingContent,
    IncomingMessage,
    Notice,
    QualityUpdate,
    ReceivedMedia,
    RecordChange,
    StatusUpdate,
)
from wamsg.sandbox import Callbacks, Note, Sandbox
from wamsg.testing.told import CONTENTS, notices

ANNA = PhoneNumber("+919812340001")
NOTICES: Mapping[str, Notice] = {
    f"{name}: {kind}": notice
    for name in ("kaleyra", "wacr")
    for kind, notice in notices(name).items()
    if (name == "wacr") is isinstance(notice, RecordChange)
}
#: What the variables of a profile have a place for.
SIMPLE: tuple[IncomingContent, ...] = (
    *(CONTENTS[kind] for kind in ("text", "location", "contacts", "template button")),
    ReceivedMedia(kind="audio", link="https://files.example/a.ogg", mime_type="audio/ogg", voice=True),
    ReceivedMedia(kind="image", link="https://files.example/a.png", mime_type="image/png", caption="a view"),
)
#: For each way of proof what the sandbox is given, and what a receiver has that knows another secret.
PROOFS: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "by default": ({}, {"callback_secret": "another"}),
    "header": ({"callback_secret": "one"}, {"callback_secret": "another"}),
    "bearer": ({"callback_token": "new,old"}, {"callback_token": "another"}),
    "basic": ({"callback_login": "anna:one"}, {"callback_login": "anna:another"}),
    "signature": ({"callback_app_secret": "one"}, {"callback_app_secret": "another"}),
    "all but a login": (
        {"callback_secret": "one", "callback_token": "two", "callback_app_secret": "three"},
        {"callback_secret": "one", "callback_token": "two", "callback_app_secret": "another"},
    ),
}


def by_default(name: str) -> dict[str, Any]:
    return Sandbox().callback_settings(name)


def as_json(content: IncomingContent) -> dict[str, Any]:
    """The body of a request that has Anna write it."""
    event = IncomingMessage(provider="kaleyra", key="k", content=content)
    fields = {name: value for name, value in event_to_dict(event)["content"].items() if name != "type"}
    if isinstance(content, ReceivedMedia):
        del fields["kind"]
    return {"from": ANNA.e164, word_of(content): fields}


@pytest.mark.parametrize("kind", CONTENTS)
async def test_what_someone_writes_comes_out_as_it_was(kind: str, tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """By Python and over HTTP, as an answer to a message of ours, whose reference it brings."""
    listener, content = Listener(), CONTENTS[kind]
    async with listening(tmp_path, listener, "kaleyra", by_default("kaleyra")) as (receiver, address), Sandbox() as box:
        async with wamsg.connect("kaleyra", environ={}, **box.settings("kaleyra")) as messenger:
            sent = (await messenger.send(Text(body="hi"), to=ANNA, reference="w1")).message_id
        box.call_back(address)
        ids = [box.incoming(Note(sender=ANNA, content=content, name="Anna", reply_to=sent))]
        async with http.post(f"{box.url}/_sandbox/incoming", json=as_json(content)) as answer:
            ids.append((await answer.json())["message_id"])
        await box.called_back()
        await receiver.idle()

    events = {event.message_id: event for event in listener.heard if isinstance(event, IncomingMessage)}
    assert set(ids) == set(events)
    assert [content, content] == [event.content for event in events.values()]
    assert [ANNA, ANNA] == [event.sender for event in events.values()]
    first = events[ids[0]]
    assert ("Anna", sent, "w1") == (first.sender_name, first.reply_to, first.reference)


@pytest.mark.parametrize("style", ["variables", "query"])
@pytest.mark.parametrize("content", SIMPLE, ids=word_of)
async def test_the_variables_of_a_profile_come_out_as_they_were(
    content: IncomingContent, style: str, tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    """By POST and by GET, without an id."""
    listener = Listener()
    async with listening(tmp_path, listener, "kaleyra", by_default("kaleyra")) as (receiver, address), Sandbox() as box:
        box.call_back(address)
        document = {**as_json(content), "name": "Anna", "style": style}
        async with http.post(f"{box.url}/_sandbox/incoming", json=document) as answer:
            assert 201 == answer.status
        await box.called_back()
        await receiver.idle()

    [event] = listener.heard
    assert isinstance(event, IncomingMessage)
    assert (content, ANNA, "Anna", None) == (event.content, event.sender, event.sender_name, event.message_id)
    assert event.at is not None


@pytest.mark.parametrize(
    ("style", "content", "said"),
    [
        ("fax", Text(body="hello"), "has the styles variables, query"),
        ("variables", CONTENTS["reaction"], "carry texts"),
        ("query", CONTENTS["image without a stored copy"], "carry texts"),
    ],
)
async def test_what_the_variables_have_no_place_for_is_refused(
    style: str, content: IncomingContent, said: str, http: aiohttp.ClientSession
) -> None:
    """Rather than brought without what it says."""
    async with (
        Sandbox(callbacks="http://127.0.0.1:9/") as box,
        http.post(f"{box.url}/_sandbox/incoming", json={**as_json(content), "style": style}) as answer,
    ):
        assert 400 == answer.status
        assert said in (await answer.json())["error"]


@pytest.mark.parametrize("kind", NOTICES)
async def test_a_notice_comes_out_as_it_was(kind: str, tmp_path: Path, http: aiohttp.ClientSession) -> None:
    """By Python and over HTTP; the same words are one event where a provider gives notices no id."""
    listener, notice = Listener(), NOTICES[kind]
    settings = by_default(notice.provider)
    async with listening(tmp_path, listener, notice.provider, settings) as (receiver, address), Sandbox() as box:
        box.call_back(address)
        box.notice(notice)
        document = {name: value for name, value in event_to_dict(notice).items() if name != "key"}
        async with http.post(f"{box.url}/_sandbox/notice", json=document) as answer:
            assert 201 == answer.status
        await box.called_back()
        await receiver.idle()

    assert 2 == box.callbacks.calls["taken"]
    assert (2 if notice.provider == "wacr" else 1) == len(listener.heard)
    assert {notice} == {evolve(event, key=notice.key, raw={}) for event in listener.heard}


async def test_the_quality_of_a_number_comes_by_get(tmp_path: Path) -> None:
    """As its page says, behind whatever query the address has already."""
    listener, notice = Listener(), NOTICES["kaleyra: quality"]
    async with listening(tmp_path, listener, "kaleyra", by_default("kaleyra")) as (receiver, address), Sandbox() as box:
        box.call_back(f"{address}?tenant=7")
        box.notice(notice)
        await box.called_back()
        await receiver.idle()

    [event] = listener.heard
    assert isinstance(event, QualityUpdate)
    assert {
        "tenant": "7",
        "display_phone_number": "12025550100",
        "event": "FLAGGED",
        "current_limit": "TIER_10K",
    } == event.raw


@pytest.mark.parametrize("way", PROOFS)
async def test_only_the_right_proof_is_taken(way: str, tmp_path: Path) -> None:
    """Of statuses, messages, and notices by POST and by GET: a receiver takes what is proven and no forgery.

    A signature of the body proves nothing of the notice by GET.
    """
    listener, (given, _) = Listener(), PROOFS[way]
    expected = {"taken": 5, "refused": 1, "forged": 6} if way == "signature" else {"taken": 6, "forged": 6}
    settings = Sandbox(callbacks=Callbacks(url="http://127.0.0.1:9/", **given)).callback_settings("kaleyra")
    async with listening(tmp_path, listener, "kaleyra", settings) as (receiver, address):
        tally = await tell_everything(Callbacks(url=address, forge=1, delivered=0, read=0, **given))
        await receiver.idle()

    assert expected == tally
    assert expected["taken"] == len(listener.heard)
    assert {DeliveryStatus.READ} == set(listener.standing.values())


@pytest.mark.parametrize("way", PROOFS)
async def test_who_knows_another_secret_takes_nothing(way: str, tmp_path: Path) -> None:
    """Each call is refused for good."""
    listener, (given, others) = Listener(), PROOFS[way]
    async with listening(tmp_path, listener, "kaleyra", others) as (_, address):
        tally = await tell_everything(Callbacks(url=address, delivered=0, read=0, **given))

    assert {"refused": 6} == tally
    assert not listener.heard


async def tell_everything(script: Callbacks) -> dict[str, int]:
    """A message and its three statuses, somebody who writes, a notice by POST and one by GET; what became of them."""
    async with Sandbox(callbacks=script) as box:
        async with wamsg.connect("kaleyra", environ={}, **box.settings("kaleyra")) as messenger:
            await messenger.send(Text(body="hi"), to=ANNA)
        box.incoming(Note(sender=ANNA, content=Text(body="hello")))
        for kind in ("kaleyra: template", "kaleyra: quality"):
            box.notice(NOTICES[kind])
        await box.called_back()
    return dict(box.callbacks.calls)


async def test_messages_and_notices_are_lost_and_doubled_as_well(tmp_path: Path) -> None:
    """What is dropped is counted and told to nobody; what is told again is one event."""
    listener = Listener()
    async with listening(tmp_path, listener, "kaleyra", by_default("kaleyra")) as (receiver, address):
        lost = await tell_everything(Callbacks(url=address, drop=1))
        doubled = await tell_everything(Callbacks(url=address, duplicate=1, delivered=0, read=0, spread=0.05))
        await receiver.idle()

    assert {"dropped": 3} == lost
    assert {"taken": 12} == doubled
    assert 6 == len(listener.heard)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (None, "JSON object"),
        ({"type": "template"}, "required field missing"),
        ({"type": "poem", "provider": "kaleyra"}, "type must be one of"),
        ({"type": "status", "provider": "kaleyra", "status": "read"}, "template, quality, media and record"),
        ({"type": "template", "provider": "acme", "status": "paused"}, "which are: kaleyra, wacr"),
        ({"type": "template", "provider": "wacr", "status": "paused"}, "contact or source or status"),
        ({"type": "record", "provider": "wacr", "resource": "deal", "action": "created"}, "and nothing else"),
        ({"type": "record", "provider": "kaleyra", "resource": "contact", "action": "created"}, "not of records"),
        ({"type": "template", "provider": "kaleyra", "status": "paused", "colour": "red"}, "colour"),
    ],
)
async def test_what_nobody_tells_is_refused(document: object, said: str, http: aiohttp.ClientSession) -> None:
    """A sentence says what would be right, and nothing is called back."""
    async with (
        Sandbox(callbacks="http://127.0.0.1:9/") as box,
        http.post(f"{box.url}/_sandbox/notice", json=document) as answer,
    ):
        assert 400 == answer.status
        assert said in (await answer.json())["error"]
        assert not box.callbacks.calls


async def test_what_nobody_tells_is_refused_in_python_too() -> None:
    """By kind, by provider, without an address, and before the start."""
    status = StatusUpdate(provider="kaleyra", key="k", status=DeliveryStatus.READ)
    with pytest.raises(RuntimeError, match="not started"):
        Sandbox().notice(NOTICES["kaleyra: template"])
    async with Sandbox() as box:
        with pytest.raises(ConfigError, match="only templates"):
            box.notice(status)  # type: ignore[arg-type]  # that is the test
        with pytest.raises(ConfigError, match="no address"):
            box.notice(NOTICES["kaleyra: template"])
        with pytest.raises(Unsupported):
            box.notice(evolve(NOTICES["wacr: record created"], provider="kaleyra"))


def test_one_header_holds_one_proof() -> None:
    """A bearer token and a login exclude each other, so a call could never show both."""
    with pytest.raises(ConfigError, match="both would stand in the header Authorization"):
        Callbacks(url="http://127.0.0.1:9/", callback_token="one", callback_login="anna:one")


@pytest.mark.parametrize(
    ("secret", "value"),
    [
        ("callback_login", "no colon"),
        ("callback_login", "anna:one,no colon"),
        ("callback_token", "one,,two"),
        ("callback_secret", ""),
        ("callback_app_secret", 3),
    ],
)
def test_a_secret_that_proves_nothing_is_named(secret: str, value: Any) -> None:
    """Before anything is called back; the value is not shown."""
    with pytest.raises(ConfigError) as caught:
        Callbacks(url="http://127.0.0.1:9/", **{secret: value})

    assert secret == caught.value.setting
    assert "anna" not in str(caught.value)

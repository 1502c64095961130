"""Files over sockets: uploads and how long their ids live, and large files for templates."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import wamsg
from tests.providers.kaleyra.api.conftest import AT_ONCE, Speaking, World
from tests.support.scripted import Said
from wamsg.errors import InvalidMessage, InvalidRequest, PermissionDenied, Throttled, Unanswered
from wamsg.model import File, Image, Text
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.api import KaleyraApi
from wamsg.sandbox import Sandbox
from wamsg.testing.clock import ManualClock
from wamsg.transport.memory import SandboxTransport

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
PDF = b"%PDF-1.7\n" + bytes(100)
WABA, TO = "150441234142241", "+919812340001"
DAY = 24 * 3600.0


async def test_an_uploaded_file_can_be_sent_for_thirty_days(world: World, tmp_path: Path) -> None:
    """After that the sandbox refuses its id, as Meta would; ids from elsewhere are not judged."""
    path = tmp_path / "photo.png"
    path.write_bytes(PNG)

    media = await world.api.media.upload(File.at(path))
    await world.client.send(Image(id=media.id), to=TO)
    await world.clock.advance(30 * DAY)

    with pytest.raises(InvalidRequest) as caught:
        await world.client.send(Image(id=media.id), to=TO)
    await world.client.send(Image(id="404040"), to=TO)
    assert caught.value.code == "131009"
    assert world.sandbox.outbox.count() == 2


async def test_the_client_uploads_anew_before_an_id_grows_too_old() -> None:
    """A client that lives for weeks sends a file by an id that still lives, and uploads it no oftener than that."""
    clock = ManualClock()
    async with (
        Sandbox(clock=clock) as sandbox,
        wamsg.connect(
            "kaleyra", limits=None, retry=AT_ONCE, clock=clock, environ={}, **sandbox.settings("kaleyra")
        ) as client,
    ):
        for _ in range(80):
            await client.send(Image(file=PNG), to=TO)
            await clock.advance(DAY)

        ids = [record.body["messaging_object"]["image"]["id"] for record in sandbox.outbox.accepted]  # type: ignore[index]  # JSON

    assert len(ids) == 80
    assert len(set(ids)) == 3


async def test_an_upload_of_the_driver_is_the_declared_one() -> None:
    """What a message's local file makes of it and what one asks for by hand are the same request."""
    settings: dict[str, Any] = dict(provider.example)
    async with wamsg.connect("kaleyra", environ={}, **settings) as client:
        media, file = Image(file=PNG), File.of(PNG)
        implied = client.driver.encode_upload(media)
        declared = KaleyraApi(client).media.upload.operation(file)

    assert implied is not None
    assert (implied.name, implied.request.lanes) == (declared.name, declared.request.lanes)
    assert implied.request.repeatable and declared.request.repeatable  # noqa: PT018 -- one fact
    assert evolve(implied.request, body=None).url == declared.request.url
    assert implied.request.body == declared.request.body


@pytest.mark.parametrize(
    "document",
    [
        {"code": "WA200", "data": {"id": "7"}},
        {"code": "WA200", "data": {"media_id": 7}},
        {"id": "7"},
        {"media": [{"id": "7"}]},
    ],
)
async def test_the_id_is_found_where_other_answers_have_it(speaking: Speaking, document: object) -> None:
    """The page does not show where it stands."""
    async with speaking([Said(document=document)]) as (api, _):
        assert (await api.media.upload(File.of(PNG))).id == "7"


async def test_an_upload_without_an_id_and_one_that_is_not_allowed_say_so(speaking: Speaking) -> None:
    """The first is no result; the second has the advice that prepaid accounts need."""
    none = Said(document={"code": "WA200", "data": {}})
    prepaid = Said(
        status=401, document={"code": "WA-401", "message": "Unauthorised account type", "error": {"account": "x"}}
    )
    async with speaking([none, prepaid]) as (api, _):
        with pytest.raises(Unanswered, match="id"):
            await api.media.upload(File.of(PNG))
        with pytest.raises(PermissionDenied, match="postpaid"):
            await api.media.upload(File.of(PNG))


async def test_what_cannot_be_uploaded_is_refused_here(world: World) -> None:
    """By type and by size, before a byte is sent."""
    with pytest.raises(InvalidMessage, match="gif"):
        await world.api.media.upload(File.of(b"GIF89a" + bytes(10)))
    with pytest.raises(InvalidMessage) as caught:
        await world.api.media.upload(evolve(File.of(PNG), size=6 * 1024 * 1024))
    assert (caught.value.field, caught.value.limit) == ("file", 5 * 1024 * 1024)


async def test_a_resumable_file_gets_its_handle_in_the_background(world: World) -> None:
    """Handed over, listed with a handle, found by id, and gone after three days."""
    first = await world.api.resumable_media.create(WABA, File.of(PDF, "terms.pdf"))
    second = await world.api.resumable_media.create(WABA, File.of(PNG, "head.png"))
    await world.api.resumable_media.create("999", File.of(PNG, "head.png"))

    listed = [each async for each in world.api.resumable_media.list(WABA)]
    paged = [each async for each in world.api.resumable_media.list(WABA, limit=1)]
    found = [each async for each in world.api.resumable_media.list(WABA, id=second.id)]
    await world.clock.advance(3 * DAY)

    assert first.uploaded_file_handle is None
    assert [each.file_name for each in listed] == ["terms.pdf", "head.png"]
    assert all(each.uploaded_file_handle and each.status == "UPLOADED" for each in listed)
    assert (paged, [each.id for each in found]) == (listed, [second.id])
    assert [each async for each in world.api.resumable_media.list(WABA)] == []


async def test_twenty_in_an_hour_are_enough(world: World) -> None:
    """The next is refused by the sandbox until an hour has gone by."""
    for _ in range(20):
        await world.api.resumable_media.create(WABA, File.of(PNG, "a.png"))

    with pytest.raises(Throttled):
        await world.api.resumable_media.create(WABA, File.of(PNG, "a.png"))
    await world.clock.advance(3600)
    await world.api.resumable_media.create(WABA, File.of(PNG, "a.png"))


@pytest.mark.parametrize(
    "name", ["a b.png", "a@b.png", "50%.png", "a<b.png", "a\\b.png", "noending", "x" * 252 + ".png"]
)
async def test_a_name_that_is_not_taken_is_refused_here(world: World, name: str) -> None:
    """The page lists what a name must not hold."""
    with pytest.raises(InvalidMessage) as caught:
        await world.api.resumable_media.create(WABA, evolve(File.of(PNG), name=name))

    assert caught.value.field == "file"
    assert world.sandbox.counts["kaleyra"]["answered"] == 0


async def test_a_sound_is_no_resumable_file(world: World) -> None:
    """Five types are listed."""
    with pytest.raises(InvalidMessage, match="audio/mpeg"):
        await world.api.resumable_media.create(WABA, File.of(b"ID3" + bytes(20), "a.mp3"))


async def test_the_client_keeps_to_the_hour_by_itself() -> None:
    """The twenty-first of an account waits its turn, an hour and a little; another account and messages go on."""
    clock, settings = ManualClock(), dict[str, Any](provider.example)
    transport = SandboxTransport(provider.sandbox, clock=clock)
    async with wamsg.connect("kaleyra", transport=transport, clock=clock, environ={}, **settings) as client:
        api = KaleyraApi(client)
        for _ in range(20):
            await api.resumable_media.create(WABA, File.of(PNG, "a.png"))
        waiting = asyncio.ensure_future(api.resumable_media.create(WABA, File.of(PNG, "a.png")))
        await api.resumable_media.create("999", File.of(PNG, "a.png"))
        await client.send(Text(body="hello"), to=TO)
        await clock.settle()
        asked = len(transport.requests)
        assert not waiting.done()
        await clock.advance(3700)
        await waiting

    assert (asked, len(transport.requests)) == (22, 23)

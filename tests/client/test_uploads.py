"""Each local file is uploaded once, however many wait for it."""

from __future__ import annotations

import asyncio

import pytest

from wamsg import File, Image, Media
from wamsg.client.uploads import Uploads
from wamsg.errors import NotSent, PermissionDenied, Unanswered
from wamsg.testing.clock import ManualClock

PNG = Image(file=b"\x89PNG\r\n\x1a\n" + bytes(16))
OTHER = Image(file=b"\x89PNG\r\n\x1a\n" + bytes(17))


def file_of(media: Media) -> File:
    assert media.file is not None
    return media.file


class Provider:
    """Takes uploads at a gate; fails as told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.taken = 0
        self.gate = asyncio.Event()

    async def take(self, media: Media) -> str:
        self.taken += 1
        number = self.taken
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        return f"id-{number}"


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_many_who_wait_for_one_file_share_one_upload() -> None:
    """Also those who come later, and those who name an equal file."""
    provider = Provider()
    uploads = Uploads(provider.take, clock=ManualClock())
    waiting = [asyncio.ensure_future(uploads.id_of(PNG, file_of(PNG))) for _ in range(5)]
    await settle()
    provider.gate.set()

    same = Image(file=b"\x89PNG\r\n\x1a\n" + bytes(16))
    ids = [*await asyncio.gather(*waiting), await uploads.id_of(same, file_of(same))]

    assert {"id-1"} == set(ids)
    assert "id-2" == await uploads.id_of(OTHER, file_of(OTHER))


async def test_one_who_gives_up_does_not_take_the_upload_away_from_the_others() -> None:
    """The upload goes on for whoever still waits."""
    provider = Provider()
    uploads = Uploads(provider.take, clock=ManualClock())
    first, second = (asyncio.ensure_future(uploads.id_of(PNG, file_of(PNG))) for _ in range(2))
    await settle()
    first.cancel()
    await settle()
    provider.gate.set()

    assert "id-1" == await second
    assert first.cancelled()
    assert 1 == provider.taken


async def test_a_refusal_is_remembered() -> None:
    """A broadcast does not upload in vain once per recipient."""
    provider = Provider(PermissionDenied("prepaid", provider="x", code="WA-401", http_status=401))
    provider.gate.set()
    uploads = Uploads(provider.take, clock=ManualClock())

    for _ in range(3):
        with pytest.raises(PermissionDenied, match="prepaid") as caught:
            await uploads.id_of(PNG, file_of(PNG))
        assert ("WA-401", 401) == (caught.value.code, caught.value.http_status)

    assert 1 == provider.taken


async def test_another_failure_is_forgotten() -> None:
    """The next one tries again."""
    provider = Provider(NotSent("refused"))
    provider.gate.set()
    uploads = Uploads(provider.take, clock=ManualClock())

    with pytest.raises(NotSent):
        await uploads.id_of(PNG, file_of(PNG))

    assert "id-2" == await uploads.id_of(PNG, file_of(PNG))


async def test_an_unanswered_upload_messaged_nobody() -> None:
    """The file may have arrived, but the message surely did not leave."""
    provider = Provider(Unanswered("cut"))
    provider.gate.set()

    with pytest.raises(NotSent, match="nothing was sent") as caught:
        await Uploads(provider.take, clock=ManualClock()).id_of(PNG, file_of(PNG))

    assert not caught.value.may_have_gone_out


async def test_a_failing_upload_is_tried_once_at_a_time() -> None:
    """Those who come back after a failure share the next try rather than start one each."""
    provider = Provider(*[NotSent("refused")] * 50)
    uploads = Uploads(provider.take, clock=ManualClock())
    provider.gate.set()

    async def try_three_times() -> None:
        for _ in range(3):
            with pytest.raises(NotSent):
                await uploads.id_of(PNG, file_of(PNG))

    await asyncio.gather(*(try_three_times() for _ in range(20)))

    assert 3 == provider.taken


async def test_closing_stops_uploads_under_way() -> None:
    """No task is left behind."""
    provider = Provider()
    uploads = Uploads(provider.take, clock=ManualClock())
    waiting = asyncio.ensure_future(uploads.id_of(PNG, file_of(PNG)))
    await settle()

    await uploads.aclose()
    await settle()

    with pytest.raises(NotSent, match="nothing was sent"):
        await waiting
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "wamsg upload"]


async def test_an_id_is_used_for_its_lifetime_and_no_longer() -> None:
    """A day of the thirty is left for what waits at the provider; whoever needs the old id meanwhile shares the new."""
    provider, clock = Provider(), ManualClock()
    provider.gate.set()
    uploads = Uploads(provider.take, clock=clock, lifetime=30 * 86_400)

    first = await uploads.id_of(PNG, file_of(PNG))
    await clock.advance(29 * 86_400 - 1)
    still = await uploads.id_of(PNG, file_of(PNG))
    await clock.advance(1)
    anew = await asyncio.gather(*(uploads.id_of(PNG, file_of(PNG)) for _ in range(5)))
    await clock.advance(28 * 86_400)

    assert ("id-1", "id-1", {"id-2"}) == (first, still, set(anew))
    assert "id-2" == await uploads.id_of(PNG, file_of(PNG))


async def test_without_a_lifetime_an_id_is_used_for_ever() -> None:
    """Where the provider does not say."""
    provider, clock = Provider(), ManualClock()
    provider.gate.set()
    uploads = Uploads(provider.take, clock=clock)

    ids = set()
    for _ in range(3):
        ids.add(await uploads.id_of(PNG, file_of(PNG)))
        await clock.advance(10_000 * 86_400)

    assert {"id-1"} == ids

"""Numbers, consent and callback profiles over sockets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.kaleyra.api.conftest import Speaking, World
from tests.support.scripted import Said
from wamsg.errors import InvalidMessage, SenderRefused, Unanswered
from wamsg.providers.kaleyra.api import Consent
from wamsg.providers.kaleyra.driver import KaleyraDriver
from wamsg.wire import Operation, Request

SENDER, ASHA, BEN = "+919800000000", "+919812340001", "+12025550123"


async def test_the_details_say_whether_the_number_can_send(world: World) -> None:
    """What the probe says in one sentence, with its parts."""
    details = await world.api.numbers.details()

    assert (details.quality_rating, details.messaging_limit_tier, details.status) == ("GREEN", "TIER_1K", "CONNECTED")
    assert details.throughput is not None
    assert details.throughput.level == "STANDARD"
    assert details.health_status is not None
    assert [each.can_send_message for each in details.health_status.entities or ()] == ["AVAILABLE"]
    assert SENDER not in repr(details)
    assert "quality GREEN" in await world.client.call(world.client.driver.probe())


async def test_the_numbers_of_an_account_are_listed(world: World) -> None:
    """The sandbox has one, in whichever account is asked."""
    (number,) = await world.api.numbers.list("150441234142241")

    assert (number.display_phone_number, number.waba_id) == (SENDER, "150441234142241")


async def test_consent_is_remembered_per_channel_and_contact(world: World) -> None:
    """The last word counts; of whom nothing is known the answer says so."""
    await world.api.consent.update(ASHA, "OPT_IN", sender=SENDER)
    await world.api.consent.update(ASHA, "OPT_OUT", sender=SENDER, consent_topic="Offers")
    await world.api.consent.update(BEN, "OPT_IN", sender=SENDER, channel="sms")

    found = await world.api.consent.validate([ASHA, BEN], sender=SENDER)
    texts = await world.api.consent.validate([BEN], sender=SENDER, channel="sms")

    assert found == (Consent(contact_identifier=ASHA, status=0), Consent(contact_identifier=BEN, status=-1))
    assert [each.status for each in texts] == [1]
    assert ASHA not in repr(found)
    with pytest.raises(SenderRefused):
        await world.api.consent.validate([ASHA], sender=BEN)


async def test_an_update_is_taken_whatever_a_202_says(speaking: Speaking) -> None:
    """The status is documented, a body is not; a body with an error in it, or one that is no JSON, is no acceptance."""
    fine = [Said(status=202, body=b""), Said(status=202, document={"message": "Accepted"})]
    bad = [Said(status=202, document={"error": {"x": "y"}}), Said(status=202, body=b"<html>")]
    bad.append(Said(document={"success": False, "message": "no"}))
    async with speaking([*fine, *bad]) as (api, server):
        for _ in fine:
            await api.consent.update(ASHA, "OPT_IN", sender=SENDER, timestamp="2026-01-31T09:00:00")
        for _ in bad:
            with pytest.raises(Unanswered):
                await api.consent.update(ASHA, "OPT_IN", sender=SENDER)

    assert (server.asked[0].method, server.asked[0].target) == ("POST", "/v1/HXSANDBOX00000001IN/consent")
    assert server.asked[0].json() == {
        "channel": "whatsapp",
        "sender_identifier": SENDER,
        "contact_identifier": ASHA,
        "source": "API",
        "consent_status": "OPT_IN",
        "timestamp": "2026-01-31T09:00:00",
    }


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"data": [{"contact_identifier": "1", "status": "1"}]}, [("1", 1)]),
        ({"data": {"contacts": [{"contact_identifier": "1", "status": -1}], "total": 1}}, [("1", -1)]),
        ({"code": "WA200", "data": {"919812340001": 1}}, [(None, None)]),
        ({"919812340001": 0}, [(None, None)]),
    ],
)
async def test_nothing_of_an_unknown_answer_is_lost(speaking: Speaking, document: object, found: object) -> None:
    """What has no field is in ``extra``, under the provider's own names."""
    async with speaking([Said(document=document)]) as (api, _):
        consents = await api.consent.validate([ASHA], sender=SENDER)

    assert [(each.contact_identifier, each.status) for each in consents] == found
    assert all(each.contact_identifier or each.extra for each in consents)


async def test_profiles_are_listed_as_they_were_created(world: World) -> None:
    """All pages of them, or those of one title."""
    body = {"status": "{{status}}", "deep": [1, None, True]}
    made = [
        await world.api.callback_profiles.create(
            title=f"Status {number % 2}",
            http_method="POST",
            url=f"https://example.com/{number}",
            body=body,
            headers={"X-Secret": "fake"},
            channel="whatsapp",
            events="message_status",
        )
        for number in range(5)
    ]

    listed = [each async for each in world.api.callback_profiles.list(limit=2)]
    titled = [each async for each in world.api.callback_profiles.list(title="Status 1")]

    assert listed == made
    assert listed[0].body == body
    assert titled == made[1::2]
    assert "fake" not in repr(listed)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "ab"}, "title"),
        ({"title": "a/b/c"}, "title"),
        ({"http_method": "PATCH"}, "http_method"),
        ({"url": "ftp://example.com"}, "url"),
        ({"body": "text"}, "body"),
        ({"headers": {"x": float("nan")}}, "headers.x"),
    ],
)
async def test_a_wrong_profile_is_refused_here(world: World, changes: dict[str, Any], field: str) -> None:
    """The rules are the page's."""
    given = {"title": "Fine", "http_method": "POST", "url": "https://example.com", **changes}
    with pytest.raises(InvalidMessage) as caught:
        await world.api.callback_profiles.create(**given)

    assert caught.value.field == field


async def test_what_is_not_declared_can_be_called_all_the_same(world: World) -> None:
    """As docs/kaleyra-operations.md shows; the sandbox has nothing there and says so."""
    assert isinstance(world.client.driver, KaleyraDriver)
    service = world.client.driver.service
    request = Request(
        method="POST",
        url=f"{service.base_url}/v2/{service.places['sid']}/whatsapp/1234/publish",
        headers=service.headers,
        lanes=service.lanes,
    )

    status = await world.client.call(Operation(name="flows.publish", request=request, decode=lambda got: got.status))

    assert status == 404


async def test_a_reset_forgets_everything(world: World) -> None:
    """And the account can be used as before."""
    await world.api.consent.update(ASHA, "OPT_OUT", sender=SENDER)
    await world.api.users.block([ASHA])

    world.sandbox.reset("kaleyra")

    assert (await world.api.consent.validate([ASHA], sender=SENDER))[0].status == -1
    assert [each async for each in world.api.users.blocked()] == []

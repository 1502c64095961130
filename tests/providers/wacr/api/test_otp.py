"""One-time codes over sockets: the facts of a refusal, and whom a pause concerns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from tests.support.scripted import Said, Script, ScriptedServer
from wamsg.errors import CodeRefused, InvalidMessage, Throttled
from wamsg.model import PhoneNumber
from wamsg.providers.wacr.api import WacrApi

Speaking = Callable[[Script], AbstractAsyncContextManager[tuple[WacrApi, ScriptedServer]]]
PHONE, OTHER = "+919812340001", "+919812340002"
SENT = Said(document={"data": {"message_id": "wamid.1", "code_sent": True, "expires_at": "2026-01-31T09:10:00+00:00"}})


async def test_a_code_goes_out_to_the_number_that_was_meant(speaking: Speaking) -> None:
    """However it is typed it is E.164 on the wire, and neither number nor code is in the result's repr."""
    async with speaking([SENT, SENT]) as (api, server):
        sent = await api.otp.send("0091 98123-40001", "493817", template_name="otp", additional_params=["a", "b"])
        await api.otp.send(PhoneNumber.parse(PHONE), "493817", template_name="otp")

    assert {
        "phone": PHONE,
        "code": "493817",
        "template_name": "otp",
        "additional_params": ["a", "b"],
    } == server.asked[0].json()
    assert PHONE == server.asked[1].json()["phone"]
    assert ("wamid.1", True) == (sent.message_id, sent.code_sent)
    assert sent.expires_at is not None
    assert timedelta(0) == sent.expires_at.utcoffset()
    assert not {"493817", "12340001"} & set(repr(api.otp.send.operation(PHONE, "493817", template_name="otp")).split())


@pytest.mark.parametrize("code", ["INVALID_CODE", "OTP_EXPIRED", "OTP_NOT_FOUND", "MAX_ATTEMPTS_EXCEEDED"])
async def test_a_code_that_is_not_right_says_how_often_one_may_try(code: str, speaking: Speaking) -> None:
    """All four refusals are one kind of error, with the provider's code and the attempts that are left."""
    error = {"code": code, "message": "No.", "details": {"attempts_remaining": 3}}
    async with speaking([Said(status=422, document={"success": False, "error": error})]) as (api, _):
        with pytest.raises(CodeRefused) as caught:
            await api.otp.verify(PHONE, "000000")

    assert (code, 3) == (caught.value.code, caught.value.attempts_remaining)
    assert "000000" not in str(caught.value)


async def test_too_many_tries_for_one_phone_stop_that_phone_alone(speaking: Speaking) -> None:
    """A 429 with its own wait pauses this phone's lane: others, and the account, go on."""
    limit = Said(status=429, document={"error": {"code": "RATE_LIMIT_EXCEEDED"}, "retry_after": 240})
    verified = Said(document={"data": {"purpose": "authentication"}})
    async with speaking([limit, verified]) as (api, server):
        with pytest.raises(Throttled) as first:
            await api.otp.verify(PHONE, "000000")
        with pytest.raises(Throttled):
            await api.otp.verify(PHONE, "000000")
        assert "authentication" == (await api.otp.verify(OTHER, "000000")).purpose

    assert 240 == first.value.retry_after
    assert len(server.asked) == 2


async def test_a_fourth_resend_within_five_minutes_waits(speaking: Speaking) -> None:
    """Three go at once, for one phone in whatever spelling; another phone's is not held up."""
    async with speaking([SENT] * 4) as (api, server):
        for spelling in (PHONE, "+91 98123 40001", "00919812340001"):
            await api.otp.resend(spelling, template_name="otp")
        fourth = asyncio.ensure_future(api.otp.resend(PHONE, template_name="otp"))
        await api.otp.resend(OTHER, template_name="otp")

        assert not fourth.done()
        assert len(server.asked) == 4
        fourth.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fourth


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"data": {"has_active_otp": False, "message": "No active OTP found"}}, (False, "No active OTP found", None)),
        ({"has_active_otp": False, "message": "No active OTP found"}, (False, "No active OTP found", None)),
        ({"data": {"has_active_otp": 1, "expires_in_seconds": -5}, "message": "m"}, (True, "m", -5)),
    ],
)
async def test_a_status_without_a_code_is_no_error(
    given: dict[str, object], expected: tuple[object, ...], speaking: Speaking
) -> None:
    """Enveloped or flat; the provider's sentence comes along."""
    async with speaking([Said(document=given)]) as (api, _):
        status = await api.otp.status(PHONE)

    assert expected == (status.has_active_otp, status.message, status.expires_in_seconds)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"phone": "98123 40001"}, "phone"),
        ({"phone": 919812340001}, "phone"),
        ({"expiry_minutes": 61}, "expiry_minutes"),
        ({"language": "english-of-india"}, "language"),
        ({"purpose": "p" * 51}, "purpose"),
        ({"template_name": " "}, "template_name"),
    ],
)
async def test_a_bad_argument_is_named(given: dict[str, object], field: str, speaking: Speaking) -> None:
    """Nothing is sent, and the sentence does not repeat the number."""
    values: dict[str, object] = {"phone": PHONE, "template_name": "otp", **given}
    async with speaking([]) as (api, server):
        with pytest.raises(InvalidMessage) as caught:
            await api.otp.resend(**values)  # type: ignore[arg-type]  # as a careless caller would

    assert field == caught.value.field
    assert "98123" not in str(caught.value)
    assert not server.asked


async def test_templates_for_codes_are_listed(speaking: Speaking) -> None:
    """With the filters of their page."""
    document = {"data": [{"id": 4, "template_name": "otp", "body_params_count": 1}]}
    async with speaking([Said(document=document)]) as (api, server):
        (found,) = [each async for each in api.otp.templates(language="en", search="otp")]

    assert ("otp", 1) == (found.template_name, found.body_params_count)
    assert "/api/v2/auth/templates?search=otp&filter%5Blanguage%5D=en&page=1&per_page=100" == server.asked[0].target

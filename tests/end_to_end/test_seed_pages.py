"""The requests printed on both providers' "send media" pages, sent as printed, get the answers printed there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from wamsg.sandbox import Sandbox

KALEYRA = "/kaleyra/v2/HXSANDBOX00000001IN/whatsapp/919800000000/messages"
WACR = "/wacr/api/v2/messages/media"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


async def post(sandbox: Sandbox, path: str, headers: dict[str, str], data: Any) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(sandbox.url + path, headers=headers, data=data) as response,
    ):
        return response.status, await response.json()


def kaleyra_headers(key: str = "sandbox-api-key") -> dict[str, str]:
    return {"Content-Type": "application/json", "api-key": key, "cache-control": "no-cache"}


def kaleyra_body(to: str = "+919812345678", **changes: object) -> str:
    message = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": "image",
        "image": {"link": "https://files.example/a.png"},
        **changes,
    }
    extra = {"ref": "customer1", "ref1": "marketing", "ref2": "dictionary", "wa_source": "api"}
    return json.dumps({"messaging_object": message, "extra_info": extra})


async def test_kaleyras_sample_is_accepted(sandbox: Sandbox) -> None:
    """And its references are in the record."""
    status, answer = await post(sandbox, KALEYRA, kaleyra_headers(), kaleyra_body())

    (record,) = sandbox.outbox.accepted
    assert (200, "WA200") == (status, answer["code"])
    assert ("919812345678", "image", "customer1") == (record.recipient, record.kind, record.reference)


async def test_kaleyra_takes_several_recipients_separated_by_commas(sandbox: Sandbox) -> None:
    """As the note in the table of the page says."""
    await post(sandbox, KALEYRA, kaleyra_headers(), kaleyra_body("+919812345678,+919812345679"))

    assert ["919812345678", "919812345679"] == [record.recipient for record in sandbox.outbox.accepted]


_WRONG = "Incorrect SID or API key."
_NO_API = "API is not available for given customer.Please contact support for more info"
KALEYRA_FAILURES: list[tuple[str, str, str, str, int, dict[str, Any]]] = [
    (
        "wrong key", KALEYRA, "wrong", "+919812345678", 401,
        {"code": "RBC001", "message": _WRONG, "data": [], "error": {"error": _WRONG}},
    ),
    (
        "wrong SID", KALEYRA.replace("HXSANDBOX00000001IN", "HXOTHER"), "sandbox-api-key", "+919812345678", 401,
        {"code": "RBC001", "message": _WRONG, "data": [], "error": {"error": _WRONG}},
    ),
    (
        "foreign sender", KALEYRA.replace("919800000000", "919811111111"), "sandbox-api-key", "+919812345678", 401,
        {
            "code": "WA401", "message": "Phone number is not present or does not belong to the account.", "data": {},
            "error": {"phone_number": "Phone number is not present or does not belong to the account."},
        },
    ),
    (
        "bad payload", KALEYRA, "sandbox-api-key", "not a number", 400,
        {
            "code": "WA400", "message": "Refer to correct payload format", "data": {},
            "error": {"payload": "Incorrect payload format"},
        },
    ),
    (
        "server error", KALEYRA, "sandbox-api-key", "+919812350000", 500,
        {"code": "WA500", "message": "Please try again later", "data": {}, "error": {"error": "Internal server error"}},
    ),
    (
        "low balance", KALEYRA, "sandbox-api-key", "+919812340110", 400,
        {
            "code": "E110", "message": "Please check your balance, You have a low balance!", "data": {},
            "error": {"balance": "Please check your balance, You have a low balance!"},
        },
    ),
    (
        "account type", KALEYRA, "sandbox-api-key", "+919812340101", 401,
        {
            "code": "WA-401", "message": _NO_API, "data": {}, "error": {"account": _NO_API},
        },
    ),
    (
        "number of another version", KALEYRA, "sandbox-api-key", "+919812340102", 401,
        {
            "code": "WA-401",
            "message": "The phone number you're using is associated with different Version of our WA API. "
            "Please use the appropriate endpoint.",
            "data": {},
            "error": {
                "phone_number": "The phone number you're using is associated with different Version of our WA API. "
                "Please use the appropriate endpoint."
            },
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "key", "to", "status", "body"),
    [row[1:] for row in KALEYRA_FAILURES],
    ids=[row[0] for row in KALEYRA_FAILURES],
)
async def test_kaleyras_failures_are_the_printed_ones(
    sandbox: Sandbox, path: str, key: str, to: str, status: int, body: dict[str, Any]
) -> None:
    """Word for word."""
    assert (status, body) == await post(sandbox, path, kaleyra_headers(key), kaleyra_body(to))
    assert 0 == len(sandbox.outbox)


def wacr_form(**changes: str) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    fields = {
        "phone": "919812345678",
        "media_type": "image",
        "media_url": "https://files.example/a.png",
        "caption": "hi",
        **changes,
    }
    for name, value in fields.items():
        form.add_field(name, value)
    return form


BEARER = {"Authorization": "Bearer sandbox-token"}
RESPONSE_FIELDS = {
    "message_id", "contact_id", "phone", "media_type", "media_url", "caption", "filename", "status", "sent_at",
    "chat_id", "chat_message_id",
}  # fmt: skip


async def test_wacrs_success_has_exactly_the_documented_fields(sandbox: Sandbox) -> None:
    """Under ``data``, with the cleaned phone number and the status "sent"."""
    status, answer = await post(sandbox, WACR, BEARER, wacr_form())

    assert 200 == status
    assert RESPONSE_FIELDS == set(answer["data"])
    assert ("919812345678", "sent", "hi") == tuple(answer["data"][name] for name in ("phone", "status", "caption"))


async def test_wacrs_sample_as_printed_has_no_fields_and_is_told_so(sandbox: Sandbox) -> None:
    """The page's curl sends a multipart header without a boundary and without a body."""
    headers = {**BEARER, "Content-Type": "multipart/form-data"}

    status, answer = await post(sandbox, WACR, headers, b"")

    assert (422, "VALIDATION_ERROR") == (status, answer["error"]["code"])
    assert {"phone", "media_type", "media_url"} <= set(answer["errors"])


@pytest.mark.parametrize(
    ("headers", "changes", "status", "code"),
    [
        ({}, {}, 401, "UNAUTHORIZED"),
        ({"Authorization": "Bearer wrong"}, {}, 401, "UNAUTHORIZED"),
        (BEARER, {"phone": "919812340301"}, 403, "CONTACT_OPTED_OUT"),
        (BEARER, {"phone": "919812340302"}, 403, "FEATURE_LIMIT_EXCEEDED"),
        (BEARER, {"contact_id": "404"}, 404, "NOT_FOUND"),
        (BEARER, {"phone": "12345"}, 422, "VALIDATION_ERROR"),
        (BEARER, {"phone": "1" * 16}, 422, "VALIDATION_ERROR"),
        (BEARER, {"media_type": "hologram"}, 422, "INVALID_MEDIA_TYPE"),
        (BEARER, {"caption": "x" * 1025}, 422, "VALIDATION_ERROR"),
        (BEARER, {"phone": "919812342201"}, 422, "WHATSAPP_NOT_CONFIGURED"),
        (BEARER, {"phone": "919812342901"}, 429, "RATE_LIMIT_EXCEEDED"),
        (BEARER, {"phone": "919812350001"}, 500, "MESSAGE_SEND_FAILED"),
        (BEARER, {"phone": "919812350002"}, 500, "INTERNAL_ERROR"),
    ],
)
async def test_wacrs_failures_carry_the_documented_codes(
    sandbox: Sandbox, headers: dict[str, str], changes: dict[str, str], status: int, code: str
) -> None:
    """Every row of the page's two tables that a request can provoke."""
    got, answer = await post(sandbox, WACR, headers, wacr_form(**changes))

    assert (status, code) == (got, answer["error"]["code"])
    assert 0 == len(sandbox.outbox)


async def test_wacrs_refusal_of_a_file_has_no_code(sandbox: Sandbox) -> None:
    """The page calls it "inline": wrong extension or too large."""
    form = aiohttp.FormData()
    form.add_field("phone", "919812345678")
    form.add_field("media_type", "image")
    form.add_field("media_file", b"GIF89a" + bytes(10), filename="a.gif", content_type="image/gif")

    status, answer = await post(sandbox, WACR, BEARER, form)

    assert 422 == status
    assert "code" not in json.dumps(answer)

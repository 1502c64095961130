"""The fake server takes what the driver makes, refuses in Kaleyra's words, and has one account per number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from tests.providers.kaleyra.examples import EVERY
from wamsg.driver import SandboxDialect
from wamsg.errors import SendError, Throttled, Unanswered, Unavailable
from wamsg.model import Content, Image, Message, PhoneNumber, ReadReceipt, Text
from wamsg.providers.kaleyra.codes import rule_of_code
from wamsg.providers.kaleyra.driver import KaleyraDriver
from wamsg.providers.kaleyra.sandbox_refusals import MAGIC
from wamsg.wire import Request, Response

ASHA, BEN = PhoneNumber("+919812340001"), PhoneNumber("+12025550123")


def read(response: Response) -> Any:
    return json.loads(response.body)


@pytest.mark.parametrize(("content", "kind", "shown"), EVERY)
def test_what_the_driver_sends_is_accepted(
    driver: KaleyraDriver, sandbox: SandboxDialect, content: Content, kind: str, shown: object
) -> None:
    """Every kind makes the round trip and lands as itself, under the id and reference that went with it."""
    operation = driver.encode(Message(content=content, to=ASHA, provider_options={"ref": "row-7"}))
    answer = sandbox.respond(operation.request, 41)
    result = operation.decode(answer.response)
    (accepted,) = answer.accepted

    assert driver.classify(answer.response).meaning.value == "ok"
    assert (accepted.recipient, accepted.kind, accepted.reference) == (ASHA.digits, kind, "row-7")
    assert result.message_id == accepted.message_id
    assert isinstance(accepted.body["messaging_object"], dict)
    assert accepted.body["messaging_object"][kind] == shown


def test_the_success_body_is_kaleyras_envelope(sandbox: SandboxDialect, sent: Request) -> None:
    """An acceptance has the four documented parts."""
    answer = sandbox.respond(sent, 1)

    assert answer.response.status == 200
    assert read(answer.response) == {
        "code": "WA200",
        "message": "Request Processed Successfully",
        "data": {"message_id": answer.accepted[0].message_id, "to": ASHA.e164},
        "error": {},
    }


def test_several_recipients_are_accepted_one_by_one(driver: KaleyraDriver, sandbox: SandboxDialect) -> None:
    """A comma-separated request gives one acceptance and one id per recipient, all different."""
    operation = driver.encode(Message(content=Text(body="hi"), to=(ASHA, BEN)))
    answer = sandbox.respond(operation.request, 1)

    assert [accepted.recipient for accepted in answer.accepted] == [ASHA.digits, BEN.digits]
    assert operation.decode(answer.response).message_ids == tuple(str(item.message_id) for item in answer.accepted)
    assert len({item.message_id for item in answer.accepted}) == 2


def test_ids_differ_from_request_to_request(sandbox: SandboxDialect, sent: Request) -> None:
    """The serial makes ids unique."""
    ids = {sandbox.respond(sent, serial).accepted[0].message_id for serial in range(50)}

    assert len(ids) == 50


def test_a_read_receipt_is_answered_and_reaches_nobody(driver: KaleyraDriver, sandbox: SandboxDialect) -> None:
    """A receipt is a success without any acceptance."""
    operation = driver.encode(Message(content=ReadReceipt(message_id="wamid.A", typing=True)))
    answer = sandbox.respond(operation.request, 1)

    assert operation.decode(answer.response).message_id is None
    assert answer.accepted == ()


def test_the_sender_may_stand_with_or_without_its_plus(sandbox: SandboxDialect, sent: Request) -> None:
    """Pages show the number in the address both ways, and so both are taken and count as one account."""
    shapes = [sent.url, sent.url.replace("/91980", "/+91980"), sent.url.replace("/91980", "/%2B91980")]

    assert [sandbox.respond(evolve(sent, url=url), 1).response.status for url in shapes] == [200, 200, 200]
    assert {sandbox.account(evolve(sent, url=url)) for url in shapes} == {"919800000000/HXSANDBOX00000001IN"}


@pytest.mark.parametrize(("suffix", "refusal"), MAGIC.items())
def test_magic_recipients_meet_their_refusal(
    driver: KaleyraDriver, sandbox: SandboxDialect, suffix: str, refusal: Any
) -> None:
    """A number with a magic ending is refused with the status and code of the table, and nobody is reached."""
    to = (ASHA, PhoneNumber(f"+9198123{suffix}"))
    operation = driver.encode(Message(content=Text(body="hi"), to=to))
    answer = sandbox.respond(operation.request, 1)
    rule = rule_of_code(refusal.code, {refusal.fault})

    with pytest.raises(SendError) as caught:
        operation.decode(answer.response)
    assert rule is not None
    assert type(caught.value) is rule.error
    assert (caught.value.code, caught.value.http_status) == (refusal.code, refusal.status)
    assert answer.accepted == ()


def test_the_magic_table_reaches_every_documented_code() -> None:
    """All codes that a send may bring can be tried out."""
    codes = {refusal.code for refusal in MAGIC.values()}

    assert codes == {"RBC001", "WA401", "WA-401", "WA400", "WA429", "WA500", "WAV2101", "E110"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"headers": {"Content-Type": "application/json"}}, "RBC001"),
        ({"headers": {"api-key": "wrong", "Content-Type": "application/json"}}, "RBC001"),
        ({"url": "https://h.example/v2/HXOTHER/whatsapp/919800000000/messages"}, "RBC001"),
        ({"url": "https://h.example/v2/HXSANDBOX00000001IN/whatsapp/919811111111/messages"}, "WA401"),
    ],
)
def test_credentials_and_number_are_checked_first(
    sandbox: SandboxDialect, sent: Request, change: dict[str, Any], code: str
) -> None:
    """A wrong key, SID or number is refused with a 401 before the payload is looked at."""
    answer = sandbox.respond(evolve(sent, body=b"{", **change), 1)

    assert (answer.response.status, read(answer.response)["code"]) == (401, code)
    assert answer.accepted == ()


def test_header_names_may_be_of_any_case(sandbox: SandboxDialect, sent: Request) -> None:
    """HTTP header names have no case."""
    headers = {"API-KEY": "sandbox-api-key", "content-type": "application/json; charset=utf-8"}

    assert sandbox.respond(evolve(sent, headers=headers), 1).response.status == 200


def test_an_upload_gives_an_id_that_can_be_sent(driver: KaleyraDriver, sandbox: SandboxDialect, tmp_path: Path) -> None:
    """A file goes up and its id comes back for the message."""
    path = tmp_path / "photo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(16))
    operation = driver.encode_upload(Image(file=path))
    media_id = operation.decode(sandbox.respond(operation.request, 7).response)
    send = driver.encode(Message(content=Image(file=path).uploaded_as(media_id), to=ASHA))

    assert media_id == "100000000000007"
    assert send.decode(sandbox.respond(send.request, 8).response).message_id == "sandbox-8-0"


def test_the_probe_finds_the_number(driver: KaleyraDriver, sandbox: SandboxDialect) -> None:
    """The details of the sandbox's number read as one sentence."""
    probe = driver.probe()
    sentence = probe.decode(sandbox.respond(probe.request, 1).response)

    assert sentence == "the number is known: quality GREEN, tier TIER_1K, status CONNECTED, throughput STANDARD"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/", 404),
        ("POST", "/v1/HXSANDBOX00000001IN/messages", 404),
        ("POST", "/v2/HXSANDBOX00000001IN/whatsapp/919800000000/messages/", 404),
        ("POST", "/v2/HXSANDBOX00000001IN/whatsapp//messages", 404),
        ("GET", "/v2/HXSANDBOX00000001IN/whatsapp/919800000000/messages", 405),
        ("PUT", "/v2/HXSANDBOX00000001IN/whatsapp/919800000000/media", 405),
        ("POST", "/v2/HXSANDBOX00000001IN/whatsapp/919800000000/phone_number_details", 405),
    ],
)
def test_unknown_addresses_and_methods_are_said_to_be_so(
    sandbox: SandboxDialect, sent: Request, method: str, path: str, status: int
) -> None:
    """Whatever is not there is a JSON 404, the wrong verb a JSON 405."""
    answer = sandbox.respond(evolve(sent, method=method, url=f"https://h.example{path}"), 1)

    assert answer.response.status == status
    assert isinstance(read(answer.response), dict)


@pytest.mark.parametrize("url", ["http://[", "//[::1/v2", "", "/", "\x00", "https://h.example/%"])
def test_an_address_that_is_none_is_not_found(sandbox: SandboxDialect, sent: Request, url: str) -> None:
    """An address that cannot even be read is a 404 and nobody's account."""
    request = evolve(sent, url=url)

    assert sandbox.respond(request, 1).response.status == 404
    assert sandbox.account(request) == ""


@pytest.mark.parametrize(
    ("status", "kind"), [(429, Throttled), (500, Unanswered), (502, Unanswered), (503, Unavailable), (504, Unanswered)]
)
def test_scripted_failures_mean_what_their_status_means(
    driver: KaleyraDriver, sandbox: SandboxDialect, status: int, kind: type[SendError]
) -> None:
    """A plain 500 carries no code, because Kaleyra's WA500 would say that nothing was sent."""
    response = sandbox.failure(status)
    operation = driver.encode(Message(content=Text(body="hi"), to=ASHA))

    with pytest.raises(SendError) as caught:
        operation.decode(response)
    assert (response.status, type(caught.value)) == (status, kind)
    assert caught.value.code == ("WA429" if status == 429 else None)

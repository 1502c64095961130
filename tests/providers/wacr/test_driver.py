"""What every request of the driver has in common, and the probe."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping

import pytest

from wamsg.errors import PermissionDenied, Unanswered
from wamsg.model import Image, Message, Text
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.wire import Meaning, Response

MakeMessage = Callable[..., Message]
MakeDriver = Callable[..., WacrDriver]


def answer(document: object, status: int = 200) -> Response:
    """An answer with a JSON body."""
    return Response(status=status, body=json.dumps(document).encode())


def test_json_and_forms_carry_the_token(driver: WacrDriver, message: MakeMessage) -> None:
    """Both kinds of body are authorised and ask for JSON; only JSON names its own type."""
    bearer = {"Authorization": "Bearer sandbox-token", "Accept": "application/json"}

    text = driver.encode(message(Text(body="hi"))).request
    image = driver.encode(message(Image(link="https://files.example/a.png"))).request

    assert dict(text.headers) == {**bearer, "Content-Type": "application/json"}
    assert dict(image.headers) == bearer
    assert not text.repeatable
    assert not image.repeatable


def test_the_lane_is_the_account_and_not_its_token(make_driver: MakeDriver, message: MakeMessage) -> None:
    """Requests of one token share a lane, other tokens have another, and no lane shows a token."""
    lanes = [
        make_driver(token=token).encode(message(Text(body="hi"))).request.lanes
        for token in ("fake-1", "fake-2", "fake-1")
    ]

    assert lanes[0] == lanes[2] == (f"account:{hashlib.blake2s(b'fake-1', digest_size=4).hexdigest()}",)
    assert lanes[0] != lanes[1]


def test_the_base_url_is_the_tenant_s(make_driver: MakeDriver, message: MakeMessage) -> None:
    """Every address starts with the setting, whatever its trailing slashes."""
    own = make_driver(base_url="https://chat.shop.example/api/v2//")

    assert own.encode(message(Text(body="hi"))).request.url == "https://chat.shop.example/api/v2/messages/text"
    assert own.probe().request.url == "https://chat.shop.example/api/v2/account"


def test_nothing_shows_the_token(driver: WacrDriver, message: MakeMessage) -> None:
    """Driver, operation and request can be printed."""
    operation = driver.encode(message(Text(body="hi")))

    assert "sandbox-token" not in f"{driver!r} {operation!r} {operation.request!r} {driver._decoder!r}"


def test_files_need_no_upload_of_their_own(driver: WacrDriver) -> None:
    """The driver leaves files in the message."""
    upload: Callable[[Image], object] = driver.encode_upload

    assert upload(Image(link="https://files.example/a.png")) is None


def test_the_probe_reads_the_account(driver: WacrDriver) -> None:
    """It may be repeated, and becomes one sentence."""
    probe = driver.probe()
    document = {"data": {"name": "Tea Shop", "status": "active", "subscription": {"plan_name": "Pro"}}}

    assert (probe.request.method, probe.request.body, probe.request.repeatable) == ("GET", None, True)
    assert probe.decode(answer(document)) == "WA.cr account Tea Shop is active, plan Pro"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"data": None},
        {"data": []},
        {"data": {"name": [5], "status": {}, "subscription": "x"}},
        {"data": {"name": " "}},
    ],
)
def test_the_probe_copes_with_a_bare_account(document: Mapping[str, object], driver: WacrDriver) -> None:
    """Missing and odd fields are said to be missing."""
    sentence = driver.probe().decode(answer(document))

    assert sentence == "WA.cr account without a name is of unknown status, plan not named"


def test_the_probe_names_its_own_scope(driver: WacrDriver) -> None:
    """A token that may only send is told which scope the probe lacks."""
    refusal = answer({"error": {"code": "INSUFFICIENT_SCOPE"}}, 403)

    with pytest.raises(PermissionDenied, match="account:read"):
        driver.probe().decode(refusal)


def test_the_probe_is_no_web_page(driver: WacrDriver) -> None:
    """A log-in page with status 200, as a wrong base_url brings, does not pass for an account."""
    page = Response(status=200, body=b"<!doctype html><title>Log in</title>")

    with pytest.raises(Unanswered):
        driver.probe().decode(page)
    assert driver.classify(page).meaning is Meaning.UNDECIDED

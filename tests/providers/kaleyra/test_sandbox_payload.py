"""The fake server misses what Meta's object must have, and never falls over, whatever arrives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from wamsg.driver import SandboxDialect
from wamsg.model import Image, PhoneNumber
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.driver import KaleyraDriver
from wamsg.wire import Form, Part, Request, Response, Upload

ASHA, BEN = PhoneNumber("+919812340001"), PhoneNumber("+12025550123")
WA400 = {
    "code": "WA400",
    "message": "Refer to correct payload format",
    "data": {},
    "error": {"payload": "Incorrect payload format"},
}


def read(response: Response) -> Any:
    return json.loads(response.body)


GOOD = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": ASHA.e164,
    "type": "image",
    "image": {"link": "https://media.example.com/a.png"},
}


def posted(request: Request, message: object, **envelope: object) -> Request:
    return evolve(request, body=json.dumps({"messaging_object": message, **envelope}).encode())


@pytest.mark.parametrize(
    "message",
    [
        None,
        "text",
        {},
        {**GOOD, "messaging_product": "sms"},
        {**GOOD, "to": ""},
        {**GOOD, "to": 919812340001},
        {**GOOD, "to": "12"},
        {**GOOD, "to": "+91abc"},
        {**GOOD, "to": f"{ASHA.e164},,{BEN.e164}"},
        {**GOOD, "to": f"{ASHA.e164},+0"},
        {**GOOD, "to": "+９१९८१२३४०००१"},
        {name: value for name, value in GOOD.items() if name != "to"},
        {name: value for name, value in GOOD.items() if name != "type"},
        {name: value for name, value in GOOD.items() if name != "image"},
        {**GOOD, "type": "hologram"},
        {**GOOD, "type": ["image"]},
        {**GOOD, "type": "video"},
        {**GOOD, "image": "https://media.example.com/a.png"},
        {**GOOD, "image": {"caption": "hi"}},
        {**GOOD, "image": {"link": " "}},
        {**GOOD, "type": "text", "text": {"body": ""}},
        {**GOOD, "type": "template", "template": {"name": "t", "language": "en"}},
        {**GOOD, "type": "interactive", "interactive": {"type": "button"}},
        {**GOOD, "type": "location", "location": {"latitude": "1", "longitude": 2}},
        {**GOOD, "type": "contacts", "contacts": []},
        {**GOOD, "type": "contacts", "contacts": [{"name": "Asha"}]},
        {**GOOD, "type": "reaction", "reaction": {"emoji": "👍"}},
        {"messaging_product": "whatsapp", "status": "unread", "message_id": "wamid.A"},
        {"messaging_product": "whatsapp", "status": "read"},
    ],
)
def test_a_wrong_payload_is_the_printed_400(sandbox: SandboxDialect, sent: Request, message: object) -> None:
    """Each thing that Meta's object must have is missed in Kaleyra's words, and nobody is reached."""
    answer = sandbox.respond(posted(sent, message), 1)

    assert (answer.response.status, read(answer.response)) == (400, WA400)
    assert answer.accepted == ()
    assert sandbox.respond(posted(sent, GOOD), 1).response.status == 200


@pytest.mark.parametrize("body", [None, b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, Form(())])
def test_a_body_that_is_no_json_object_is_the_printed_400(
    sandbox: SandboxDialect, sent: Request, body: bytes | Form | None
) -> None:
    """Bytes that are not a JSON object are a wrong payload."""
    assert read(sandbox.respond(evolve(sent, body=body), 1).response) == WA400


def test_only_json_is_taken(sandbox: SandboxDialect, sent: Request) -> None:
    """The page: the only allowed content type is application/json."""
    headers = {"api-key": "sandbox-api-key", "Content-Type": "text/plain"}

    assert read(sandbox.respond(evolve(sent, headers=headers), 1).response) == WA400


def test_a_long_reference_is_cut_as_documented(sandbox: SandboxDialect, sent: Request) -> None:
    """Kaleyra cuts at 255 characters instead of refusing."""
    answer = sandbox.respond(posted(sent, GOOD, extra_info={"ref": "r" * 300}), 1)

    assert answer.accepted[0].reference == "r" * 255


@pytest.mark.parametrize("extra", [None, [], "x", {"ref": 7}, {"ref1": "a"}])
def test_no_reference_is_none(sandbox: SandboxDialect, sent: Request, extra: object) -> None:
    """A reference that is missing or is no text is left open."""
    assert sandbox.respond(posted(sent, GOOD, extra_info=extra), 1).accepted[0].reference is None


_FILE = Part("file", Upload(name="a.png", content_type="image/png", size=3, data=b"abc"))


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"{}",
        Form(()),
        Form((_FILE,)),
        Form((Part("type", "image/png"),)),
        Form((_FILE, Part("type", "image/gif"))),
        Form((Part("file", "text"), Part("type", "image/png"))),
    ],
)
def test_a_wrong_upload_is_the_printed_400(
    driver: KaleyraDriver, sandbox: SandboxDialect, body: bytes | Form | None
) -> None:
    """Without a file and a listed type nothing is stored, and what is wrong is said besides."""
    request = driver.encode_upload(Image(file=b"\x89PNG\r\n\x1a\n" + bytes(16))).request

    document = read(sandbox.respond(evolve(request, body=body), 1).response)

    assert document["error"].pop("payload").startswith("Incorrect payload format: ")
    assert document == {**WA400, "error": {}}


_GOOD_ROOT = "https://h.example/v2/HXSANDBOX00000001IN/whatsapp/919800000000/"
_KEY = {"api-key": "sandbox-api-key", "Content-Type": "application/json"}
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from([*GOOD, ASHA.e164, "text", "read"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messaging_object", "extra_info", "ref", "status", "body", "text", "contacts", *GOOD]),
            inner | st.sampled_from(["whatsapp", ASHA.e164, "contacts", "text", "reaction"]),
            max_size=6,
        )
    ),
    max_leaves=12,
)
_BODIES = (
    st.none()
    | st.binary(max_size=100)
    | _JSON.map(lambda value: json.dumps(value).encode())
    | _JSON.map(lambda value: json.dumps({"messaging_object": value}).encode())
    | st.lists(
        st.builds(Part, st.sampled_from(["file", "type", "x"]), st.text(max_size=5) | st.just(_FILE.value)), max_size=3
    ).map(lambda parts: Form(tuple(parts)))
)


@given(
    method=st.sampled_from(["POST", "GET", "DELETE", ""]) | st.text(max_size=5),
    url=st.sampled_from(["messages", "media", "phone_number_details"]).map(_GOOD_ROOT.__add__) | st.text(max_size=60),
    headers=st.just(_KEY) | st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3),
    body=_BODIES,
    serial=st.integers(0, 10**9),
)
def test_no_request_brings_it_down(
    method: str, url: str, headers: dict[str, str], body: bytes | Form | None, serial: int
) -> None:
    """Whatever arrives, the answer is JSON with a status, and only a 200 reaches anybody."""
    request = Request(method=method, url=url, headers=headers, body=body)
    answer = provider.sandbox.respond(request, serial)

    assert isinstance(read(answer.response), dict)
    assert answer.response.status in {200, 400, 401, 404, 405, 429, 500}
    assert answer.response.status == 200 or not answer.accepted
    assert isinstance(provider.sandbox.account(request), str)


@given(status=st.integers(-1000, 10_000))
def test_every_status_has_a_failure_body(status: int) -> None:
    """Any scripted status gets a JSON body."""
    assert isinstance(read(provider.sandbox.failure(status)), dict)

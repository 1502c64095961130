"""The fake server: what it takes, what it refuses, and that nothing makes it raise."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg import errors
from wamsg.driver import Answer, Provider
from wamsg.errors import SendError
from wamsg.model import (
    Audio,
    Button,
    Buttons,
    Content,
    Document,
    File,
    Image,
    ListMenu,
    Message,
    PhoneNumber,
    Row,
    Section,
    SendResult,
    Template,
    Text,
    UrlButton,
    Video,
)
from wamsg.providers.wacr import provider as wacr
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.providers.wacr.sandbox import MAGIC, MISSING_CONTACT, TOKEN, TOKEN_WITHOUT_SENDING, WacrSandbox
from wamsg.settings import resolve
from wamsg.wire import Form, Part, Request, Response, Upload

MakeDriver = Callable[..., WacrDriver]
MakeMessage = Callable[..., Message]
SANDBOX = WacrSandbox()
DRIVER = WacrDriver(resolve("wacr", wacr.settings, given=wacr.example, environ={}).values)
LINK = "https://files.example/a.png"
PHONE = "+919812345678"


def post(path: str, body: bytes | Form | dict[str, Any] | None, token: str = TOKEN, method: str = "POST") -> Answer:
    """What the sandbox says to a request made by hand."""
    sent = json.dumps(body).encode() if isinstance(body, dict) else body
    headers = {"authorization": f"Bearer {token}"}
    return SANDBOX.respond(Request(method=method, url=f"http://127.0.0.1{path}", headers=headers, body=sent), 1)


def media(**changes: object) -> Form:
    """A good form of a linked image, with some fields changed, added, or (None) left out."""
    fields = {"phone": PHONE, "media_type": "image", "media_url": LINK, **changes}
    parts = [Part(name, value) for name, value in fields.items() if isinstance(value, str | Upload)]
    return Form(tuple(parts))


def upload(name: str, size: int = 10) -> Upload:
    """A file as the server's form parser hands it over."""
    return Upload(name=name, content_type="application/octet-stream", size=size, data=b"")


def said(answer: Answer) -> dict[str, Any]:
    """The JSON of an answer."""
    document = answer.response.json()
    assert isinstance(document, dict)
    return document


def code(answer: Answer) -> tuple[int, str | None]:
    """Status and error code of an answer."""
    return answer.response.status, said(answer).get("error", {}).get("code")


def test_the_provider_s_example_is_good_there(provider: Provider) -> None:
    """The record's example token and sandbox belong together."""
    assert provider.example["token"] == TOKEN
    assert isinstance(provider.sandbox, WacrSandbox)


def test_media_answers_with_the_page_s_fields() -> None:
    """The fields of "Response Fields", in their order, inside success, data and message."""
    answer = post("/api/v2/messages/media", media(caption="hi", contact_id="12"))

    assert answer.response.status == 200
    assert said(answer) == {
        "success": True,
        "data": {
            "message_id": "wamid.SANDBOX1",
            "contact_id": 12,
            "phone": "919812345678",
            "media_type": "image",
            "media_url": LINK,
            "caption": "hi",
            "filename": None,
            "status": "sent",
            "sent_at": "2026-01-01T00:00:01+00:00",
            "chat_id": 345678,
            "chat_message_id": 1,
        },
        "message": "Message sent successfully",
    }


def test_a_file_is_stored_under_an_address_of_its_own() -> None:
    """An upload with a hostile name comes back as a harmless address, and as facts in what was accepted."""
    answer = post("/messages/media", media(media_url=None, media_file=upload('../a"\ud800 b.png')))

    assert said(answer)["data"]["media_url"] == "https://sandbox.example/media/1/..%2Fa%22%3F%20b.png"
    assert answer.accepted[0].body["media_file"] == {
        "name": '../a"\ud800 b.png',
        "content_type": "application/octet-stream",
        "size": 10,
    }


def test_media_may_come_as_json() -> None:
    """A client that posts JSON with a link is served too, as others do."""
    answer = post("/messages/media", {"phone": PHONE, "media_type": "video", "media_url": LINK, "contact_id": 7})

    assert said(answer)["data"]["contact_id"] == 7
    assert answer.accepted[0].kind == "video"


@pytest.mark.parametrize(
    ("path", "fields", "kind", "echoed"),
    [
        ("/messages/text", {"message": "hi"}, "text", {"message": "hi"}),
        (
            "/messages/template",
            {"template_name": "offer", "language": "en"},
            "template",
            {"template_name": "offer", "language": "en"},
        ),
        (
            "/messages/interactive",
            {"type": "button", "body_text": "b", "buttons": [{"id": "1", "title": "t"}]},
            "interactive",
            {"type": "button"},
        ),
    ],
)
def test_other_sends_answer_with_their_fields(
    path: str, fields: dict[str, Any], kind: str, echoed: dict[str, str]
) -> None:
    """Each endpoint echoes its own fields among the common ones, and one message is accepted."""
    answer = post(path, {"phone": "+91 98123-45678", **fields})

    common = {"message_id", "contact_id", "phone", "status", "sent_at", "chat_id", "chat_message_id"}
    data = said(answer)["data"]
    assert set(data) == common | set(echoed)
    assert {name: data[name] for name in echoed} == echoed
    (accepted,) = answer.accepted
    assert (accepted.kind, accepted.recipient, accepted.message_id) == (kind, "919812345678", "wamid.SANDBOX1")
    assert accepted.body == {"phone": "+91 98123-45678", **fields}


@pytest.mark.parametrize("path", ["/messages/text", "/messages/media", "/messages/template", "/messages/interactive"])
def test_tokens_are_looked_at_first(path: str) -> None:
    """An unknown token is a 401 and one without the scope a 403, whatever the body."""
    assert code(post(path, b"", token="other")) == (401, "UNAUTHORIZED")
    assert code(post(path, b"", token="")) == (401, "UNAUTHORIZED")
    assert code(post(path, b"", token=TOKEN_WITHOUT_SENDING)) == (403, "INSUFFICIENT_SCOPE")


@pytest.mark.parametrize("authorization", ["sandbox-token", "Basic sandbox-token", "Bearer", ""])
def test_only_a_bearer_token_counts(authorization: str) -> None:
    """Other schemes name no account."""
    request = Request(method="GET", url="http://127.0.0.1/api/v2/account", headers={"Authorization": authorization})

    assert SANDBOX.account(request) == ""
    assert SANDBOX.respond(request, 1).response.status == 401


@pytest.mark.parametrize("token", [TOKEN, TOKEN_WITHOUT_SENDING])
def test_the_account_is_read_with_either_token(token: str) -> None:
    """The scope account:read is enough for it."""
    assert said(post("/api/v2/account", None, token, "GET"))["data"]["status"] == "active"


def test_what_is_not_there() -> None:
    """Unknown paths are a 404 and wrong methods a 405, both in JSON."""
    assert code(post("/api/v2/campaigns", {})) == (404, None)
    assert code(post("/api/v1/messages/text", {})) == (404, None)
    wrong = post("/api/v2/messages/text", None, method="GET")
    assert code(wrong) == (405, None)
    assert wrong.response.headers["Allow"] == "POST"


MEDIA_FAULTS: list[tuple[dict[str, object], str]] = [
    ({"phone": None}, "phone"),
    ({"phone": "123456789"}, "phone"),
    ({"phone": "1234567890123456"}, "phone"),
    ({"phone": "not a phone"}, "phone"),
    ({"phone": "++++++++++++"}, "phone"),
    ({"media_type": None}, "media_type"),
    ({"media_url": None}, "media_url"),
    ({"media_url": "ftp://files.example/a"}, "media_url"),
    ({"media_url": "http://[::1"}, "media_url"),
    ({"caption": "c" * 1025}, "caption"),
    ({"media_type": "audio", "caption": "c"}, "caption"),
    ({"filename": "f" * 256}, "filename"),
    ({"contact_id": "seven"}, "contact_id"),
    ({"phone": upload("a.png")}, "phone"),
]


@pytest.mark.parametrize(("changes", "field"), MEDIA_FAULTS)
def test_media_fields_are_validated(changes: dict[str, object], field: str) -> None:
    """Each rule of the page is a 422 that names exactly the field at fault."""
    answer = post("/messages/media", media(**changes))

    assert code(answer) == (422, "VALIDATION_ERROR")
    assert set(said(answer)["errors"]) == {field}
    assert not answer.accepted


BUTTON = {"phone": PHONE, "type": "button", "body_text": "b", "buttons": [{"id": "1", "title": "t"}]}
LIST = {
    "phone": PHONE,
    "type": "list",
    "body_text": "b",
    "list_button_text": "c",
    "sections": [{"title": "s", "rows": [{"id": "1", "title": "t"}]}],
}


@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        ("text", {"phone": PHONE}, "message"),
        ("text", {"phone": PHONE, "message": "m" * 4097}, "message"),
        ("text", {"phone": PHONE, "message": ["m"]}, "message"),
        ("text", {"phone": 919812345678, "message": "m"}, "phone"),
        ("text", {"phone": "1" * 21, "message": "m"}, "phone"),
        ("text", {"phone": PHONE, "message": "m", "contact_id": True}, "contact_id"),
        ("template", {"phone": PHONE, "language": "en"}, "template_name"),
        ("template", {"phone": PHONE, "template_name": "t", "language": "e" * 11}, "language"),
        ("template", {"phone": PHONE, "template_name": "t", "language": "en", "field_3": 3}, "field_3"),
        (
            "template",
            {"phone": PHONE, "template_name": "t", "language": "en", "header_image_url": "x"},
            "header_image_url",
        ),
        ("interactive", {**BUTTON, "type": "carousel"}, "type"),
        ("interactive", {**BUTTON, "body_text": "b" * 1025}, "body_text"),
        ("interactive", {**BUTTON, "footer_text": "f" * 61}, "footer_text"),
        ("interactive", {**BUTTON, "header_text": {"type": "image"}}, "header_text"),
        ("interactive", {**BUTTON, "buttons": []}, "buttons"),
        ("interactive", {**BUTTON, "buttons": [{"id": "1", "title": "t"}] * 4}, "buttons"),
        ("interactive", {**BUTTON, "buttons": [{"id": "1", "title": "t" * 21}]}, "buttons.0.title"),
        ("interactive", {**BUTTON, "buttons": ["Yes"]}, "buttons.0"),
        ("interactive", {**LIST, "list_button_text": "c" * 21}, "list_button_text"),
        ("interactive", {**LIST, "sections": LIST["sections"] * 11}, "sections"),  # type: ignore[operator]  # a list
        ("interactive", {**LIST, "sections": [{"rows": [{"id": "1", "title": "t"}]}]}, "sections.0.title"),
        ("interactive", {**LIST, "sections": [{"title": "s"}]}, "sections.0.rows"),
        ("interactive", {**LIST, "sections": [{"title": "s", "rows": [{"id": "1"}]}]}, "sections.0.rows.0.title"),
    ],
)
def test_other_fields_are_validated(path: str, fields: dict[str, Any], field: str) -> None:
    """Each rule of the other pages is a 422 that names exactly the field at fault."""
    answer = post(f"/messages/{path}", fields)

    assert code(answer) == (422, "VALIDATION_ERROR")
    assert set(said(answer)["errors"]) == {field}


@pytest.mark.parametrize("body", [None, b"", b"{", b"[]", b"5", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_lacks_every_field(body: bytes | None) -> None:
    """It is answered as an empty one."""
    assert set(said(post("/messages/text", body))["errors"]) == {"phone", "message"}


@pytest.mark.parametrize(
    ("form", "status_and_code"),
    [
        (media(media_type="sticker"), (422, "INVALID_MEDIA_TYPE")),
        (media(media_url="https://nowhere.invalid/a.png"), (422, "INVALID_MEDIA_TYPE")),
        (media(media_url=None, media_file=upload("a.gif")), (422, None)),
        (media(media_url=None, media_file=upload("png")), (422, None)),
        (media(media_url=None, media_file=upload("a.png", 5 * 1024 * 1024 + 1)), (422, None)),
        (media(media_url=None, media_file=upload("a.PNG", 5 * 1024 * 1024)), (200, None)),
        (media(contact_id=str(MISSING_CONTACT)), (404, "NOT_FOUND")),
    ],
)
def test_media_faults_with_codes_of_their_own(form: Form, status_and_code: tuple[int, str | None]) -> None:
    """Wrong type and failed download have a code; ending and size have none; a contact may be missing."""
    assert code(post("/messages/media", form)) == status_and_code


def test_a_header_file_is_looked_at_too() -> None:
    """A template's header image of the wrong kind is refused as media is."""
    parts = {"phone": PHONE, "template_name": "t", "language": "en", "header_image_file": upload("a.pdf")}
    form = Form(tuple(Part(name, value) for name, value in parts.items()))  # type: ignore[arg-type]  # texts and a file

    assert code(post("/messages/template", form)) == (422, None)


MAGIC_ERRORS: dict[str, type[SendError]] = {
    "40301": errors.OptedOut,
    "40302": errors.PlanLimit,
    "42201": errors.SenderRefused,
    "42901": errors.Throttled,
    "50001": errors.SendFailed,
    "50002": errors.Unanswered,
}


@pytest.mark.parametrize("suffix", MAGIC)
@pytest.mark.parametrize("content", [Text(body="hi"), Image(link=LINK)])
def test_magic_recipients_fail_as_documented(
    content: Content, suffix: str, driver: WacrDriver, message: MakeMessage
) -> None:
    """The last five digits choose the answer, and the driver reads it as the error it is."""
    operation = driver.encode(message(content, to=f"+4477009{suffix}"))

    answer = SANDBOX.respond(operation.request, 9)

    assert code(answer) == (MAGIC[suffix].status, MAGIC[suffix].code)
    assert not answer.accepted
    with pytest.raises(SendError) as caught:
        operation.decode(answer.response)
    assert type(caught.value) is MAGIC_ERRORS[suffix]
    assert caught.value.request_id == "sandbox-9"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, errors.BadCredentials),
        (429, errors.Throttled),
        (500, errors.Unanswered),
        (502, errors.Unanswered),
        (503, errors.Unavailable),
        (403, errors.Rejected),
        (799, errors.Unanswered),
    ],
)
def test_scripted_failures_read_as_what_they_are(
    status: int, error: type[SendError], driver: WacrDriver, message: MakeMessage
) -> None:
    """The dialect's body for a status means that status."""
    response = SANDBOX.failure(status)

    assert response.status == status
    with pytest.raises(SendError) as caught:
        driver.encode(message(Text(body="hi"))).decode(response)
    assert type(caught.value) is error


def test_a_token_without_the_scope_is_refused_to_the_driver(make_driver: MakeDriver, message: MakeMessage) -> None:
    """From settings to the error: the account can be read and nothing be sent."""
    reader = make_driver(token=TOKEN_WITHOUT_SENDING)
    operation = reader.encode(message(Text(body="hi")))

    with pytest.raises(errors.PermissionDenied, match="messages:send"):
        operation.decode(SANDBOX.respond(operation.request, 1).response)
    assert (
        reader.probe().decode(SANDBOX.respond(reader.probe().request, 1).response).startswith("WA.cr account Sandbox")
    )


# Everything that a message may hold within the documented limits.
LINES = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=20).filter(str.strip)
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).filter(str.strip)
PHONES = st.integers(10**9, 10**14 - 1).map(lambda number: PhoneNumber.parse(f"+9{number}"))
FILES = {
    Image: File.of(b"\x89PNG\r\n\x1a\n", "a.png"),
    Video: File.of(b"\x00\x00\x00\x18ftypmp42....", "a.mp4"),
    Audio: File.of(b"OggS", "a.ogg"),
    Document: File.of(b"%PDF-1", "a.pdf"),
}


def source(kind: type[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A link or a file."""
    return st.sampled_from([{"link": LINK}, {"file": FILES[kind]}])


def captioned(kind: type[Any], **more: st.SearchStrategy[str | None]) -> st.SearchStrategy[Any]:
    """Media of a kind with or without its texts."""
    texts = st.fixed_dictionaries({"caption": st.none() | TEXTS, **more})
    return st.builds(lambda where, words: kind(**where, **words), source(kind), texts)


HEADERS = (
    source(Image).map(lambda where: Image(**where)) | source(Document).map(lambda where: Document(**where)) | TEXTS
)
ROWS = st.lists(st.builds(Row, id=LINES, title=LINES, description=st.none() | LINES), min_size=1, max_size=3)
SECTIONS = st.lists(
    st.builds(Section, title=LINES, rows=ROWS), min_size=1, max_size=3, unique_by=lambda section: section.title
).filter(lambda sections: len(ids := [row.id for part in sections for row in part.rows]) == len(set(ids)))
CONTENTS: st.SearchStrategy[Content] = st.one_of(
    st.builds(Text, body=TEXTS),
    captioned(Image),
    captioned(Video),
    captioned(Document, filename=st.none() | LINES),
    source(Audio).map(lambda where: Audio(**where)),
    st.builds(
        Template,
        name=LINES,
        language=st.sampled_from(["en", "pt_BR"]),
        header=st.none() | HEADERS,
        body=st.lists(TEXTS, max_size=10),
        buttons=st.lists(
            st.builds(UrlButton, index=st.integers(0, 2), text=LINES), max_size=3, unique_by=lambda button: button.index
        ),
    ),
    st.builds(
        Buttons,
        body=TEXTS,
        header=st.none() | TEXTS,
        footer=st.none() | TEXTS,
        buttons=st.lists(
            st.builds(Button, id=LINES, title=LINES),
            min_size=1,
            max_size=3,
            unique_by=(lambda button: button.id, lambda button: button.title),
        ),
    ),
    st.builds(
        ListMenu, body=TEXTS, button=LINES, sections=SECTIONS, header=st.none() | TEXTS, footer=st.none() | TEXTS
    ),
)
OPTIONS = st.sampled_from([{}, {"contact_id": 7}])


@given(content=CONTENTS, to=PHONES.filter(lambda phone: phone.digits[-5:] not in MAGIC), options=OPTIONS)
def test_what_the_driver_says_the_sandbox_understands(
    content: Content, to: PhoneNumber, options: dict[str, Any]
) -> None:
    """Any message within the limits makes the round trip: accepted once, for its recipient, with its id."""
    operation = DRIVER.encode(Message(content=content, to=(to,), provider_options=options))

    answer = SANDBOX.respond(operation.request, 77)

    result = operation.decode(answer.response)
    assert isinstance(result, SendResult)
    assert (result.message_id, result.to) == ("wamid.SANDBOX77", (to,))
    (accepted,) = answer.accepted
    assert (accepted.recipient, accepted.message_id) == (to.digits, "wamid.SANDBOX77")
    assert words(content) <= set(strings(accepted.body))


def words(value: object) -> set[str]:
    """Every text that a content holds, except names and addresses of files."""
    facts = attrs.asdict(value, filter=lambda _, item: not isinstance(item, File))  # type: ignore[arg-type]  # a content
    return set(strings(facts))


def strings(value: object) -> list[str]:
    """Every text in a document."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for item in inner for text in strings(item)]


PATHS = st.sampled_from(
    ["/messages/text", "/messages/media", "/messages/template", "/messages/interactive", "/account", "/x", ""]
)
NAMES = st.sampled_from(
    [
        "phone",
        "message",
        "media_type",
        "media_url",
        "media_file",
        "caption",
        "contact_id",
        "template_name",
        "language",
        "header_image_file",
        "type",
        "body_text",
        "buttons",
        "sections",
        "list_button_text",
        "rows",
        "id",
        "title",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=15)
    | st.sampled_from([PHONE, LINK, "image", "audio", "button", "list", "http://[", "\ud800"])
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5))
UPLOADS = st.builds(
    Upload, name=st.text(max_size=10), content_type=st.text(max_size=5), size=st.integers(-1, 10**9), data=st.just(b"")
)
FORMS = st.lists(
    st.builds(Part, NAMES | st.text(max_size=5), st.text(max_size=15) | st.just(PHONE) | UPLOADS), max_size=9
)
BODIES = st.none() | st.binary(max_size=50) | FORMS.map(lambda parts: Form(tuple(parts)))
DOCUMENTS = VALUES.map(lambda value: json.dumps(value).encode())


@given(
    method=st.sampled_from(["POST", "GET", "BREW"]),
    url=PATHS.map(lambda path: f"http://127.0.0.1:1/api/v2{path}") | st.text(max_size=20) | st.just("http://[::1"),
    authorization=st.sampled_from([f"Bearer {TOKEN}"] * 3 + ["Bearer x"]) | st.text(max_size=10),
    body=BODIES | DOCUMENTS,
    serial=st.integers(),
)
def test_nothing_makes_the_sandbox_raise(
    method: str, url: str, authorization: str, body: bytes | Form | None, serial: int
) -> None:
    """Any method, address, header and body gets a JSON answer, and only a success accepts anything."""
    request = Request(method=method, url=url, headers={"Authorization": authorization}, body=body)

    answer = SANDBOX.respond(request, serial)

    assert isinstance(answer.response, Response)
    assert isinstance(answer.response.json(), dict)
    assert isinstance(SANDBOX.account(request), str)
    assert answer.response.status == 200 or not answer.accepted


@given(st.integers())
def test_the_sandbox_remembers_nothing(serial: int) -> None:
    """The same request with the same serial number has the same answer; another serial has another id."""
    request = DRIVER.encode(Message(content=Text(body="hi"), to=(PhoneNumber.parse(PHONE),))).request

    first, again, other = (SANDBOX.respond(request, number) for number in (serial, serial, serial + 1))

    assert (first.response.body, first.accepted) == (again.response.body, again.accepted)
    assert first.accepted[0].message_id != other.accepted[0].message_id

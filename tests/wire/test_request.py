"""What is about to cross the wire, and how little of it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from wamsg.wire import Form, Operation, Part, Request, Response, Upload

SECRETS = ("SECRET", "98123", "private", "bill")
UPLOAD = Upload(
    name="bill-919812340001.pdf",
    content_type="application/pdf",
    size=3,
    path=Path("/private/SECRET.pdf"),
    data=b"SECRET",
)
FORM = Form((Part("phone", "919812340001"), Part("file", UPLOAD), Part("phone", "second")))
REQUEST = Request(
    method="POST",
    url="https://api.example/private/919812340001?token=SECRET",
    headers={"Authorization": "Bearer SECRET"},
    body=b'{"to": "919812340001"}',
    lanes=("sender:+919812340001", "pair:+919812340001/+919812340002"),
)


def _decode(response: Response) -> str:
    """SECRET."""
    return str(response.status)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(REQUEST, id="request"),
        pytest.param(UPLOAD, id="upload"),
        pytest.param(FORM, id="form"),
        pytest.param(FORM.parts[0], id="part"),
        pytest.param(Request(method="POST", url="https://api.example/private", body=FORM), id="request with a form"),
        pytest.param(Operation(name="messages.send", request=REQUEST, decode=_decode), id="operation"),
    ],
)
def test_nothing_secret_or_personal_shows(value: object) -> None:
    """No header value, body, path, query, lane, file name or phone number is in repr, str or format."""
    shown = f"{value} {value!r} {[value]}"

    assert not [secret for secret in SECRETS if secret in shown]


def test_a_request_shows_method_and_host() -> None:
    """Enough to know who was asked."""
    assert "<Request POST api.example>" == repr(REQUEST)
    assert "messages.send" in repr(Operation(name="messages.send", request=REQUEST, decode=_decode))


def test_the_path_goes_without_host_and_query() -> None:
    """As a server sees it."""
    assert "/private/919812340001" == REQUEST.path


def test_a_requests_headers_do_not_change_with_the_callers() -> None:
    """The request can be sent again as it was."""
    headers = {"A": "1"}
    request = Request(method="GET", url="https://api.example", headers=headers)
    headers["A"] = "2"

    assert {"A": "1"} == dict(request.headers)
    with pytest.raises(TypeError):
        request.headers["A"] = "3"  # type: ignore[index]  # the fault under test


def test_a_message_is_not_repeatable_unless_it_says_so() -> None:
    """Sending twice must be a decision."""
    assert not REQUEST.repeatable


def test_a_form_gives_its_parts_by_name() -> None:
    """The first by subscription, the last in the tables of texts and uploads."""
    assert "919812340001" == FORM["phone"]
    assert {"phone": "second"} == FORM.texts()
    assert {"file": UPLOAD} == FORM.uploads()
    with pytest.raises(KeyError):
        _ = FORM["nothing"]

"""Answers: every documented row, every shape of error, and whatever else a server may say."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg import errors
from wamsg.errors import SendError
from wamsg.model import Image, Message, PhoneNumber, SendResult, Template, Text
from wamsg.providers.wacr import provider
from wamsg.providers.wacr.codes import CODES
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.settings import resolve
from wamsg.wire import Headers, Meaning, Response

DRIVER = WacrDriver(resolve("wacr", provider.settings, given=provider.example, environ={}).values)
TO = PhoneNumber.parse("+919812345678")
TEXT = DRIVER.encode(Message(content=Text(body="hi"), to=TO))
MEDIA = DRIVER.encode(Message(content=Image(link="https://files.example/a.png"), to=TO))
TEMPLATE = DRIVER.encode(Message(content=Template(name="t", language="en"), to=TO))
Decode = Callable[[Response], SendResult]


def answer(document: object, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body; ``retry_after`` is the header ``Retry-After``."""
    named = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return Response(status=status, headers=named, body=json.dumps(document).encode())


def failure(response: Response, decode: Decode = TEXT.decode) -> SendError:
    """The error that an answer is."""
    with pytest.raises(SendError) as caught:
        decode(response)
    return caught.value


#: Status, code, error, and what the pipeline is told: the seed's two tables, then the rest of the code table.
ROWS: list[tuple[int, str, type[SendError], Meaning]] = [
    (401, "UNAUTHORIZED", errors.BadCredentials, Meaning.REJECTED),
    (403, "INSUFFICIENT_SCOPE", errors.PermissionDenied, Meaning.REJECTED),
    (403, "FEATURE_LIMIT_EXCEEDED", errors.PlanLimit, Meaning.REJECTED),
    (403, "CONTACT_OPTED_OUT", errors.OptedOut, Meaning.REJECTED),
    (404, "NOT_FOUND", errors.NotFound, Meaning.REJECTED),
    (422, "VALIDATION_ERROR", errors.InvalidRequest, Meaning.REJECTED),
    (422, "WHATSAPP_NOT_CONFIGURED", errors.SenderRefused, Meaning.REJECTED),
    (429, "RATE_LIMIT_EXCEEDED", errors.Throttled, Meaning.THROTTLED),
    (500, "MESSAGE_SEND_FAILED", errors.SendFailed, Meaning.REJECTED),
    (500, "INTERNAL_ERROR", errors.Unanswered, Meaning.UNDECIDED),
    (422, "INVALID_MEDIA_TYPE", errors.MediaRefused, Meaning.REJECTED),
    (403, "FEATURE_NOT_AVAILABLE", errors.PermissionDenied, Meaning.REJECTED),
    (422, "OTP_NOT_FOUND", errors.CodeRefused, Meaning.REJECTED),
    (422, "OTP_EXPIRED", errors.CodeRefused, Meaning.REJECTED),
    (422, "INVALID_CODE", errors.CodeRefused, Meaning.REJECTED),
    (422, "MAX_ATTEMPTS_EXCEEDED", errors.CodeRefused, Meaning.REJECTED),
]
SHAPES: list[Callable[[str], dict[str, Any]]] = [
    lambda code: {"success": False, "error": {"code": code, "message": "No.", "details": {}}},
    lambda code: {"success": False, "error": {"error_code": code, "message": "No."}},
    lambda code: {"code": code, "message": "No."},
    lambda code: {"error_code": code, "message": "No."},
    lambda code: {"error": code, "message": "No."},
]


def test_the_rows_are_the_table() -> None:
    """No code of the table goes untested, none of the documentation is missing from it."""
    assert {code for _, code, _, _ in ROWS} == set(CODES)


@pytest.mark.parametrize("shape", SHAPES, ids=["nested", "nested error_code", "flat", "flat error_code", "text"])
@pytest.mark.parametrize(("status", "code", "error", "meaning"), ROWS, ids=[row[1] for row in ROWS])
def test_every_documented_code(
    status: int, code: str, error: type[SendError], meaning: Meaning, shape: Callable[[str], dict[str, Any]]
) -> None:
    """A code means the same wherever it stands in the body, and to error and verdict alike."""
    response = answer(shape(code), status)

    raised = failure(response)

    assert type(raised) is error
    assert (raised.provider, raised.code, raised.http_status, raised.lanes) == (
        "wacr",
        code,
        status,
        TEXT.request.lanes,
    )
    assert "No." in str(raised)
    assert DRIVER.classify(response).meaning is meaning


@pytest.mark.parametrize(("_status", "code", "error", "meaning"), ROWS, ids=[row[1] for row in ROWS])
def test_a_code_beats_the_status(_status: int, code: str, error: type[SendError], meaning: Meaning) -> None:
    """The provider's own code decides, even under success: false in a 200 and under a status of another meaning."""
    for status in (200, 400, 503):
        response = answer({"success": False, "error": {"code": code}}, status)

        assert type(failure(response)) is error
        assert DRIVER.classify(response).meaning is meaning


@pytest.mark.parametrize(
    ("status", "body", "error", "meaning"),
    [
        (200, b"", errors.Unanswered, Meaning.UNDECIDED),
        (204, b"", errors.Unanswered, Meaning.UNDECIDED),
        (200, b"<html>ok</html>", errors.Unanswered, Meaning.UNDECIDED),
        (200, b'{"success": true, "data": {"mess', errors.Unanswered, Meaning.UNDECIDED),
        (200, b"[]", errors.Unanswered, Meaning.UNDECIDED),
        (200, b'"sent"', errors.Unanswered, Meaning.UNDECIDED),
        (200, b"null", errors.Unanswered, Meaning.UNDECIDED),
        (200, b"\xff\xfe{", errors.Unanswered, Meaning.UNDECIDED),
        (200, b"[" * 100_000, errors.Unanswered, Meaning.UNDECIDED),
        (200, b'{"success": false}', errors.Rejected, Meaning.REJECTED),
        (200, b'{"success": false, "code": "NEW_CODE"}', errors.Rejected, Meaning.REJECTED),
        (301, b"", errors.Unanswered, Meaning.UNDECIDED),
        (302, b"", errors.Unanswered, Meaning.UNDECIDED),
        (303, b"", errors.Unanswered, Meaning.UNDECIDED),
        (307, b"", errors.Rejected, Meaning.REJECTED),
        (308, b"", errors.Rejected, Meaning.REJECTED),
        (400, b"{}", errors.Rejected, Meaning.REJECTED),
        (401, b"<html>", errors.BadCredentials, Meaning.REJECTED),
        (403, b'{"message": "Forbidden"}', errors.Rejected, Meaning.REJECTED),
        (404, b"<html>", errors.NotFound, Meaning.REJECTED),
        (413, b"<html>too large</html>", errors.MediaRefused, Meaning.REJECTED),
        (418, b"", errors.Rejected, Meaning.REJECTED),
        (422, b'{"message": "wrong"}', errors.InvalidRequest, Meaning.REJECTED),
        (429, b"", errors.Throttled, Meaning.THROTTLED),
        (500, b"", errors.Unanswered, Meaning.UNDECIDED),
        (500, b'{"error": {"code": "NEW_CODE"}}', errors.Unanswered, Meaning.UNDECIDED),
        (502, b"<html>bad gateway</html>", errors.Unanswered, Meaning.UNDECIDED),
        (503, b"<html>maintenance</html>", errors.Unavailable, Meaning.UNAVAILABLE),
        (504, b"", errors.Unanswered, Meaning.UNDECIDED),
        (520, b"", errors.Unanswered, Meaning.UNDECIDED),
        (999, b"", errors.Unanswered, Meaning.UNDECIDED),
        (0, b"", errors.Unanswered, Meaning.UNDECIDED),
    ],
)
def test_answers_without_a_known_code(status: int, body: bytes, error: type[SendError], meaning: Meaning) -> None:
    """The status decides, and what cannot be understood after a send leaves the outcome open."""
    response = Response(status=status, body=body)

    assert type(failure(response)) is error
    assert DRIVER.classify(response).meaning is meaning


def test_a_cut_off_answer_is_no_acceptance() -> None:
    """A body longer than what was read is not trusted, even where the part looks whole."""
    cut = Response(status=200, body=b'{"success": true}', truncated=True)

    assert type(failure(cut)) is errors.Unanswered


@pytest.mark.parametrize("status", [307, 308, 404])
def test_a_wrong_address_is_said_to_be_one(status: int) -> None:
    """Redirects that keep the body, and pages that are not there, point at base_url."""
    assert "base_url" in str(failure(Response(status=status)))


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"message": "Invalid file extension."}, errors.MediaRefused),
        ({"message": "m", "errors": {"media_file": ["too large"]}}, errors.MediaRefused),
        ({"message": "m", "errors": {"phone": ["too short"]}}, errors.InvalidRequest),
        ({"message": "m", "error": {"code": "VALIDATION_ERROR"}}, errors.InvalidRequest),
    ],
)
def test_a_422_without_a_code_concerns_the_file(document: object, error: type[SendError]) -> None:
    """On media the inline 422 is about ending or size, unless the body complains about another field."""
    assert type(failure(answer(document, 422), MEDIA.decode)) is error


def test_a_422_without_a_code_elsewhere_is_the_request() -> None:
    """Templates and texts have no inline 422."""
    assert type(failure(answer({"message": "wrong"}, 422), TEMPLATE.decode)) is errors.InvalidRequest


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize(
    ("document", "message_id"),
    [
        ({"success": True, "data": {"message_id": "wamid.1", "status": "sent"}, "message": "ok"}, "wamid.1"),
        ({"message_id": "wamid.2"}, "wamid.2"),
        ({"data": {"message_id": None}, "message_id": "wamid.3"}, "wamid.3"),
        ({}, None),
        ({"success": True}, None),
        ({"data": []}, None),
        ({"data": {"message_id": 5}}, None),
        ({"data": {"message_id": ""}}, None),
        ({"data": {"message_id": "a\r\nb"}}, None),
        ({"data": {"message_id": "\ud800"}}, None),
        ({"data": {"message_id": "x" * 1000}}, None),
        ({"success": None, "error": None, "data": {"message_id": "wamid.4"}}, "wamid.4"),
    ],
)
def test_any_object_in_a_2xx_is_an_acceptance(status: int, document: dict[str, object], message_id: str | None) -> None:
    """The id is taken where it is one, never invented, and the answer is kept as it came."""
    response = answer(document, status)

    result = TEXT.decode(response)

    assert result == SendResult(provider="wacr", to=(TO,), message_id=message_id, raw=document)
    assert DRIVER.classify(response).meaning is Meaning.OK


def test_the_plan_limit_says_what_is_used_up() -> None:
    """Feature, current and maximum stand in the sentence, wherever the details are."""
    facts = {"feature": "contacts", "current": 500, "maximum": 500}
    for document in (
        {"error": {"code": "FEATURE_LIMIT_EXCEEDED", "details": facts}},
        {"error": {"code": "FEATURE_LIMIT_EXCEEDED", **facts}},
        {"code": "FEATURE_LIMIT_EXCEEDED", "details": facts},
        {"code": "FEATURE_LIMIT_EXCEEDED", **facts},
    ):
        text = str(failure(answer(document, 403)))
        assert text.startswith("a limit of the plan (contacts or conversations) is used up (contacts: 500 of 500) [")


def test_a_missing_scope_is_named() -> None:
    """The sentence says what the token must be allowed to do."""
    assert "messages:send" in str(failure(answer({"code": "INSUFFICIENT_SCOPE"}, 403)))


@pytest.mark.parametrize(
    "document",
    [
        {
            "code": "VALIDATION_ERROR",
            "message": "Invalid.",
            "errors": {"phone": ["too short", "odd"], "caption": "long"},
        },
        {
            "error": {
                "code": "VALIDATION_ERROR",
                "message": "Invalid.",
                "details": {"phone": ["too short", "odd"], "caption": "long"},
            }
        },
        {
            "code": "VALIDATION_ERROR",
            "message": "Invalid.",
            "details": {"phone": ["too short", 5, "odd"], "caption": "long", "feature": "none"},
        },
        {
            "error": {
                "code": "VALIDATION_ERROR",
                "message": "Invalid.",
                "errors": {"phone": ["too short", "odd"], "caption": "long"},
            }
        },
    ],
)
def test_validation_errors_are_in_the_sentence(document: object) -> None:
    """Every field and its complaint can be read."""
    assert "Invalid. (phone: too short; phone: odd; caption: long)" in str(failure(answer(document, 422)))


ODD_WAITS: list[object] = [-1, True, None, "soon", "", [], 10**400, 90_000, float("nan"), float("inf")]


@pytest.mark.parametrize(
    ("document", "headers", "expected"),
    [
        ({}, {"retry_after": "7"}, 7.0),
        ({"retry_after": 30}, {}, 30.0),
        ({"error": {"code": "RATE_LIMIT_EXCEEDED", "retry_after": "30"}}, {}, 30.0),
        ({"error": {"details": {"retry_after": 1.5}}}, {}, 1.5),
        ({"details": {"retry_after": 2}}, {}, 2.0),
        ({"data": {"retry_after": 3}}, {}, 3.0),
        ({"meta": {"retry_after": 4}}, {}, 4.0),
        ({"retry_after": 30}, {"retry_after": "7"}, 7.0),
        ({"retry_after": 30}, {"retry_after": "soon"}, 30.0),
        *(({"retry_after": value}, {}, None) for value in ODD_WAITS),
    ],
)
def test_how_long_to_wait(document: object, headers: dict[str, str], expected: float | None) -> None:
    """Seconds come from the header, else from the body, and make sense or are left out; error and verdict agree."""
    response = answer(document, 429, **headers)

    raised = failure(response)

    assert type(raised) is errors.Throttled
    assert raised.retry_after == DRIVER.classify(response).retry_after == expected


def test_the_request_id_is_carried_whole() -> None:
    """A uuid stays a uuid, though it holds digits in a row; what is nothing like an id is left out."""
    uuid = "123e4567-e89b-12d3-a456-426614174000"

    assert failure(answer({"meta": {"request_id": uuid}}, 500)).request_id == uuid
    for odd in (5, "", "a\nb", "call +919812345678", "x" * 200):
        assert failure(answer({"meta": {"request_id": odd}}, 500)).request_id is None


def test_the_provider_s_words_are_made_fit_to_print() -> None:
    """Long, many-lined and half-coded text becomes one short printable line."""
    raised = failure(answer({"message": "a\r\n\x1b[31m\ud800b" + "c" * 1_000_000}, 400))

    text = str(raised)
    assert text.isprintable()
    assert len(text) < 260
    assert "a [31m b" in text


@pytest.mark.parametrize("said", ["919812345678", "+919812345678", "+91 98123 45678", "(98123) 45-678"])
def test_phone_numbers_in_it_are_masked(said: str) -> None:
    """A number that the provider repeats is not passed on, however it is written."""
    text = str(failure(answer({"message": f"No WhatsApp at {said}."}, 400)))

    assert said not in text
    assert "45678" not in text
    assert "No WhatsApp at" in text


@pytest.mark.parametrize("before", [0, 150, 180, 195])
def test_a_number_at_the_cut_is_masked_too(before: int) -> None:
    """Shortening leaves no unmasked piece of a number behind."""
    assert "9198123" not in str(failure(answer({"message": "x" * before + " 919812345678"}, 400)))


@pytest.mark.parametrize(
    "document",
    [
        {"message": "sandbox-token"},
        pytest.param({"message": "x" * 190 + " sandbox-token"}, id="across the cut"),
        {"error": {"code": "sandbox-token"}},
        pytest.param({"error": {"code": "x" * 60 + "sandbox-token"}}, id="across the cut of a code"),
        {"meta": {"request_id": "sandbox-token"}},
        {"errors": {"sandbox-token": ["sandbox-token"]}},
        {"code": "FEATURE_LIMIT_EXCEEDED", "feature": "sandbox-token", "current": 1, "maximum": 1},
    ],
)
def test_the_token_is_struck_out(document: object) -> None:
    """A provider that repeats the token, wherever it does, does not get it into our error."""
    assert "sandbox" not in f"{vars(failure(answer(document, 401)))} {failure(answer(document, 401))}"


def test_errors_travel_between_processes() -> None:
    """An error that decode raised pickles with all its facts."""
    raised = failure(answer({"code": "NEW_CODE", "message": "No."}, 400))

    copy = pickle.loads(pickle.dumps(raised))  # noqa: S301 -- our own bytes

    assert type(copy) is type(raised)
    assert (str(copy), vars(copy)) == (str(raised), vars(raised))


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([*CODES, "", "UNKNOWN_CODE"])
)
KEYS = st.sampled_from(
    [
        "success",
        "error",
        "code",
        "message",
        "details",
        "errors",
        "data",
        "meta",
        "retry_after",
        "message_id",
        "request_id",
        "error_code",
        "feature",
        "current",
        "maximum",
        "phone",
    ]
)
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=20
)
BODIES = st.binary(max_size=200) | DOCUMENTS.map(lambda document: json.dumps(document).encode())
STATUSES = st.integers(0, 999) | st.sampled_from([200, 201, 204, 302, 307, 401, 403, 422, 429, 500, 503])
HEADERS = st.dictionaries(st.sampled_from(["Retry-After", "retry-after-ms", "Date"]), st.text(max_size=30))


@given(status=STATUSES, body=BODIES, headers=HEADERS, truncated=st.booleans())
def test_any_answer_is_a_result_or_a_send_error(
    status: int,
    body: bytes,
    headers: dict[str, str],
    truncated: bool,  # noqa: FBT001 -- drawn by name
) -> None:
    """Whatever comes, decode returns or raises a SendError, and the verdict says the same."""
    response = Response(status=status, headers=Headers(headers), body=body, truncated=truncated)
    verdict = DRIVER.classify(response)

    for operation in (TEXT, MEDIA, TEMPLATE):
        outcome = outcome_of(operation.decode, response)
        if isinstance(outcome, SendResult):
            assert verdict.meaning is Meaning.OK
        else:
            assert verdict.meaning is meaning_of(outcome)
            assert verdict.retry_after == outcome.retry_after
            assert str(outcome).isprintable()


def outcome_of(decode: Decode, response: Response) -> SendResult | SendError:
    """What an answer becomes, returned either way."""
    try:
        return decode(response)
    except SendError as error:
        return error


def meaning_of(error: SendError) -> Meaning:
    """What the error tree of `wamsg.errors` promises about each class."""
    if isinstance(error, errors.Throttled):
        return Meaning.THROTTLED
    if isinstance(error, errors.Unavailable):
        return Meaning.UNAVAILABLE
    return Meaning.UNDECIDED if error.may_have_gone_out else Meaning.REJECTED

"""Answers to results: what counts as an acceptance, which ids it names, and what uploads and probes give."""

from __future__ import annotations

import pytest

from tests.providers.kaleyra.answers import (
    ASHA,
    BEN,
    DRIVER,
    PROBE,
    SEND,
    SEND_TWO,
    UPLOAD,
    answer,
    failure,
    printed,
)
from wamsg import errors
from wamsg.errors import Unanswered
from wamsg.model import SendResult
from wamsg.wire import Meaning, Response


@pytest.mark.parametrize("status", [200, 201, 202, 299])
@pytest.mark.parametrize(
    ("document", "message_id"),
    [
        ({"code": "WA200", "message": "ok", "data": {"message_id": "m1"}, "error": {}}, "m1"),
        ({"code": "WA200", "data": {"id": "m1"}}, "m1"),
        ({"code": "WA200", "data": {"id": 12}}, "12"),
        ({"code": "WA200", "data": {"messages": [{"id": "wamid.1"}]}}, "wamid.1"),
        ({"code": "WA200", "data": [{"message_id": "m1"}]}, "m1"),
        ({"code": "WA200", "data": {}}, None),
        ({"code": "WA200", "data": []}, None),
        ({"code": "WA200", "data": None}, None),
        ({"code": "WA200"}, None),
        ({"code": "WA200", "data": {"id": ""}}, None),
        ({"code": "WA200", "data": {"id": True}}, None),
        ({"code": "WA200", "data": {"id": "x" * 513}}, None),
        ({"code": "WA200", "data": {"id": "a\nb"}}, None),
        ({"code": "WA200", "data": "m1"}, None),
        ({"code": "WA200", "data": [{"id": "a"}, {}]}, None),
        ({"id": "m1"}, "m1"),
        ({"message_id": "m1"}, "m1"),
        ({"messages": [{"id": "wamid.1"}], "messaging_product": "whatsapp"}, "wamid.1"),
        ({"data": {"message_id": "m1"}, "error": {}}, "m1"),
        ({"code": 200, "message": "OK", "data": {"message_id": "m1"}}, "m1"),
        ({"success": True}, None),
    ],
)
def test_an_acceptance_gives_the_id_that_it_names(
    status: int, document: dict[str, object], message_id: str | None
) -> None:
    """The id is found where it may stand, never invented, and the answer is kept as it came."""
    response = answer(status, document)

    assert SEND.decode(response) == SendResult(
        provider="kaleyra", to=(ASHA,), message_id=message_id, message_ids=(), raw=document
    )
    assert DRIVER.classify(response).meaning is Meaning.OK


@pytest.mark.parametrize(
    ("data", "message_id", "message_ids"),
    [
        ([{"message_id": "a"}, {"message_id": "b"}], None, ("a", "b")),
        ({"messages": [{"id": "a"}, {"id": "b"}]}, None, ("a", "b")),
        ([{"message_id": "a"}, {"message_id": "b"}, {"message_id": "c"}], None, ()),
        ({"message_id": "a"}, "a", ()),
        ([{"message_id": "a"}, {"to": "x"}], None, ()),
    ],
)
def test_several_recipients_get_their_ids_only_if_each_has_one(
    data: object, message_id: str | None, message_ids: tuple[str, ...]
) -> None:
    """A list that fits the recipients is theirs in order; any other is left in the raw answer."""
    result = SEND_TWO.decode(answer(200, {"code": "WA200", "data": data}))

    assert (result.to, result.message_id, result.message_ids) == ((ASHA, BEN), message_id, message_ids)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html>accepted</html>",
        b'{"code":"WA200"',
        b"[]",
        b'[{"id":"m1"}]',
        b"null",
        b"true",
        b'"WA200"',
        b"{}",
        b'{"message":"ok"}',
        b'{"code":"ZZ9","data":{"id":"m1"}}',
        b'{"code":200,"message":"ok"}',
        b'{"success":"true"}',
        b'{"success":false}',
        b'{"id":"m1","error":{"payload":"wrong"}}',
        b'{"id":"m1","error":"wrong"}',
        b'{"code":["WA200"]}',
        b'{"code":{"a":1}}',
        b'{"code":"' + b"W" * 5000 + b'"}',
        b"[" * 100_000,
        b"\xff" * 1000,
    ],
)
def test_a_success_that_cannot_be_understood_is_unanswered(body: bytes) -> None:
    """A 2xx that proves nothing leaves open whether the message went out, and says so."""
    response = answer(200, body)

    assert type(failure(response)) is Unanswered
    assert DRIVER.classify(response).meaning is Meaning.UNDECIDED


def test_a_cut_off_success_is_unanswered() -> None:
    """A body that was longer than what was read is not trusted, even if what was read looks whole."""
    response = Response(status=200, body=b'{"code":"WA200","data":{"id":"m1"}}', truncated=True)

    assert type(failure(response)) is Unanswered


@pytest.mark.parametrize("status", [400, 404, 500, 503, 302])
def test_a_success_code_under_a_failure_status_is_unanswered(status: int) -> None:
    """An answer that contradicts itself is believed neither way."""
    assert type(failure(answer(status, {"code": "WA200", "data": {"id": "m1"}}))) is Unanswered


@pytest.mark.parametrize(
    "document",
    [
        {"code": "WA200", "data": {"id": "77"}, "error": {}},
        {"code": "WA200", "data": {"media_id": "77"}},
        {"code": "WA200", "data": [{"id": "77"}]},
        {"code": "WA200", "data": {"media": [{"id": "77"}]}},
        {"media": [{"id": "77"}]},
        {"media_id": "77"},
        {"id": 77},
    ],
)
def test_an_upload_gives_the_id_that_it_names(document: dict[str, object]) -> None:
    """The id of uploaded media is found where it may stand."""
    assert UPLOAD.decode(answer(200, document)) == "77"


@pytest.mark.parametrize(
    "document", [{"code": "WA200", "data": {}}, {"code": "WA200", "data": [{"id": "1"}, {"id": "2"}]}]
)
def test_an_upload_without_one_id_says_so(document: dict[str, object]) -> None:
    """An id is never guessed; the error says what is missing and what to do instead."""
    error = failure(answer(200, document), UPLOAD)

    assert type(error) is Unanswered
    assert "names no media id" in str(error)
    assert "link" in str(error)


@pytest.mark.parametrize("status", [401, 403])
def test_an_upload_that_is_not_permitted_suggests_a_link(status: int) -> None:
    """Prepaid accounts may not upload; the error tells the way round."""
    body = printed("WA-401", "Unauthorised account type", "account")
    error = failure(answer(status, body), UPLOAD)

    assert type(error) is errors.PermissionDenied
    assert "send a public link instead" in str(error)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            {
                "code": "WA200",
                "data": {"quality_rating": "GREEN", "messaging_limit_tier": "TIER_1K", "status": "CONNECTED"},
            },
            "the number is known: quality GREEN, tier TIER_1K, status CONNECTED",
        ),
        (
            {"id": "1", "throughput": {"level": "HIGH"}, "whatsapp_business_manager_messaging_limit": "TIER_10K"},
            "the number is known: tier TIER_10K, throughput HIGH",
        ),
        ({"code": "WA200", "data": [{"quality_rating": "RED\n\x1b"}]}, "the number is known: quality RED"),
        ({"code": "WA200", "data": {}}, "the number is known"),
        ({"code": "WA200", "data": {"quality_rating": 7, "status": []}}, "the number is known"),
        ({"code": "WA200", "data": "x"}, "the number is known"),
    ],
)
def test_the_probe_is_one_sentence(document: dict[str, object], sentence: str) -> None:
    """What the answer tells of quality, tier, status and throughput is said; what it does not, is not."""
    assert PROBE.decode(answer(200, document)) == sentence

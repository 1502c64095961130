"""Codes and statuses to errors: the printed failure bodies, Meta's codes, and what gateways say."""

from __future__ import annotations

import pytest

from tests.providers.kaleyra.answers import (
    DRIVER,
    FOREIGN,
    NO_API,
    PRINTED,
    SEND,
    answer,
    failure,
    printed,
)
from wamsg import errors
from wamsg.errors import Rejected, SendError, Throttled, Unanswered, Unavailable
from wamsg.providers.kaleyra.codes import META
from wamsg.wire import Meaning


@pytest.mark.parametrize(("status", "body", "kind", "meaning", "wait"), PRINTED)
def test_each_printed_failure_is_its_error(
    status: int, body: dict[str, object], kind: type[SendError], meaning: Meaning, wait: float | None
) -> None:
    """All seven printed bodies give the right class, code, status, text, wait and verdict."""
    response = answer(status, body)
    error = failure(response)
    verdict = DRIVER.classify(response)

    assert type(error) is kind
    assert (error.provider, error.code, error.http_status) == ("kaleyra", body["code"], status)
    assert (error.retry_after, verdict.retry_after, verdict.meaning) == (wait, wait, meaning)
    assert str(body["message"]) in str(error)
    assert error.lanes == SEND.request.lanes
    assert not error.may_have_gone_out


@pytest.mark.parametrize("code", ["WA401", "WA-401", "wa401"])
@pytest.mark.parametrize(
    ("message", "fault", "kind"),
    [
        (NO_API, "account", errors.PermissionDenied),
        (NO_API, "error", errors.PermissionDenied),
        ("Unauthorised account type", "account", errors.PermissionDenied),
        (FOREIGN, "phone_number", errors.SenderRefused),
        ("", "", errors.SenderRefused),
    ],
)
def test_a_401_is_told_apart_by_what_it_says(code: str, message: str, fault: str, kind: type[SendError]) -> None:
    """Both spellings of the code mean the account or the number, by key or message."""
    assert type(failure(answer(401, printed(code, message, fault)))) is kind


def test_wrong_credentials_come_with_the_reason_people_miss() -> None:
    """Keys that died with their creator are mentioned where they are met."""
    assert "team member who created them" in str(failure(answer(401, PRINTED[0][1])))


def test_a_header_outweighs_the_documented_wait() -> None:
    """What the answer asks for replaces the five minutes of the page, for people and for the pipeline."""
    response = answer(500, PRINTED[3][1], Retry_After="7")

    assert failure(response).retry_after == 7.0
    assert DRIVER.classify(response).retry_after == 7.0


META_ROWS: list[tuple[int, type[SendError], Meaning, tuple[str, ...], float | None]] = [
    *[
        (code, errors.PermissionDenied, Meaning.REJECTED, (), None)
        for code in (0, 3, 10, 190, 200, 250, 299, 131005, 368, 131031)
    ],
    (1, Unanswered, Meaning.UNDECIDED, (), None),
    *[(code, Unavailable, Meaning.UNAVAILABLE, (), None) for code in (2, 131000, 131016)],
    *[(code, Throttled, Meaning.THROTTLED, ("sender",), None) for code in (4, 80007, 130429)],
    (131057, Throttled, Meaning.THROTTLED, ("sender",), 60.0),
    (131056, Throttled, Meaning.THROTTLED, ("pair",), None),
    *[(code, errors.PlanLimit, Meaning.REJECTED, (), None) for code in (131048, 131064)],
    *[
        (code, errors.RecipientRefused, Meaning.REJECTED, (), None)
        for code in (130403, 130472, 130497, 131021, 131026, 131049)
    ],
    (131050, errors.OptedOut, Meaning.REJECTED, (), None),
    (131047, errors.WindowClosed, Meaning.REJECTED, (), None),
    *[(code, errors.InvalidRequest, Meaning.REJECTED, (), None) for code in (100, 131008, 131009, 131051)],
    *[(code, errors.MediaRefused, Meaning.REJECTED, (), None) for code in (131052, 131053)],
    *[
        (code, errors.TemplateRefused, Meaning.REJECTED, (), None)
        for code in (132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 132069)
    ],
    (131042, errors.LowBalance, Meaning.REJECTED, (), None),
    *[(code, errors.SenderRefused, Meaning.REJECTED, (), None) for code in (33, 131037, 131045, 133016)],
]


@pytest.mark.parametrize(("code", "kind", "meaning", "lanes", "wait"), META_ROWS)
@pytest.mark.parametrize("status", [400, 429, 500, 200])
def test_metas_code_beats_the_status(
    code: int, kind: type[SendError], meaning: Meaning, lanes: tuple[str, ...], wait: float | None, status: int
) -> None:
    """Meta's codes, as number or text, in either of its frames, mean the same under every HTTP status."""
    graph = {"error": {"message": "(#1) said Meta", "type": "OAuthException", "code": code, "fbtrace_id": "Ax"}}
    status_frame = {"errors": [{"code": str(code), "title": "said Meta"}]}

    for document in (graph, status_frame):
        response = answer(status, document)
        error = failure(response)
        verdict = DRIVER.classify(response)
        assert (type(error), error.code, error.retry_after) == (kind, str(code), wait)
        assert (verdict.meaning, verdict.lane_kinds, verdict.retry_after) == (meaning, lanes, wait)
        assert "said Meta" in str(error)
        assert "Ax" not in str(error)


def test_all_meta_rows_are_tested() -> None:
    """A code that joins the table without a test is noticed; 200 to 299 are one row of Meta's page."""
    tested = {str(code) for code, *_ in META_ROWS}

    assert {code for code in META if not 200 <= int(code) <= 299} == tested - {"200", "250", "299"}


@pytest.mark.parametrize(
    ("status", "code", "kind", "lanes"),
    [
        (400, "WAV2101", errors.PlanLimit, ()),
        (200, "WAV2101", errors.PlanLimit, ()),
        (429, "WA429", Throttled, ("sender",)),
        (400, "WA429", Throttled, ("sender",)),
        (500, "E110", errors.LowBalance, ()),
        (200, "WA500", Unavailable, ()),
        (502, "WA500", Unavailable, ()),
        (400, 131056, Throttled, ("pair",)),
        (400, "131047", errors.WindowClosed, ()),
    ],
)
def test_the_code_beats_the_status(status: int, code: object, kind: type[SendError], lanes: tuple[str, ...]) -> None:
    """A known code at the top means the same under every HTTP status."""
    response = answer(status, {"code": code, "message": "m", "data": {}, "error": {}})

    assert type(failure(response)) is kind
    assert DRIVER.classify(response).lane_kinds == lanes


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (100, Unanswered),
        (204, Unanswered),
        *((status, Unanswered) for status in (301, 302, 303, 304, 408, 500, 501, 502, 504, 520, 599, 700, 0, -1)),
        (307, Rejected),
        (308, Rejected),
        (400, Rejected),
        (401, errors.BadCredentials),
        (403, errors.PermissionDenied),
        (404, errors.NotFound),
        (405, Rejected),
        (413, errors.MediaRefused),
        (418, Rejected),
        (422, Rejected),
        (429, Throttled),
        (503, Unavailable),
    ],
)
@pytest.mark.parametrize(
    "body",
    [b"", b"<html><h1>Oops</h1></html>", b'{"code":"ZZ9","message":"?"}', b'{"code":', b"[]", b"\xff\xfe", b"null"],
)
def test_without_a_known_code_the_status_decides(status: int, kind: type[SendError], body: bytes) -> None:
    """Gateways' answers are read by status alone; whether it may have gone out follows from the class."""
    error = failure(answer(status, body))

    assert type(error) is kind
    assert error.http_status == status
    assert error.code == ("ZZ9" if b"ZZ9" in body else None)
    assert error.may_have_gone_out is (kind is Unanswered)


def test_a_redirect_tells_what_to_check() -> None:
    """A moved address is a matter of the settings."""
    assert "base_url" in str(failure(answer(308, b"")))


def test_small_numbers_at_the_top_are_statuses_not_metas_codes() -> None:
    """``{"code": 200}`` is no permission error of Meta, although 200 is one in Meta's own frame."""
    assert type(failure(answer(400, {"code": 190, "message": "m"}))) is Rejected
    assert type(failure(answer(400, {"error": {"code": 190, "message": "m"}}))) is errors.PermissionDenied

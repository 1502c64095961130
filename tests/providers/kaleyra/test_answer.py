"""Whatever a network may bring: text is shown safely, and verdict and error of one answer agree."""

from __future__ import annotations

import json
import pickle
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.providers.kaleyra.answers import (
    DRIVER,
    PRINTED,
    PROBE,
    SEND,
    SEND_TWO,
    answer,
    failure,
)
from wamsg.errors import Rejected, SendError, Throttled, Unavailable
from wamsg.providers.kaleyra.codes import KALEYRA, STATUSES
from wamsg.wire import Headers, Meaning, Operation, Response


def test_the_text_is_short_clean_and_keeps_secrets() -> None:
    """The provider's words come on one line of at most 200 characters, without our key or anybody's number."""
    message = "bad\r\nkey sandbox-api-key\x1b[31m for +91 98123-40001 " + "x" * 5000
    error = failure(
        answer(400, {"code": "WA400", "message": message, "error": {"payload": "more"}}, X_Request_Id="r-1")
    )
    text = str(error)

    assert text.startswith("bad key **** [31m for +91****01 xxx")
    assert len(text) <= 200 + len(" [kaleyra 400 WA400]")
    assert error.request_id == "r-1"


@given(
    before=st.text(max_size=300),
    after=st.text(max_size=300),
    field=st.sampled_from(["message", "error", "code", "errors"]),
    status=st.sampled_from([200, 400, 401, 500]),
)
def test_an_echoed_key_is_never_shown(before: str, after: str, field: str, status: int) -> None:
    """Wherever an answer repeats our key, the error does not."""
    text = f"{before}sandbox-api-key{after}"
    document = {field: [{"title": text, "code": "sandbox-api-key"}] if field == "errors" else text}
    error = failure(answer(status, document, X_Request_Id="for sandbox-api-key"))

    assert "sandbox-api-key" not in f"{error!s} {error!r} {error.code} {error.request_id}"


def test_errors_survive_a_pickle() -> None:
    """An error may cross to another process with all that it knows."""
    error = failure(answer(500, PRINTED[3][1], X_Request_Id="r-1"))
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 -- our own bytes

    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([*KALEYRA, "WA200"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["code", "message", "data", "error", "errors", "id", "messages", "success", "account", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)
_STATUSES = st.sampled_from([*STATUSES, 200, 202, 204, 301, 400, 500, 502]) | st.integers(-10, 1000)
_BODIES = st.binary(max_size=200) | _JSON.map(lambda value: json.dumps(value).encode())
_HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "retry-after-ms", "Date", "X-Request-Id", "Content-Type"]), st.text(max_size=40)
)


@given(status=_STATUSES, body=_BODIES, headers=_HEADERS, truncated=st.booleans())
def test_any_answer_is_a_result_or_a_send_error_that_fits_its_verdict(
    status: int,
    body: bytes,
    headers: dict[str, str],
    truncated: bool,  # noqa: FBT001 -- drawn by name
) -> None:
    """No answer raises anything else, and verdict and error of one answer never disagree."""
    response = Response(status=status, body=body, headers=Headers(headers), truncated=truncated)
    verdict = DRIVER.classify(response)

    for operation in (SEND, SEND_TWO, PROBE):
        outcome = _outcome(operation, response)
        if isinstance(outcome, SendError):
            assert verdict.meaning is _meaning(outcome)
            assert verdict.retry_after == outcome.retry_after
            assert outcome.lanes == operation.request.lanes
        else:
            assert verdict.meaning is Meaning.OK
            assert 200 <= status < 300
            assert not truncated


def _outcome(operation: Operation[Any], response: Response) -> object:
    try:
        return operation.decode(response)
    except SendError as error:
        return error


def _meaning(error: SendError) -> Meaning:
    if isinstance(error, Throttled):
        return Meaning.THROTTLED
    if isinstance(error, Unavailable):
        return Meaning.UNAVAILABLE
    return Meaning.REJECTED if isinstance(error, Rejected) else Meaning.UNDECIDED

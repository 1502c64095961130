"""What came back: headers in any case, JSON that never raises, reprs that show nothing."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.testing.strategies import json_objects
from wamsg.wire import OK, UNDECIDED, Headers, Meaning, Response, Verdict, read_json


@given(st.dictionaries(st.from_regex(r"[A-Za-z-]{1,12}", fullmatch=True), st.text(max_size=5), max_size=5), st.data())
def test_headers_are_found_in_any_case(pairs: dict[str, str], data: st.DataObject) -> None:
    """For every name and every way of writing it."""
    headers = Headers(pairs)

    for name in pairs:
        first = next(value for other, value in pairs.items() if other.lower() == name.lower())
        written = data.draw(st.sampled_from([name.lower(), name.upper(), name.title(), name]))
        assert first == headers[written] == headers.get(written)
        assert written in headers
    assert len({name.lower() for name in pairs}) == len(headers) == len(list(headers))


def test_the_first_of_a_repeated_header_wins() -> None:
    """A second one, added on the way, changes nothing."""
    assert "1" == Headers([("Retry-After", "1"), ("retry-after", "2")])["RETRY-AFTER"]


def test_headers_are_equal_whatever_their_case() -> None:
    """They are the same header."""
    assert Headers({"A": "1"}) == Headers([("a", "1")])
    assert Headers({"A": "1"}) != Headers({"A": "2"})


def test_a_missing_header_is_a_key_error() -> None:
    """As with every mapping."""
    with pytest.raises(KeyError):
        _ = Headers()["nothing"]
    assert "nothing" not in Headers()


def test_a_response_reads_plain_mappings_in_any_case_too() -> None:
    """A fake transport's dictionary behaves as the real one's headers."""
    response = Response(status=429, headers={"RETRY-AFTER": "5"})

    assert "5" == response.headers["Retry-After"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b" \n", id="blank"),
        pytest.param(b"<html><body>502 Bad Gateway</body></html>", id="HTML"),
        pytest.param(b'{"a": 1', id="cut off"),
        pytest.param(b'{"a": 1} x', id="something behind it"),
        pytest.param(b"{'a': 1}", id="Python, not JSON"),
        pytest.param(b'{"a": "\xff\xfe"}', id="not UTF-8"),
        pytest.param("{}".encode("utf-16")[:3], id="half a UTF-16 character"),
        pytest.param(b"[" * 200_000, id="open brackets without end"),
        pytest.param(b"[" * 200_000 + b"]" * 200_000, id="nested beyond reason"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="tables nested beyond reason"),
        pytest.param(b"9" * 100_000, id="a number beyond reason"),
        pytest.param(b"\0" * 100, id="zeros"),
        pytest.param(b"\x1f\x8b\x08\x00", id="compressed"),
    ],
)
def test_what_is_no_json_is_none(body: bytes) -> None:
    """However it is broken, nothing raises."""
    assert Response(status=200, body=body).json() is None
    assert read_json(body) is None


@pytest.mark.parametrize(
    "body", [b'{"a": NaN}', b'{"a": 1e999}', b'{"a": -Infinity}', b"\xef\xbb\xbf{}", b'{"a": "\\ud800"}']
)
def test_sloppy_json_does_not_raise(body: bytes) -> None:
    """What lax servers write is still an object; an accepted message is not called unknown for it."""
    assert isinstance(Response(status=200, body=body).json(), dict)


def test_a_truncated_body_is_not_read() -> None:
    """Half of an answer could look like a whole one."""
    assert Response(status=200, body=b'{"id": 12}', truncated=True).json() is None


# Whole numbers beyond 64 bits become floats in orjson.
@given(json_objects().filter(lambda document: not re.search("[0-9]{19}", json.dumps(document))))
def test_json_is_read_as_it_was_written(document: dict[str, object]) -> None:
    """Any document comes back, and comes back again."""
    response = Response(status=200, body=json.dumps(document).encode())

    assert document == response.json() == response.json()


@given(st.binary(max_size=60))
def test_no_body_raises(body: bytes) -> None:
    """Any bytes are JSON or None."""
    response = Response(status=200, body=body)

    assert read_json(body) == response.json() or response.json() is not None


def test_the_body_is_read_once() -> None:
    """Driver, pipeline and decoder share one document, also after the verdict."""
    response = Response(status=200, body=b'{"a": []}')
    document = response.json()

    assert document is response.json()
    assert document is response.judged(OK).json()


def test_null_is_remembered_too() -> None:
    """A body that is no JSON is not parsed again for every question."""
    judged = Response(status=200, body=b"<html>").judged(OK)

    assert judged.json() is None
    assert judged.judged(UNDECIDED).json() is None


def test_a_verdict_is_noted_on_the_answer_itself() -> None:
    """Nothing else of it changes."""
    response = Response(status=429, headers={"a": "1"}, body=b"x", received_at=5.0)
    verdict = Verdict(Meaning.THROTTLED, retry_after=3.0, lane_kinds=("pair",))

    judged = response.judged(verdict)

    assert judged is response
    assert verdict is judged.verdict
    assert (429, "1", b"x", 5.0) == (judged.status, judged.headers["A"], judged.body, judged.received_at)


def test_a_response_does_not_show_what_it_holds() -> None:
    """Neither header values nor the body reach a log line."""
    response = Response(status=200, headers={"Set-Cookie": "SECRET"}, body=b'{"to": "919812340001"}')
    response.json()

    shown = f"{response} {response!r} {response.headers} {response.headers!r}"
    assert "SECRET" not in shown
    assert "98123" not in shown
    assert "<Response 200, 22 bytes>" == repr(response)

"""What a webhook was given is one JSON object or a sentence that says what to change."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import BadPayload
from wamsg.testing.strategies import json_objects
from wamsg.wire import check_payload, payload, read_payload
from wamsg.wire.payload import DEEPEST, LARGEST


@pytest.fixture(autouse=True, params=["orjson", "json"], scope="module")
def decoder(request: pytest.FixtureRequest) -> Iterator[None]:
    """With the extra `speed` and without it."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "json":
            patch.setitem(sys.modules, "orjson", None)
        payload._fastest.cache_clear()
        yield
    payload._fastest.cache_clear()


def _nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"\n<html>", "XML"),
        (b"status=sent&id=7", "form"),
        (b"a%5B0%5D=1", "form"),
        (b"a+b=1&c=2", "form"),
        (b'------x\r\nContent-Disposition: form-data; name="from"\r\n\r\n91\r\n------x--', "form"),
        (b'\n--x\nContent-Type: text/plain\ncontent-disposition: form-data; name="a"\n\n91\n--x--', "form"),
        (b"--\nhello", "not JSON"),
        (b"--" + b"x\n" * 1_000_000, "not JSON"),
        (b"hello", "line 1, column 1"),
        (b'{"a": 1,}', "not JSON"),
        (b'{"a": 1} x', "not JSON"),
        (b'{"a": "cut', "not JSON"),
        (b'{"a": "line\nbreak"}', "not JSON"),
        (b'{"a": "\xff"}', "UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
        (b"[{}]", "a list"),
        (b'"text"', "text"),
        (b"17", "a number"),
        (b"1.5", "a number"),
        (b"null", "null"),
        (b"true", "true or false"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": [-Infinity]}', "-Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": 18446744073709551616}', "64 bits"),
        (b'{"a": -9223372036854775809}', "64 bits"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "64 bits"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"b": [{"a": 1, "\\u0061": 2}]}', "twice"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"\\uDFFF": 1}', "surrogate"),
        (b'{"a": [["\\uD83D"]]}', "surrogate"),
        (_nested(DEEPEST + 1), "deep"),
        (_nested(100_000), "deep"),
        (b"[" * 1_000_000, "deep"),
        (b'{"a": "' + b"x" * LARGEST + b'"}', "bytes"),
    ],
    ids=lambda value: repr(value[:24]),
)
def test_what_is_no_plain_object_is_refused_with_the_reason(body: bytes, says: str) -> None:
    """Each fault has its own sentence."""
    with pytest.raises(BadPayload, match=says):
        read_payload(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{}", {}),
        (b"\xef\xbb\xbf{}", {}),
        (b' {"a": "\\ud83d\\udc4d"} ', {"a": "\U0001f44d"}),
        (b'{"a": 18446744073709551615, "b": -9223372036854775808}', {"a": 2**64 - 1, "b": -(2**63)}),
        (b'{"a": {"b": 1}, "c": {"b": 1}}', {"a": {"b": 1}, "c": {"b": 1}}),
        (b'{"a": "\\\\ud800"}', {"a": "\\ud800"}),
    ],
)
def test_what_is_a_plain_object_is_read(body: bytes, expected: object) -> None:
    """A byte order mark, escaped pairs, and the whole range of 64 bits included."""
    assert expected == read_payload(body)


def test_the_deepest_allowed_is_read() -> None:
    """The limit is the last that passes."""
    assert read_payload(_nested(DEEPEST))


def test_the_largest_allowed_is_read() -> None:
    """Meta sends up to 3 MB."""
    body = b'{"a": "' + b"x" * (LARGEST - 9) + b'"}'

    assert LARGEST == len(body)
    assert LARGEST - 9 == len(str(read_payload(body)["a"]))


@given(json_objects())
def test_whatever_is_written_as_json_is_read_or_refused(document: dict[str, object]) -> None:
    """Nothing is changed on the way."""
    try:
        assert document == read_payload(json.dumps(document).encode())
    except BadPayload as error:
        # The strategy also draws whole numbers beyond 64 bits.
        assert "64 bits" in str(error)  # noqa: PT017 -- either is right


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_refused(body: bytes) -> None:
    """No other exception."""
    try:
        assert isinstance(read_payload(body), dict)
    except BadPayload:
        return


def test_the_sentence_holds_nothing_of_the_payload() -> None:
    """Refusals are logged, and payloads are personal."""
    for body in (b'{"a": "SECRET', b'{"SECRET": 1, "SECRET": 2}', b"SECRET", b'{"a": "SECRET\xff"}', b"SECRET=1"):
        with pytest.raises(BadPayload) as caught:
            read_payload(body)
        assert "SECRET" not in str(caught.value)


def test_a_query_is_checked_in_the_same_way() -> None:
    """It is data already, so only text and depth are looked at."""
    check_payload({"a": "good"})
    with pytest.raises(BadPayload, match="surrogate"):
        check_payload({"a": "\udcff"})


names = st.sampled_from(["a", "b", "a:b", "\\u0061", "\\u003a"])
texts = st.sampled_from(['"x"', '":"', '"a:b"', '"\\u003a"', "1", "1.5", "-0", "18446744073709551616", "true", "null"])
documents = st.recursive(
    texts,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]"),
        st.lists(st.tuples(names, inner), max_size=3).map(
            lambda pairs: "{" + ",".join(f'"{name}" : {value}' for name, value in pairs) + "}"
        ),
    ),
    max_leaves=8,
)


@given(documents)
def test_the_short_cut_hides_no_name_that_stands_twice_and_no_long_number(text: str) -> None:
    """What the strict decoder takes or refuses is taken or refused, and alike, whatever holds colons."""
    body = f'{{"top": {text}}}'

    assert _outcome(lambda: payload._decode(body)) == _outcome(lambda: read_payload(body.encode()))


def _outcome(read: Callable[[], object]) -> str:
    try:
        return repr(read())
    except BadPayload as error:
        return str(error)

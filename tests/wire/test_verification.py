"""Who may call back: each scheme lets in what it should and nothing else, and without a scheme nobody comes in."""

from __future__ import annotations

import hashlib
import hmac
import inspect
from base64 import b64encode
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import NotVerified
from wamsg.wire import Basic, Bearer, HmacSha256, Scheme, SharedHeader, verification, verify

BODY = '{"text":"caf\u00e9 \U0001f44d"}'.encode()
NOW = 1_722_834_665.0
BEARER, HEADER = Bearer(["fake-new", "fake-old"]), SharedHeader("x-secret", ["fake-new", "fake-old"])
BASIC, SIGNED = Basic(["user:fake:pass", "user:fake-old"]), HmacSha256(["fake-new", "fake-old"])
STAMPED = HmacSha256(["fake-new"], header="X-Signature", timestamp_header="X-Time")


def _signature(key: str, body: bytes = BODY) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def _basic(text: str) -> str:
    return f"Basic {b64encode(text.encode()).decode()}"


def _taken(scheme: Scheme, headers: Mapping[str, str], body: bytes = BODY, now: float = NOW) -> bool:
    try:
        verify([scheme], headers, body, now=now)
    except NotVerified:
        return False
    return True


GOOD: list[tuple[Scheme, dict[str, str]]] = [
    (BEARER, {"Authorization": "Bearer fake-new"}),
    (BEARER, {"authorization": "bearer  fake-old "}),
    (HEADER, {"X-Secret": "fake-new"}),
    (HEADER, {"X-SECRET": "fake-old"}),
    (BASIC, {"Authorization": _basic("user:fake:pass")}),
    (BASIC, {"authorization": _basic("user:fake-old").replace("Basic", "basic")}),
    (SIGNED, {"X-Hub-Signature-256": f"sha256={_signature('fake-new')}"}),
    (SIGNED, {"x-hub-signature-256": _signature("fake-old").upper()}),
    (STAMPED, {"x-time": "1722834665", "x-signature": _signature("fake-new", b"1722834665." + BODY)}),
]
HOSTILE = ["", " ", "Bearer", "Bearer ", "Basic", "Basic !!", "Basic Zm9v", "sha256=", "sha256=00", "\u00e9", "\udcff"]


@pytest.mark.parametrize(("scheme", "headers"), GOOD)
def test_the_right_proof_is_taken(scheme: Scheme, headers: dict[str, str]) -> None:
    """With the new secret and with the old, header names in any case."""
    assert _taken(scheme, headers)


@pytest.mark.parametrize(("scheme", "headers"), GOOD)
def test_one_character_off_is_not(scheme: Scheme, headers: dict[str, str]) -> None:
    """Every header that is looked at counts, to its last character and as a whole."""
    for name, value in headers.items():
        kept = value.rstrip(" =")
        for wrong in (kept[:-1], kept[:-1] + ("1" if kept[-1] != "1" else "2"), "", f"{kept}x"):
            assert not _taken(scheme, {**headers, name: wrong}), f"{name}: {wrong}"
        assert not _taken(scheme, {other: held for other, held in headers.items() if other != name}), name


@pytest.mark.parametrize("scheme", [BEARER, HEADER, BASIC, SIGNED, STAMPED])
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_headers_are_refused_not_raised_on(scheme: Scheme, value: str) -> None:
    """Characters outside ASCII and broken Base64 included."""
    names = ("Authorization", "X-Secret", "X-Hub-Signature-256", "X-Signature", "X-Time")

    assert not _taken(scheme, dict.fromkeys(names, value))


@given(st.text(max_size=30))
def test_no_text_comes_in(value: str) -> None:
    """Whatever a header holds."""
    for scheme in (BEARER, HEADER, BASIC, SIGNED, STAMPED):
        assert not _taken(scheme, dict.fromkeys(("Authorization", "X-Secret", "X-Hub-Signature-256"), value))


def test_without_a_scheme_nobody_comes_in() -> None:
    """It fails closed, and says what to do."""
    with pytest.raises(NotVerified, match="no secret is configured"):
        verify([], {"Authorization": "Bearer fake-new"}, BODY, now=NOW)


def test_every_scheme_must_hold() -> None:
    """Two configured are two to show."""
    both = {"X-Secret": "fake-new", "X-Hub-Signature-256": _signature("fake-new")}

    verify([HEADER, SIGNED], both, BODY, now=NOW)
    for name in both:
        with pytest.raises(NotVerified):
            verify([HEADER, SIGNED], {other: value for other, value in both.items() if other != name}, BODY, now=NOW)


def test_a_signature_is_over_the_bytes_as_they_came() -> None:
    """The same JSON written otherwise is another body."""
    headers = {"X-Hub-Signature-256": _signature("fake-new")}

    assert _taken(SIGNED, headers)
    assert not _taken(SIGNED, headers, body=BODY + b" ")
    assert not _taken(SIGNED, headers, body=b'{"text":"caf\\u00e9 \\ud83d\\udc4d"}')


@pytest.mark.parametrize(
    ("away", "taken"), [(0.0, True), (300.0, True), (-300.0, True), (301.0, False), (-301.0, False), (1e9, False)]
)
def test_a_recorded_call_is_refused_later(away: float, taken: bool) -> None:  # noqa: FBT001 -- a table
    """The signed time may lie five minutes from now, either way."""
    headers = {"X-Time": "1722834665", "X-Signature": _signature("fake-new", b"1722834665." + BODY)}

    assert taken is _taken(STAMPED, headers, now=NOW + away)


@pytest.mark.parametrize("stamp", ["", "now", "-1722834665", "1722834665.5", "1e9", "9" * 500, "\u0661"])
def test_a_time_that_is_no_time_is_refused(stamp: str) -> None:
    """Even if it is signed."""
    headers = {"X-Time": stamp, "X-Signature": _signature("fake-new", stamp.encode() + b"." + BODY)}

    assert not _taken(STAMPED, headers)


def test_a_time_cannot_be_exchanged() -> None:
    """It is part of what is signed."""
    headers = {"X-Time": "1722834900", "X-Signature": _signature("fake-new", b"1722834665." + BODY)}

    assert not _taken(STAMPED, headers, now=1_722_834_900.0)


@pytest.mark.parametrize("make", [Bearer, Basic, HmacSha256, lambda secrets: SharedHeader("x", secrets)])
@pytest.mark.parametrize("secrets", [[], [""], ["fake", ""]])
def test_an_empty_secret_is_refused_at_birth(make: type[Bearer], secrets: list[str]) -> None:
    """A missing header would match it."""
    with pytest.raises(ValueError, match="empty"):
        make(secrets)


def test_no_secret_is_shown() -> None:
    """Neither by the schemes nor by what they say."""
    shown = [repr(scheme) for scheme in (BEARER, HEADER, BASIC, SIGNED, STAMPED)]
    for scheme in (BEARER, HEADER, BASIC, SIGNED, STAMPED):
        with pytest.raises(NotVerified) as caught:
            verify([scheme], {"Authorization": "Bearer guessed", "X-Secret": "guessed"}, BODY, now=NOW)
        shown.append(str(caught.value))

    assert not any(word in text for text in shown for word in ("fake", "guessed"))


def test_secrets_are_compared_in_constant_time() -> None:
    """Time cannot be measured reliably here, so the source is looked at: no other comparison of what was given."""
    source = inspect.getsource(verification)

    assert 1 == source.count("compare_digest")
    assert "== given" not in source
    assert "given ==" not in source
    assert "given in" not in source

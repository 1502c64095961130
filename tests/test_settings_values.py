"""What a setting's value may be: addresses, pieces of a path, choices, and text for headers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.settings import base_url, choice, header_text, path_segment


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://api.example", "https://api.example"),
        ("https://api.example/", "https://api.example"),
        ("https://api.example/v2///", "https://api.example/v2"),
        ("https://api.example:8443/v2", "https://api.example:8443/v2"),
        ("HTTPS://API.example", "HTTPS://API.example"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://192.0.2.1", "https://192.0.2.1"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://LOCALHOST:8080", "http://LOCALHOST:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.5", "http://127.0.0.5"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_base_url_is_https_or_on_this_machine(text: str, kept: str) -> None:
    """Trailing slashes go, so that paths can be added; the rest stays as given."""
    assert kept == base_url(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("http://api.example", id="http elsewhere"),
        pytest.param("http://127.0.0.1.evil.example", id="a name that starts like loopback"),
        pytest.param("http://localhost.evil.example", id="a name that starts like localhost"),
        pytest.param("http://evil-localhost", id="a name that ends like localhost"),
        pytest.param("http://0.0.0.0", id="every address"),
        pytest.param("http://10.0.0.1", id="a private address"),
        pytest.param("http://[::2]", id="another IPv6 address"),
        pytest.param("http://2130706433", id="loopback as one number"),
        pytest.param("http://localhost@evil.example", id="loopback as a user"),
        pytest.param("http://localhost\\@evil.example", id="loopback before a backslash"),
        pytest.param("https://user:pass@api.example", id="user and password"),
        pytest.param("https://user@api.example", id="user"),
        pytest.param("https://@api.example", id="empty user"),
        pytest.param("https://api.example?a=1", id="query"),
        pytest.param("https://api.example/v2?", id="empty query, which would swallow the path"),
        pytest.param("https://api.example/#top", id="fragment"),
        pytest.param("https://api.example#", id="empty fragment, which would swallow the path"),
        pytest.param("https://api.example:99999", id="no such port"),
        pytest.param("https://api.example:0", id="port 0"),
        pytest.param("https://api.example:x", id="port of letters"),
        pytest.param("https://api.example:", id="empty port"),
        pytest.param("https://api.example:-1", id="negative port"),
        pytest.param("https://", id="no host"),
        pytest.param("https:///v2", id="empty host"),
        pytest.param("https:api.example", id="no slashes"),
        pytest.param("//api.example", id="no scheme"),
        pytest.param("api.example", id="only a host"),
        pytest.param("ftp://api.example", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("https://[::1", id="half an IPv6 address"),
        pytest.param("https://a b.example", id="space"),
        pytest.param("https://api.example\n", id="newline"),
        pytest.param("https://b\u00fccher.example", id="a name that is not ASCII"),
        pytest.param("https://api.example\\evil", id="backslash"),
        pytest.param("https://api.ex%61mple", id="escaped host"),
        pytest.param("https://api.example,evil.example", id="two hosts"),
        pytest.param("", id="empty"),
        pytest.param("/", id="slash"),
        pytest.param(None, id="None"),
        pytest.param(5, id="number"),
        pytest.param(b"https://api.example", id="bytes"),
    ],
)
def test_any_other_address_is_refused(text: Any) -> None:
    """The credentials would go to whoever answers there, or in clear; the sentence does not repeat the address."""
    with pytest.raises(ValueError, match=r"must|holds|is not") as caught:
        base_url(text)

    assert "pass" not in str(caught.value)


@given(st.text(max_size=30) | st.text("htps:/@?#[]%.\\ 127localhost\n", max_size=30).map("http://".__add__))
def test_what_a_base_url_accepts_is_safe_to_add_a_path_to(text: str) -> None:
    """Whatever is given: ASCII, no marks that end the path, and it never raises anything but ValueError."""
    try:
        kept = base_url(text)
    except ValueError:
        return

    assert kept.isascii()
    assert not set("?#@\\ \r\n") & set(kept.split("://", 1)[1].split("/", 1)[0])
    assert not kept.endswith("/")


@pytest.mark.parametrize("text", ["HXAP169702IN", "a", "a.b-c_D", "..a", "1", "-"])
def test_a_path_segment_is_letters_digits_and_three_marks(text: str) -> None:
    """As account ids are written."""
    assert text == path_segment(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            ".",
            "..",
            "...",
            "a/b",
            "/",
            "../x",
            "a\\b",
            "a%2fb",
            "%2e%2e",
            "a?b",
            "a#b",
            "a b",
            "a\nb",
            "a;b",
            "a:b",
            "a@b",
        ),
        *("\u00e9", "\u0660", "\uff0e\uff0e", "a\u2215b", "\ud800", "a\0", None, 5, b"a"),
    ],
)
def test_a_path_segment_cannot_leave_its_place(text: Any) -> None:
    """No dots alone, slashes, escapes, or letters that only look like ASCII."""
    with pytest.raises(ValueError, match=r"must|holds|may hold"):
        path_segment(text)


@pytest.mark.parametrize("text", ["in", "IN", "In"])
def test_a_choice_is_taken_in_any_case(text: str) -> None:
    """And kept in the spelling of the list."""
    assert "in" == choice("in", "eu")(text)


@pytest.mark.parametrize("text", ["", "us", " in", "in ", "in\n", "\u0131n", None, 5, b"in", ["in"]])
def test_another_choice_names_those_that_there_are(text: Any) -> None:
    """The sentence is the help."""
    with pytest.raises(ValueError, match="must be one of in, eu"):
        choice("in", "eu")(text)


@given(st.text(max_size=10))
def test_header_text_is_printable_ascii_without_spaces(text: str) -> None:
    """Nothing else gets into a header or an address."""
    try:
        kept = header_text(text)
    except ValueError:
        assert not text or not text.isascii() or not text.isprintable() or " " in text
        return

    assert text == kept
    assert kept.isascii()
    assert kept.isprintable()
    assert kept.split() == [kept]

"""A form as bytes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import InvalidMessage
from wamsg.transport.multipart import render
from wamsg.wire import Form, Part, Upload

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
HEAD = re.compile(
    rb'Content-Disposition: form-data; name="([^"\r\n]*)"'
    rb'(?:; filename="([^"\r\n]*)"\r\nContent-Type: ([ -~]+))?\r\n\r\n'
)


def upload(name: str, data: bytes, kind: str = "image/png") -> Upload:
    return Upload(name=name, content_type=kind, size=len(data), data=data)


def body(form: Form) -> bytes:
    return b"".join(piece if isinstance(piece, bytes) else piece.data or b"" for piece in render(form, "BOUND"))


def escaped(name: str) -> bytes:
    return re.sub('["\x00-\x1f\x7f]', lambda found: f"%{ord(found[0]):02X}", name).encode()


def read(content: bytes) -> list[tuple[bytes, bytes | None, bytes]]:
    """Takes the form apart by the rules of RFC 7578, as (name, file name, content); strict on purpose."""
    assert content.endswith(b"--BOUND--\r\n")
    parts = []
    for piece in content.removesuffix(b"--BOUND--\r\n").split(b"--BOUND\r\n")[1:]:
        head = HEAD.match(piece)
        assert head is not None
        assert piece.endswith(b"\r\n")
        parts.append((head[1], head[2], piece[head.end() : -2]))
    return parts


def test_the_bytes_are_those_of_a_browser() -> None:
    """One text, one file, written out."""
    form = Form((Part("contact[firstname]", "Zoë"), Part("file", upload("a.png", b"\x89PNG"))))

    assert body(form) == (
        b'--BOUND\r\nContent-Disposition: form-data; name="contact[firstname]"\r\n\r\nZo\xc3\xab\r\n'
        b'--BOUND\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
        b"\x89PNG\r\n--BOUND--\r\n"
    )


def test_a_form_without_files_is_one_piece() -> None:
    """So that it goes out in one write."""
    assert len(render(Form((Part("a", "1"), Part("b", "2"))), "BOUND")) == 1


def test_an_empty_form_is_only_its_end() -> None:
    """No part, no head."""
    assert render(Form(()), "BOUND") == [b"--BOUND--\r\n"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('a"b.png', b'filename="a%22b.png"'),
        ("a\r\nX-Evil: 1\r\n\r\n.png", b'filename="a%0D%0AX-Evil: 1%0D%0A%0D%0A.png"'),
        ("été 💐.png", 'filename="été 💐.png"'.encode()),
        ("100%.png", b'filename="100%.png"'),
        ("../../etc/passwd", b'filename="../../etc/passwd"'),
        ("nul\x00.png", b'filename="nul%00.png"'),
    ],
)
def test_file_names_are_written_as_browsers_do(name: str, written: bytes) -> None:
    """Quotes and line breaks are escaped, everything else is plain UTF-8."""
    assert written in body(Form((Part("file", upload(name, b"x")),)))


@given(st.lists(st.tuples(TEXT, st.one_of(TEXT, st.tuples(TEXT, st.binary())))))
def test_every_form_can_be_taken_apart_again(fields: list[tuple[str, str | tuple[str, bytes]]]) -> None:
    """Whatever names, texts and contents are, the parts come back in order, and no text makes a part of its own."""
    form = Form(tuple(Part(name, value if isinstance(value, str) else upload(*value)) for name, value in fields))
    wanted = [
        (escaped(name), None, value.encode())
        if isinstance(value, str)
        else (escaped(name), escaped(value[0]), value[1])
        for name, value in fields
    ]

    assert read(body(form)) == wanted


@pytest.mark.parametrize("part", [Part("a", "x\ud800"), Part("a\ud800", "x"), Part("a", upload("\udcff.png", b"x"))])
def test_half_a_character_is_refused_without_being_shown(part: Part) -> None:
    """Text that UTF-8 cannot carry is the caller's to change; the message does not end up in the error."""
    with pytest.raises(InvalidMessage, match="surrogate"):
        render(Form((part,)), "BOUND")


@pytest.mark.parametrize("kind", ["image/png\r\nX-Evil: 1", "image/\x00", "image/é"])
def test_a_content_type_is_no_way_into_the_head(kind: str) -> None:
    """A content type with anything but printable ASCII is refused."""
    with pytest.raises(InvalidMessage, match="content type"):
        render(Form((Part("file", upload("a.png", b"x", kind)),)), "BOUND")

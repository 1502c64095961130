"""Media: exactly one source, and what becomes of a local file once it is uploaded."""

from __future__ import annotations

from typing import Any

import pytest

from wamsg import Audio, Document, File, Image, Media, Sticker, Video
from wamsg.errors import InvalidMessage

KINDS: list[type[Media]] = [Image, Video, Audio, Document, Sticker]
LINK = "https://media.example/a"
PDF = File.of(b"%PDF-1.7", name="bill.pdf")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "sources", [{}, {"link": LINK, "id": "1"}, {"id": "1", "file": PDF}, {"link": LINK, "id": "1", "file": PDF}]
)
def test_media_have_exactly_one_source(kind: type[Media], sources: dict[str, Any]) -> None:
    """None or several are refused under the name of the kind."""
    with pytest.raises(InvalidMessage, match="exactly one of link, id and file") as caught:
        kind(**sources)

    assert f"{kind.kind}.link" == caught.value.field


def test_the_base_class_refuses_in_the_same_words() -> None:
    """It is public, so building it by mistake is a sentence too."""
    with pytest.raises(InvalidMessage, match="exactly one"):
        Media()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "link",
    [
        pytest.param("", id="empty"),
        pytest.param("media.example/a.jpg", id="no scheme"),
        pytest.param("ftp://media.example/a.jpg", id="another scheme"),
        pytest.param("file:///etc/passwd", id="a local file"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("data:image/png;base64,AA==", id="data"),
        pytest.param("https://", id="no host"),
        pytest.param("https:///a.jpg", id="an empty host"),
        pytest.param("https://media.example:99999/a", id="no such port"),
        pytest.param("https://media.example:x/a", id="a port of letters"),
        pytest.param("https://[::1/a", id="half an IPv6 address"),
        pytest.param("https://media.example/a b", id="a space"),
        pytest.param(" https://media.example/a", id="a space in front"),
        pytest.param("https://media.example/a\r\nX-Evil: 1", id="header injection"),
        pytest.param("https://media.example/\ud800", id="half a pair"),
        pytest.param(5, id="a number"),
        pytest.param(b"https://media.example/a", id="bytes"),
    ],
)
def test_a_link_must_be_a_web_address(kind: type[Media], link: Any) -> None:
    """Anything else is refused under the name of the field."""
    with pytest.raises(InvalidMessage) as caught:
        kind(link=link)

    assert f"{kind.kind}.link" == caught.value.field


@pytest.mark.parametrize("link", ["https://media.example", "http://10.0.0.1:8080/a?b=c#d", "HTTPS://Media.Example/%0a"])
def test_a_web_address_is_taken_as_it_is(link: str) -> None:
    """Nothing is rewritten; what the provider makes of it is the provider's business."""
    assert link == Image(link=link).link


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("field", "value"), [("id", ""), ("id", "a\nb"), ("id", 5), ("file", 5), ("file", object())])
def test_a_wrong_source_names_its_field(kind: type[Media], field: str, value: Any) -> None:
    """Wrong types and line breaks are an `InvalidMessage`, never a TypeError from inside."""
    with pytest.raises(InvalidMessage) as caught:
        kind(**{field: value})

    assert f"{kind.kind}.{field}" == caught.value.field


@pytest.mark.parametrize("kind", [Image, Video, Document])
@pytest.mark.parametrize("caption", ["", "  ", 5, "half \ud800"])
def test_a_caption_is_text(kind: type[Any], caption: Any) -> None:
    """Empty is not the same as none: providers refuse it."""
    with pytest.raises(InvalidMessage) as caught:
        kind(id="1", caption=caption)

    assert f"{kind.kind}.caption" == caught.value.field


@pytest.mark.parametrize("kind", [Audio, Sticker])
def test_sounds_and_stickers_have_no_caption(kind: type[Any]) -> None:
    """What would not be shown cannot be written."""
    with pytest.raises(TypeError):
        kind(id="1", caption="hello")


def test_an_upload_puts_the_id_in_the_place_of_the_file() -> None:
    """Everything else stays, and the original is not changed."""
    before = Image(file=File.of(b"\x89PNG\r\n\x1a\n"), caption="hello")

    assert Image(id="m-1", caption="hello") == before.uploaded_as("m-1")
    assert before.file is not None


def test_an_uploaded_document_keeps_its_files_name() -> None:
    """The recipient goes on seeing the name that the docstring promises, unless another was given."""
    assert "bill.pdf" == Document(file=PDF).uploaded_as("m-1").filename
    assert "May.pdf" == Document(file=PDF, filename="May.pdf").uploaded_as("m-1").filename


@pytest.mark.parametrize("bad", ["", "a\nb"])
def test_an_upload_without_a_usable_id_is_refused(bad: str) -> None:
    """A provider that answers nonsense does not make a message of nonsense."""
    with pytest.raises(InvalidMessage):
        Document(file=PDF).uploaded_as(bad)

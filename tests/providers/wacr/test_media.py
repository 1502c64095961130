"""The table of endings and sizes: how it is read, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import InvalidMessage
from wamsg.model import File
from wamsg.model.filetype import PDF
from wamsg.providers.wacr.media import DEFAULT_LIMITS, KINDS, MediaLimits, MediaRule, read_limits

MakeFile = Callable[[str], File]


def test_a_mapping_reads_like_text() -> None:
    """A table in a TOML file and the same table as text mean the same."""
    text = read_limits("image: .JPG  png, 2.5 mb; document: pdf, 1 GB")
    mapping = read_limits({"image": "jpg png, 2560 KB", "document": MediaRule(extensions=("pdf",), max_bytes=1024**3)})

    assert text == mapping
    assert text.image == MediaRule(extensions=("jpg", "png"), max_bytes=2560 * 1024)
    assert text.video == DEFAULT_LIMITS.video


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "must be written as"),
        (" ; ; ", "must be written as"),
        ({}, "must be written as"),
        ("sticker: webp, 1 MB", "none of image, document, video, audio"),
        ({7: "webp, 1 MB"}, "none of image, document, video, audio"),
        ("image: jpg, 1 MB; image: png, 1 MB", "names image twice"),
        ("image: jpg", "endings, a comma and a size"),
        ("image: jpg, 5", "endings, a comma and a size"),
        ("image: jpg, -5 MB", "endings, a comma and a size"),
        ("image: jpg, nan MB", "endings, a comma and a size"),
        ("image: jpg, 99999999999 MB", "endings, a comma and a size"),
        ("image: jpg, \u0665 MB", "endings, a comma and a size"),
        ("image: , 5 MB", "separated by spaces"),
        ("image: jp/g, 5 MB", "separated by spaces"),
        ("image: jpg, 0 MB", "above zero"),
        ({"image": None}, "endings, a comma and a size"),
        (None, "must be text or a mapping"),
        (["image: jpg, 5 MB"], "must be text or a mapping"),
    ],
)
def test_a_wrong_table_is_a_sentence(value: object, sentence: str) -> None:
    """What cannot be read is a ValueError that says what to write."""
    with pytest.raises(ValueError, match=sentence):
        read_limits(value)


@given(st.text(max_size=40) | st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=3))
def test_any_table_is_read_or_refused(value: object) -> None:
    """No text and no mapping of texts makes anything but limits or a ValueError."""
    try:
        limits = read_limits(value)
    except ValueError:
        return

    assert isinstance(limits, MediaLimits)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *(("image", "a.png"), ("image", "A.JPG"), ("image", "a.webp"), ("document", "a.pdf"), ("document", "a.csv")),
        *(("video", "a.mp4"), ("audio", "a.mp3"), ("audio", "a.ogg")),
    ],
)
def test_files_of_the_page_s_table_pass(kind: str, name: str, file: MakeFile) -> None:
    """Each kind takes the endings that the page lists for it."""
    made = attrs.evolve(file(name.lower()), name=name)

    DEFAULT_LIMITS.check(kind, made)


@pytest.mark.parametrize(
    ("kind", "name"), [("image", "a.gif"), ("image", "a.pdf"), ("document", "a.png"), ("audio", "a.mp4")]
)
def test_another_ending_is_refused_by_name(kind: str, name: str, file: MakeFile) -> None:
    """A file of the wrong kind is refused with the field and the endings that would do."""
    rule: MediaRule = getattr(DEFAULT_LIMITS, kind)

    with pytest.raises(InvalidMessage, match=" ".join(rule.extensions)) as caught:
        DEFAULT_LIMITS.check(kind, file(name))

    assert caught.value.field == f"{kind}.file"


def test_a_file_without_an_ending_is_told_so() -> None:
    """The provider judges by the ending, so a name without one is refused for that."""
    with pytest.raises(InvalidMessage, match="a PDF without an ending"):
        DEFAULT_LIMITS.check("document", File.of(b"%PDF-1.7 ", "bill"))


def test_an_ending_does_not_hide_the_content() -> None:
    """A file that is called .jpg and holds a PDF is no image."""
    disguised = File(name="photo.jpg", type=PDF, size=9, data=b"%PDF-1.7 ")

    with pytest.raises(InvalidMessage, match="a PDF"):
        DEFAULT_LIMITS.check("image", disguised)


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_limit_is_the_last_size_that_passes(kind: str, file: MakeFile) -> None:
    """At the limit it passes; one byte over it is refused with field, limit and actual size."""
    name = {"image": "a.png", "document": "a.pdf", "video": "a.mp4", "audio": "a.mp3"}[kind]
    megabytes = {"image": 5, "document": 100, "video": 16, "audio": 16}[kind]
    limit = megabytes * 1024 * 1024

    DEFAULT_LIMITS.check(kind, attrs.evolve(file(name), size=limit))
    with pytest.raises(InvalidMessage) as caught:
        DEFAULT_LIMITS.check(kind, attrs.evolve(file(name), size=limit + 1))

    assert (caught.value.field, caught.value.limit, caught.value.actual) == (f"{kind}.file", limit, limit + 1)

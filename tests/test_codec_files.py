"""Local files named by a document: read below the allowed folder, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from wamsg import Card, Image, Template
from wamsg.codec import content_from_dict, content_to_dict
from wamsg.errors import InvalidMessage

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20
BUTTONS = {"type": "buttons", "body": "x", "buttons": [{"id": "1", "title": "Yes"}]}
TEMPLATE = {"type": "template", "name": "n", "language": "en"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The allowed folder, with a picture in it and one beside it."""
    inside = tmp_path / "allowed"
    (inside / "deep").mkdir(parents=True)
    (inside / "a.png").write_bytes(PNG)
    (inside / "deep" / "b.png").write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(PNG)
    (tmp_path / "allowed-too").mkdir()
    (tmp_path / "allowed-too" / "c.png").write_bytes(PNG)
    return inside


@pytest.mark.parametrize("path", ["a.png", "./a.png", "deep/b.png", "deep/../a.png", "../allowed/a.png"])
def test_a_file_below_the_folder_is_read(folder: Path, path: str) -> None:
    """However its way there is written."""
    content = content_from_dict({"type": "image", "file": path}, files=folder)

    assert isinstance(content, Image)
    assert content.file is not None
    assert content.file.path in {folder / "a.png", folder / "deep" / "b.png"}


def test_an_absolute_path_below_the_folder_is_read_and_comes_back(folder: Path) -> None:
    """What is written names the path, and can be read again."""
    content = Image(file=folder / "a.png")

    assert content == content_from_dict(content_to_dict(content), files=folder)


def test_files_in_headers_and_cards_are_read_too(folder: Path) -> None:
    """Wherever media may stand."""
    content = Template(
        name="n", language="en", header=Image(file=folder / "a.png"), cards=(Card(header=Image(file=folder / "a.png")),)
    )

    assert content == content_from_dict(content_to_dict(content), files=folder)


def _climb(_folder: Path) -> str:
    return "../secret.png"


def _absolute(folder: Path) -> str:
    return str(folder.parent / "secret.png")


def _namesake(_folder: Path) -> str:
    return "../allowed-too/c.png"


def _linked_file(folder: Path) -> str:
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    return "link.png"


def _linked_folder(folder: Path) -> str:
    (folder / "way").symlink_to(folder.parent)
    return "way/secret.png"


def _through_a_link_and_back(folder: Path) -> str:
    (folder / "way").symlink_to(folder.parent / "allowed-too")
    return "way/../secret.png"


@pytest.mark.parametrize(
    "lead_out", [_climb, _absolute, _namesake, _linked_file, _linked_folder, _through_a_link_and_back]
)
@pytest.mark.parametrize("place", ["content", "header", "card"])
def test_a_file_outside_the_folder_is_never_read(folder: Path, lead_out: Callable[[Path], str], place: str) -> None:
    """Upwards, absolute, through links or by a similar name; in whatever holder of media."""
    image = {"type": "image", "file": lead_out(folder)}
    document = {
        "content": image,
        "header": {**BUTTONS, "header": image},
        "card": {**TEMPLATE, "cards": [{"header": image}]},
    }[place]

    with pytest.raises(InvalidMessage, match="must lie below"):
        content_from_dict(document, files=folder)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "deep",
        "missing.png",
        "a.png/b",
        "a\0b.png",
        "\ud800.png",
        "x" * 5000,
        "a/" * 3000,
        "circle.png",
        "pipe.png",
        "~",
        "a.png\n",
    ],
)
def test_a_path_that_names_no_file_is_told(folder: Path, path: str) -> None:
    """A folder, a circle of links, a pipe (not waited for), a zero byte, a path beyond reason."""
    (folder / "circle.png").symlink_to("circle.png")
    os.mkfifo(folder / "pipe.png")
    # Filled and held open, so that code which opens it is seen to do so instead of hanging the tests.
    writer = os.open(folder / "pipe.png", os.O_RDWR)
    os.write(writer, PNG.ljust(20_000))

    with pytest.raises(InvalidMessage) as caught:
        content_from_dict({"type": "image", "file": path}, files=folder)

    os.close(writer)
    assert "message.file" in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("path", ["a.png", "/etc/passwd", ""])
def test_without_a_folder_no_file_is_read(path: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even one in the current directory."""
    monkeypatch.chdir(folder)

    with pytest.raises(InvalidMessage, match="local files are not allowed here"):
        content_from_dict({"type": "image", "file": path})


def test_a_file_that_is_not_what_it_is_called_is_told(folder: Path) -> None:
    """The file's own sentence, with its place in the document."""
    (folder / "a.jpg").write_bytes(PNG)

    with pytest.raises(InvalidMessage, match=r"called .jpg but holds a PNG image.* @ message.file"):
        content_from_dict({"type": "image", "file": "a.jpg"}, files=folder)


def test_bytes_cannot_be_written() -> None:
    """A store holds paths; the sentence says what to do."""
    with pytest.raises(InvalidMessage, match="save them as a file"):
        content_to_dict(Image(file=PNG))

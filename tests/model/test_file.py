"""Local files and bytes, looked at when they are named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg import Document, File, Image
from wamsg.errors import InvalidMessage
from wamsg.model import filetype
from wamsg.model.filetype import HEAD

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.fixture
def png(tmp_path: Path) -> Path:
    path = tmp_path / "photo.PNG"
    path.write_bytes(PNG)
    return path


def test_a_file_is_described_without_being_kept(png: Path) -> None:
    """Name, type, size, time of change and place; the content stays on disk."""
    file = File.at(png)

    assert ("photo.PNG", "png", filetype.PNG, len(PNG)) == (file.name, file.extension, file.type, file.size)
    assert (png, None, png.stat().st_mtime_ns) == (file.path, file.data, file.modified)


def test_a_path_as_text_is_the_same_as_a_path(png: Path) -> None:
    """Both ways of naming it, and media made from it, lead to one value."""
    assert File.at(png) == File.at(str(png)) == Image(file=png).file == Image(file=str(png)).file


@pytest.mark.parametrize("data", [PNG, bytearray(PNG), memoryview(PNG)])
def test_bytes_are_kept_and_named_after_what_they_are(data: bytes | bytearray | memoryview) -> None:
    """A buffer that may change later is copied, so the value stays frozen and hashable."""
    file = File.of(data)

    assert ("file.png", PNG, None, len(PNG)) == (file.name, file.data, file.path, file.size)
    assert isinstance(file.data, bytes)
    assert 1 == len({file, File.of(PNG)})


def test_bytes_take_a_given_name() -> None:
    """The name given is the name sent."""
    assert "scan.png" == File.of(PNG, name="scan.png").name


@pytest.mark.parametrize("name", ["photo", "photo.", ".hidden"])
def test_a_name_without_an_ending_says_nothing_wrong(tmp_path: Path, name: str) -> None:
    """The bytes alone decide, as for a temporary file."""
    (tmp_path / name).write_bytes(PNG)

    assert filetype.PNG is File.at(tmp_path / name).type
    assert filetype.PNG is File.of(PNG, name=name).type


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        pytest.param("photo.jpg", b"%PDF-1.7", r"photo.jpg is called .jpg but holds a PDF", id="a PDF called jpg"),
        pytest.param("photo.jpg", PNG, r"called .jpg but holds a PNG image", id="a PNG called jpg"),
        pytest.param("page.pdf", b"<html>", r"called .pdf but holds plain text", id="a web page called pdf"),
        pytest.param("thing.pdf", b"\x00\x01\x02", r"thing.pdf is of no type", id="unknown bytes"),
        pytest.param("empty.txt", b"", r"empty.txt is empty", id="empty"),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_refused(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    """The same judgement and the same sentence for a path and for bytes."""
    (tmp_path / name).write_bytes(data)

    with pytest.raises(InvalidMessage, match=why) as at_path:
        File.at(tmp_path / name)
    with pytest.raises(InvalidMessage, match=why) as of_bytes:
        File.of(data, name=name)

    assert "file" == at_path.value.field == of_bytes.value.field


def test_empty_bytes_without_a_name_are_refused() -> None:
    """There is nothing to send."""
    with pytest.raises(InvalidMessage, match="the file is empty"):
        Image(file=b"")


def test_a_missing_file_is_an_invalid_message(tmp_path: Path) -> None:
    """The operating system's reason is in the sentence and its error is the cause."""
    with pytest.raises(InvalidMessage, match="No such file") as caught:
        File.at(tmp_path / "missing.png")

    assert isinstance(caught.value.__cause__, FileNotFoundError)


@pytest.mark.parametrize("path", ["", ".", "/", "..", "\0.png", "a\0b.png", "x" * 300 + ".png", "a/" * 3000 + "b.png"])
def test_a_path_that_names_nothing_is_an_invalid_message(path: str) -> None:
    """Empty, a folder, with a zero byte, or too long: never another exception."""
    with pytest.raises(InvalidMessage):
        File.at(path)


@pytest.mark.parametrize("path", [None, 5, b"photo.png", ["photo.png"], object()])
def test_another_type_is_no_path(path: object) -> None:
    """It is said rather than raised from inside."""
    with pytest.raises(InvalidMessage, match="must be a path"):
        File.at(path)  # type: ignore[arg-type]  # the fault under test


@pytest.mark.parametrize("data", [None, 5, "text", [1, 2], object()])
def test_another_type_is_no_data(data: object) -> None:
    """Text has no bytes until somebody says which encoding."""
    with pytest.raises(InvalidMessage, match="must be bytes"):
        File.of(data)  # type: ignore[arg-type]  # the fault under test


@pytest.mark.parametrize("name", ["", " ", "a\nb.png", "a\r.png", "a\0.png", "a\ud800.png", "a\u2028.png", 5])
def test_a_name_that_could_break_a_form_is_refused(name: object) -> None:
    """Line breaks, control characters and what is no Unicode never reach a header."""
    with pytest.raises(InvalidMessage):
        File.of(PNG, name=name)  # type: ignore[arg-type]  # one of them is no text


def test_a_file_with_a_line_break_in_its_name_is_refused(tmp_path: Path) -> None:
    """Such a name is legal on disk and poison in a form."""
    path = tmp_path / "a\nb.png"
    path.write_bytes(PNG)

    with pytest.raises(InvalidMessage, match="line breaks"):
        File.at(path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow Unicode names only")
def test_a_name_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    """Old disks hold names in other encodings, which no JSON can carry."""
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    path.write_bytes(PNG)

    with pytest.raises(InvalidMessage, match="not valid Unicode"):
        File.at(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """Even one that is called like a picture."""
    (tmp_path / "album.png").mkdir()

    with pytest.raises(InvalidMessage, match="is not a file"):
        File.at(tmp_path / "album.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    """Opening a pipe that nobody writes to would hang for ever."""
    os.mkfifo(tmp_path / "pipe.png")
    # Filled and held open, so that code which opens it is seen to do so instead of hanging the tests.
    writer = os.open(tmp_path / "pipe.png", os.O_RDWR)
    os.write(writer, PNG.ljust(4 * HEAD))

    with pytest.raises(InvalidMessage, match="is not a file"):
        File.at(tmp_path / "pipe.png")
    assert PNG == os.read(writer, len(PNG))
    os.close(writer)


@pytest.mark.skipif(sys.platform != "linux", reason="the devices and files under test are Linux's")
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/proc/self/mem"])
def test_what_cannot_be_sent_is_refused(path: str) -> None:
    """A device is no file; a file that cannot be read (even by root) says why."""
    with pytest.raises(InvalidMessage, match=r"is not a file|cannot read"):
        File.at(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_says_so(png: Path) -> None:
    """The reason is the operating system's."""
    png.chmod(0)

    with pytest.raises(InvalidMessage, match="Permission denied"):
        File.at(png)


def test_a_link_is_followed_and_a_circle_of_links_is_refused(tmp_path: Path, png: Path) -> None:
    """The name sent is the link's own."""
    (tmp_path / "link.png").symlink_to(png)
    (tmp_path / "circle.png").symlink_to("circle.png")

    assert "link.png" == File.at(tmp_path / "link.png").name
    with pytest.raises(InvalidMessage, match="cannot read"):
        File.at(tmp_path / "circle.png")


def test_a_huge_file_is_looked_at_without_being_read(tmp_path: Path) -> None:
    """A terabyte (with a hole in it) is judged by its first bytes."""
    path = tmp_path / "huge.pdf"
    with path.open("wb") as stream:
        stream.write(b"%PDF-1.7")
        stream.truncate(2**40)

    assert (2**40, filetype.PDF) == (File.at(path).size, File.at(path).type)


def test_bytes_are_judged_by_their_head_only() -> None:
    """What comes after the first 4 KiB of text does not matter."""
    assert filetype.TXT is File.of(b"a" * HEAD + b"\0", name="long.txt").type


def test_the_content_does_not_show_in_the_repr() -> None:
    """A log line of a message is not the size of its attachment."""
    assert "SECRET" not in repr(Document(file=b"%PDF-SECRET"))


@given(st.binary(max_size=40), st.none() | st.text(max_size=12))
def test_any_bytes_under_any_name_are_a_file_or_an_invalid_message(data: bytes, name: str | None) -> None:
    """There is no third way out, and what comes out has a name that fits one line."""
    try:
        file = File.of(data, name=name)
    except InvalidMessage:
        return

    assert (data, len(data)) == (file.data, file.size)
    assert 1 == len(file.name.splitlines())
    assert not file.extension or filetype.agree(file.type, file.extension)

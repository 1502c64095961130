"""Messages from TOML files: bounded, and every failure a sentence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from wamsg import Image, Text
from wamsg.broadcast.message import read_message
from wamsg.errors import ConfigError, InvalidMessage

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20


def test_a_file_holds_the_message_and_its_options(tmp_path: Path) -> None:
    """As people write it, with or without a byte-order mark."""
    path = tmp_path / "message.toml"
    path.write_bytes(b'\xef\xbb\xbftype = "text"\nbody = "Hi {name}"\n\n[options]\nref1 = "{name}"\n')

    template = read_message(path)

    assert Text(body="Hi Zoë") == template.render(("Zoë",))
    assert {"ref1": "Zoë"} == template.provider_options(("Zoë",))


def test_files_lie_beside_the_message_or_in_the_folder_that_is_given(tmp_path: Path) -> None:
    """A message from a stream has no folder of its own."""
    path = tmp_path / "message.toml"
    path.write_bytes(b'type = "image"\nfile = "a.png"\n')
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "empty").mkdir()

    content = read_message(path).render(())

    assert isinstance(content, Image)
    assert content.file is not None
    with pytest.raises(InvalidMessage, match="cannot read"):
        read_message(path, files=tmp_path / "empty")
    with pytest.raises(InvalidMessage, match="not allowed"):
        read_message(io.BytesIO(path.read_bytes()))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"type = ", "not TOML", id="cut off"),
        pytest.param(b'type = "text"\nbody = "\xff"', "not UTF-8", id="not UTF-8"),
        pytest.param(b"x" * 300_000, "larger than 256 KiB", id="huge"),
        pytest.param(b"a = " + b"[" * 100_000, "nested too deep", id="bottomless"),
        pytest.param(b"a = " + b"9" * 5000, "not TOML", id="a bottomless number"),
        pytest.param(b"a." * 100_000 + b"a = 1", "line 1 has more than 200 dotted", id="a bottomless name"),
        pytest.param(b"[" + b"'a' . " * 40_000 + b"a]", "dotted", id="a bottomless table"),
    ],
)
def test_what_is_no_toml_is_told(data: bytes, why: str) -> None:
    """In moments, however large it would grow."""
    with pytest.raises(ConfigError, match=why) as told:
        read_message(io.BytesIO(data))

    assert "message" == told.value.setting


def test_rows_of_dots_in_a_text_are_no_names() -> None:
    """A dotted line is text like any other."""
    template = read_message(io.BytesIO(b'type = "text"\nbody = "Total ' + b"." * 500 + b'"'))

    assert "Total " + "." * 500 == template.document["body"]


def test_a_path_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Absent, a folder, or no path at all."""
    for path in (tmp_path / "absent.toml", tmp_path, Path("a\0b")):
        with pytest.raises(ConfigError, match="cannot read"):
            read_message(path)

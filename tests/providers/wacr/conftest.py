"""A driver of the sandbox's account, and files of every kind that WhatsApp carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from wamsg.driver import Provider
from wamsg.model import Content, File, Message, PhoneNumber
from wamsg.providers.wacr import provider as wacr
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.settings import resolve

MakeDriver = Callable[..., WacrDriver]
MakeMessage = Callable[..., Message]

HEADS: Mapping[str, bytes] = {
    "jpg": b"\xff\xd8\xff\xe0 jpeg",
    "png": b"\x89PNG\r\n\x1a\n png",
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "gif": b"GIF89a",
    "pdf": b"%PDF-1.7 page",
    "mp4": b"\x00\x00\x00\x18ftypmp42....",
    "mp3": b"ID3\x04 sound",
    "ogg": b"OggS sound",
    "csv": b"name,phone\n",
}


@pytest.fixture
def provider() -> Provider:
    """The record that the entry point names."""
    return wacr


@pytest.fixture
def make_driver() -> MakeDriver:
    """Makes a driver with some settings different from the sandbox's account."""

    def make(**given: object) -> WacrDriver:
        resolved = resolve("wacr", wacr.settings, given={**wacr.example, **given}, environ={})
        return WacrDriver(resolved.values)

    return make


@pytest.fixture
def driver(make_driver: MakeDriver) -> WacrDriver:
    """A driver with the sandbox's token and every default."""
    return make_driver()


@pytest.fixture
def message() -> MakeMessage:
    """Makes a message to one fictional number."""

    def make(content: Content, to: str = "+919812345678", **more: object) -> Message:
        return Message(content=content, to=PhoneNumber.parse(to), **more)  # type: ignore[arg-type]  # as a caller would

    return make


@pytest.fixture
def file() -> Callable[[str], File]:
    """Makes a small file of the type that its name says."""

    def make(name: str) -> File:
        return File.of(HEADS[name.rpartition(".")[2]], name)

    return make

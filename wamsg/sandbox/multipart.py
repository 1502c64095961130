"""``multipart/form-data`` read piece by piece (RFC 7578): files are counted and hashed, never held."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from email.message import Message
from email.utils import collapse_rfc2231_value
from functools import partial

from attrs import frozen

from wamsg.wire import Form, Part, Upload

#: How much of a file is kept for a dialect to look at.
HEAD = 64 * 1024
#: Bounds on what a hostile form may make us hold.
LONGEST_TEXT = 1024 * 1024
LONGEST_HEADER = 16 * 1024
MOST_PARTS = 1000
#: RFC 2046, 5.1.1.
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Malformed(ValueError):
    """This is not a form."""


class TooLarge(ValueError):
    """A part is longer, or parts are more, than we hold."""


@frozen(kw_only=True)
class ReceivedFile:
    """A file that came with a form; its content was not kept."""

    #: Name of the form's field.
    field: str
    #: As the sender called it.
    name: str
    content_type: str
    #: In bytes.
    size: int
    #: Of the content, in hex.
    sha256: str


def boundary_of(content_type: str) -> str:
    """The boundary that a ``Content-Type`` header names. Raises `Malformed` if there is none or it is not allowed."""
    boundary = _parameter(_message({"Content-Type": content_type}), "boundary", "Content-Type")
    if boundary is None or not _BOUNDARY.fullmatch(boundary):
        raise Malformed("the Content-Type header names no usable boundary")
    return boundary


class FormReader:
    """Takes a form's bytes in pieces of any size; `close` gives what they held.

    Raises `Malformed` or `TooLarge` from `feed` and `close`.
    """

    def __init__(self, boundary: str) -> None:
        self._mark = b"\r\n--" + boundary.encode()
        # The first mark may stand at the very start; with this it looks like all others.
        self._held = bytearray(b"\r\n")
        self._step: Callable[[], bool] = self._skip_preamble
        self._parts: list[Part] = []
        self._files: list[ReceivedFile] = []
        self._ended = False

    def feed(self, data: bytes) -> None:
        """Take the next piece."""
        if self._ended:
            return
        self._held += data
        while self._step():
            pass

    def close(self) -> tuple[Form, tuple[ReceivedFile, ...]]:
        """The form, with at most `HEAD` bytes of every file, and the facts of its files."""
        if not self._ended:
            raise Malformed("the form ends before its closing boundary")
        return Form(tuple(self._parts)), tuple(self._files)

    # Each step takes what it can from what is held and says whether another step may go on.

    def _skip_preamble(self) -> bool:
        place = self._held.find(self._mark)
        if place < 0:
            self._drop_all_but_a_mark()
            return False
        del self._held[: place + len(self._mark)]
        self._step = self._after_mark
        return True

    def _after_mark(self) -> bool:
        if self._held.startswith(b"--"):
            self._ended = True
            self._held.clear()
            return False
        end = self._held.find(b"\r\n")
        if end < 0:
            if len(self._held) > LONGEST_HEADER:
                raise Malformed("a boundary is followed by neither a line break nor --")
            return False
        if self._held[:end].strip(b" \t"):
            raise Malformed("a boundary is followed by neither a line break nor --")
        # The line break stays: it may be the first half of an empty header block.
        del self._held[:end]
        self._step = self._read_headers
        return True

    def _read_headers(self) -> bool:
        end = self._held.find(b"\r\n\r\n")
        if max(end, len(self._held) if end < 0 else 0) > LONGEST_HEADER:
            raise Malformed("a part's headers are too long")
        if end < 0:
            return False
        if len(self._parts) >= MOST_PARTS:
            raise TooLarge(f"a form of more than {MOST_PARTS} parts")
        part = _new_part(bytes(self._held[2:end]))
        # The blank line's own break stays: where a part is empty it may be the beginning of the next mark.
        del self._held[: end + 2]
        self._step = partial(self._skip_line_break, part)
        return True

    def _skip_line_break(self, part: _Text | _File) -> bool:
        if len(self._held) < len(self._mark):
            return False
        if not self._held.startswith(self._mark):
            del self._held[:2]
        self._step = partial(self._read_content, part)
        return True

    def _read_content(self, part: _Text | _File) -> bool:
        place = self._held.find(self._mark)
        if place < 0:
            part.take(self._held[: max(0, len(self._held) - len(self._mark) + 1)])
            self._drop_all_but_a_mark()
            return False
        part.take(self._held[:place])
        del self._held[: place + len(self._mark)]
        self._finish(part)
        self._step = self._after_mark
        return True

    def _finish(self, part: _Text | _File) -> None:
        self._parts.append(Part(part.name, part.value()))
        if isinstance(part, _File):
            self._files.append(part.facts())

    def _drop_all_but_a_mark(self) -> None:
        del self._held[: max(0, len(self._held) - len(self._mark) + 1)]


class _Text:
    def __init__(self, name: str) -> None:
        self.name = name
        self._held = bytearray()

    def take(self, data: bytearray) -> None:
        self._held += data
        if len(self._held) > LONGEST_TEXT:
            raise TooLarge(f"a text field of more than {LONGEST_TEXT} bytes")

    def value(self) -> str:
        try:
            return self._held.decode()
        except UnicodeDecodeError:
            raise Malformed("a text field is not UTF-8") from None


class _File:
    def __init__(self, name: str, filename: str, content_type: str) -> None:
        self.name = name
        self._filename = filename
        self._content_type = content_type
        self._size = 0
        self._head = bytearray()
        self._hash = hashlib.sha256()

    def take(self, data: bytearray) -> None:
        self._size += len(data)
        self._hash.update(data)
        if len(self._head) < HEAD:
            self._head += data[: HEAD - len(self._head)]

    def value(self) -> Upload:
        return Upload(name=self._filename, content_type=self._content_type, size=self._size, data=bytes(self._head))

    def facts(self) -> ReceivedFile:
        return ReceivedFile(
            field=self.name,
            name=self._filename,
            content_type=self._content_type,
            size=self._size,
            sha256=self._hash.hexdigest(),
        )


def _new_part(block: bytes) -> _Text | _File:
    headers = _message(_lines(block))
    name = _parameter(headers, "name", "Content-Disposition")
    if headers.get_content_disposition() != "form-data" or name is None:
        raise Malformed("a part has no Content-Disposition: form-data with a name")
    filename = _parameter(headers, "filename", "Content-Disposition")
    if filename is None:
        return _Text(name)
    return _File(name, filename, headers.get("Content-Type", "application/octet-stream"))


def _lines(block: bytes) -> dict[str, str]:
    try:
        text = block.decode()
    except UnicodeDecodeError:
        raise Malformed("a part's headers are not UTF-8") from None
    headers: dict[str, str] = {}
    for line in text.split("\r\n") if text else ():
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip() or _CONTROL.search(line):
            raise Malformed("a part's headers are not lines of name and value")
        headers.setdefault(name.lower(), value.strip())
    return headers


def _message(headers: dict[str, str]) -> Message:
    message = Message()
    for name, value in headers.items():
        message[name] = value
    return message


def _parameter(message: Message, name: str, header: str) -> str | None:
    try:
        value = message.get_param(name, header=header)
        return None if value is None else collapse_rfc2231_value(value)
    except ValueError:
        # A character set or a continuation number (RFC 2231) that the standard library stumbles over.
        raise Malformed(f"{header} cannot be read") from None

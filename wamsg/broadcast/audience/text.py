"""Bytes of any length as text in whole lines: little memory, and an encoding that is known rather than guessed."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

from wamsg.broadcast.audience.row import unfit
from wamsg.errors import ConfigError

#: In bytes.
_CHUNK = 1 << 18
#: In bytes: what the encoding is told by.
_HEAD = 1024
#: In characters. The longest line that is read; beyond it the input is something else than a list of people.
LONGEST_LINE = 1 << 20
#: In characters: what is looked at to find out how an input is laid out.
_SAMPLE = 1 << 16
#: UTF-32 first: its little-endian mark starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "compressed"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3\0", "a database"),
)


class Text:
    """The text of ``stream``, whose line ends all become line feeds; ``name`` is what messages call it.

    Raises `wamsg.errors.ConfigError` for what cannot be read, is not of its encoding, or has a line without end.
    """

    def __init__(self, stream: BinaryIO, name: str, encoding: str | None = None) -> None:
        self.name = name
        #: Whether there was a character that no store can keep, in what was read so far.
        self.odd = False
        self._stream = stream
        self._lines = 0
        self._first = self._read_first()
        self._said = encoding is not None
        self._encoding = encoding or _marked(self._first, name)
        self._decoder = codecs.getincrementaldecoder(self._encoding)()
        self._newlines = io.IncrementalNewlineDecoder(None, translate=True)
        self._blocks = self._whole_lines()
        self._ahead: list[str] = []

    def sample(self) -> str:
        """The first lines, some 64,000 characters; they are read again by `blocks`."""
        size = sum(map(len, self._ahead))
        while size < _SAMPLE and (block := next(self._blocks, "")):
            self._ahead.append(block)
            size += len(block)
        sample = "".join(self._ahead)
        if len(sample) <= _SAMPLE:
            return sample
        return sample[: sample.rfind("\n", 0, _SAMPLE) + 1] or sample[:_SAMPLE]

    def blocks(self) -> Iterator[str]:
        """All of it in pieces of whole lines."""
        while self._ahead:
            yield self._ahead.pop(0)
        yield from self._blocks

    def _whole_lines(self) -> Iterator[str]:
        rest = ""
        for text in self._texts():
            whole, newline, rest = (rest + text).rpartition("\n")
            if newline:
                yield self._looked_at(whole + newline)
            if len(rest) > LONGEST_LINE:
                message = f"line {self._lines + 1} of {self.name} has no end; is it a list of recipients?"
                raise ConfigError(message, setting="recipients")
        if rest:
            yield self._looked_at(rest)

    def _looked_at(self, block: str) -> str:
        self._lines += block.count("\n")
        self.odd = self.odd or unfit((block,)) is not None
        return block

    def _texts(self) -> Iterator[str]:
        lines, chunk, started = 0, self._first, False
        self._first = b""
        while True:
            before = self._decoder.getstate()
            try:
                raw = self._decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                self._refuse(error, before, chunk, lines)
            text = self._newlines.decode(raw, final=not chunk)
            lines += text.count("\n")
            # The mark is no character of the text, whoever named the encoding.
            yield text if started else text.removeprefix("\ufeff")
            started = started or bool(text)
            if not chunk:
                return
            chunk = self._read()

    def _refuse(self, error: UnicodeDecodeError, before: tuple[bytes, int], chunk: bytes, lines: int) -> NoReturn:
        # What comes before the wrong byte is read once more, to count its lines.
        self._decoder.setstate(before)
        good = self._decoder.decode(chunk[: max(0, error.start - len(before[0]))])
        line = lines + self._newlines.decode(good).count("\n") + 1
        hint = "pass another" if self._said else "save it as UTF-8 or pass its encoding, such as cp1252"
        raise ConfigError(
            f"line {line} of {self.name} is not {self._encoding.upper()} text; {hint}", setting="encoding"
        ) from None

    def _read_first(self) -> bytes:
        # A pipe may give less than what tells the encoding.
        first = b""
        while len(first) < _HEAD and (chunk := self._read()):
            first += chunk
        return first

    def _read(self) -> bytes:
        try:
            return self._stream.read(_CHUNK)
        except (OSError, ValueError) as error:
            # ValueError: a closed standard input.
            why = getattr(error, "strerror", None) or "it is not a file that can be read"
            raise ConfigError(f"cannot read {self.name}: {why}", setting="recipients") from error


def _marked(first: bytes, name: str) -> str:
    for signature, kind in _SIGNATURES:
        if first.startswith(signature):
            message = f"{name} is {kind}, not text; save the recipients as CSV"
            raise ConfigError(message, setting="recipients")
    found = next((encoding for mark, encoding in _MARKS if first.startswith(mark)), None)
    # Every other byte of UTF-16 is zero as long as it is English; text in UTF-8 has none.
    if found is None and first[:_HEAD].count(0) * 4 > len(first[:_HEAD]):
        message = f"{name} is full of NUL bytes; if it is UTF-16, pass the encoding as utf-16-le or utf-16-be"
        raise ConfigError(message, setting="encoding")
    return found or "utf-8"

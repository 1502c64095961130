"""Who a broadcast is for: one way in for files, streams and Python rows."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

from wamsg.broadcast.audience.csv_table import CsvTable
from wamsg.broadcast.audience.intake import Check, Intake
from wamsg.broadcast.audience.json_lines import JsonLines
from wamsg.broadcast.audience.layout import FOUND, Layout
from wamsg.broadcast.audience.python_rows import PythonRows
from wamsg.broadcast.audience.row import Batch, Source
from wamsg.broadcast.audience.text import Text
from wamsg.errors import ConfigError
from wamsg.model import PhoneNumber
from wamsg.recipients import split

#: One recipient from Python: a number, a number and its values, or values with a phone column.
PythonRow = str | PhoneNumber | tuple[str | PhoneNumber, Mapping[str, Any]] | Mapping[str, Any]
#: A file, an open binary stream, numbers separated by commas, or rows from Python.
AudienceSource = Path | BinaryIO | str | Iterable[PythonRow] | AsyncIterable[PythonRow]

#: Rows in one batch: large enough that a batch costs nothing, small enough that memory stays flat.
BATCH = 10_000
_JSON_LINES = {".jsonl", ".ndjson"}
_JSON_ARRAY = re.compile(r"\s*\[")
_JSON_OBJECT = re.compile(r"\s*\{")


class Audience:
    """The recipients of one input, read once and lazily; made by `open_audience`. A context manager."""

    def __init__(self, source: Source, name: str, layout: Layout, opened: BinaryIO | None = None) -> None:
        #: What messages and reports call it.
        self.name = name
        self._source = source
        self._layout = layout
        self._opened = opened
        self._intake: Intake | None = None

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The columns that exist; None for rows from Python, which tell only when they are read."""
        return self._source.columns

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal over all rows that `batches` has yielded; see `Intake`."""
        if self._intake is None:
            raise RuntimeError("read the batches first: the digest is over what they hold")
        return self._intake.digest

    async def batches(
        self, columns: Sequence[str] = (), *, check: Check | None = None, size: int = BATCH, limit: int | None = None
    ) -> AsyncIterator[Batch]:
        """All rows, or the first ``limit``, up to ``size`` at a time; ``columns`` are those whose values they carry.

        ``check`` says why the values of a row cannot be sent. Raises `wamsg.errors.ConfigError` for a column that does
        not exist, and where the input turns out to be unreadable, with the line.
        """
        if self._intake is not None:
            raise RuntimeError("recipients are read once; open them again")
        self._intake = intake = Intake(columns, without_plus=self._layout.without_plus, check=check)
        self._source.use(columns)
        left = limit
        while left is None or left > 0:
            rows = await self._source.read(size if left is None else min(size, left))
            if not rows:
                break
            left = None if left is None else left - len(rows)
            yield intake.take(rows)

    def close(self) -> None:
        """Close the file, if this opened it."""
        self._source.close()
        if self._opened is not None:
            self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_audience(recipients: AudienceSource, layout: Layout = FOUND, *, name: str | None = None) -> Audience:
    """Find out how ``recipients`` are laid out, reading no more than the beginning.

    Raises `wamsg.errors.ConfigError` whose ``setting`` names the option that decides what is open, and
    `wamsg.errors.InvalidRecipient` for what can hold no recipients.
    """
    if isinstance(recipients, Path):
        return _open_path(recipients, layout, name or str(recipients))
    if isinstance(recipients, io.TextIOBase):
        raise ConfigError("open the recipients as binary: their encoding is found here", setting="recipients")
    if hasattr(recipients, "read"):
        stream = cast("BinaryIO", recipients)
        name = name or "standard input"
        return Audience(_table(Text(stream, name, layout.encoding), layout, ""), name, layout)
    if isinstance(recipients, Mapping):
        raise ConfigError("one mapping is one row; give a list of them", setting="recipients")
    name = name or "rows from Python"
    return Audience(PythonRows(split(cast("Any", recipients)), layout, name), name, layout)


def _open_path(path: Path, layout: Layout, name: str) -> Audience:
    try:
        stream = path.open("rb")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not a path"
        raise ConfigError(f"cannot read {name}: {why}", setting="recipients") from error
    try:
        source = _table(Text(stream, name, layout.encoding), layout, path.suffix.lower())
    except BaseException:
        with suppress(OSError):
            stream.close()
        raise
    return Audience(source, name, layout, stream)


def _table(text: Text, layout: Layout, suffix: str) -> Source:
    if layout.format is not None:
        return JsonLines(text, layout) if layout.format == "jsonl" else CsvTable(text, layout)
    sample = text.sample()
    if suffix in _JSON_LINES or _JSON_OBJECT.match(sample):
        return JsonLines(text, layout)
    if _JSON_ARRAY.match(sample):
        message = f"{text.name} is one JSON array; write one object per line (JSON Lines)"
        raise ConfigError(message, setting="format")
    return CsvTable(text, layout)

"""Recipients as comma-separated values and their kin, read strictly: a wrong row is told, never bent into shape."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import itemgetter

from wamsg.broadcast.audience import guess
from wamsg.broadcast.audience.layout import Layout
from wamsg.broadcast.audience.row import Row, check_columns, is_row, new_row, unfit
from wamsg.broadcast.audience.text import Text
from wamsg.errors import ConfigError

#: In characters: the largest record, with all its quoted lines.
_LARGEST_RECORD = 1 << 18

Pick = Callable[[Sequence[str]], tuple[str, ...]]


class CsvTable:
    """A `Source` that reads ``text``; layout and columns are found at once, from its first rows."""

    def __init__(self, text: Text, layout: Layout) -> None:
        self._text = text
        sample = text.sample()
        self._delimiter = layout.delimiter or guess.find_delimiter(sample, text.name)
        rows = guess.read_sample(sample, self._delimiter)
        if not rows:
            raise ConfigError(f"there is no recipient in {text.name}: it is empty", setting="recipients")
        self._header = guess.find_header(rows[0], layout, text.name)
        self.columns: tuple[str, ...] = _names(rows[0], text.name) if self._header else _numbered(len(rows[0]))
        self._phone = guess.find_phone_column(self.columns, rows[self._header :], layout, text.name)
        self._pick: Pick = _picker(())
        #: The line on which the record before ended.
        self._end = 0
        self._reader = csv.reader(
            chain.from_iterable(map(io.StringIO, self._blocks())),
            delimiter=self._delimiter,
            skipinitialspace=True,
            strict=True,
        )

    def use(self, columns: Sequence[str]) -> None:
        """Whose values the rows shall carry."""
        check_columns(columns, self.columns, self._text.name)
        self._pick = _picker([self.columns.index(column) for column in columns])

    async def read(self, count: int) -> list[Row]:
        """The next rows; off the event loop, as a disk or a pipe may be slow."""
        return await asyncio.to_thread(self.take, count)

    def take(self, count: int) -> list[Row]:
        """The next rows, up to ``count``."""
        rows: list[Row] = []
        try:
            for row in self._rows():
                rows.append(row)
                if len(rows) == count:
                    break
        except csv.Error as error:
            raise self._explain(error) from error
        return rows

    def close(self) -> None:
        """Nothing of its own."""

    def _rows(self) -> Iterator[Row]:
        reader, text, pick = self._reader, self._text, self._pick
        width, phone = len(self.columns), self._phone
        for cells in reader:
            line, self._end = self._end + 1, reader.line_num
            if len(cells) == width and not text.odd and not self._header and (width > 1 or cells[0].strip()):
                yield new_row((line, cells[phone], pick(cells), None))
            elif unusual := self._unusual(line, cells):
                yield unusual

    def _unusual(self, line: int, cells: list[str]) -> Row | None:
        """The row for cells that need a closer look; None for what is no row."""
        if not is_row(cells):
            return None
        if self._header:
            self._header = False
            return None
        if len(cells) != len(self.columns):
            problem = f"this row has {_count(len(cells), 'cell')}, but there are {_count(len(self.columns), 'column')}"
            return Row(line, self._delimiter.join(cells), (), problem)
        if why := unfit(cells):
            return Row(line, cells[self._phone], (), f"this row {why}")
        return Row(line, cells[self._phone], self._pick(cells))

    def _blocks(self) -> Iterator[str]:
        end, size = -1, 0
        for block in self._text.blocks():
            if self._end != end:
                end, size = self._end, 0
            elif size > _LARGEST_RECORD:
                raise self._too_large()
            size += len(block)
            yield block

    def _explain(self, error: csv.Error) -> ConfigError:
        line = self._end + 1
        where = f"the record that starts at line {line} of {self._text.name}"
        # The library has no classes for its errors, only these words.
        if "unexpected end" in str(error):
            return ConfigError(f"{where}: its quote is never closed; is the file cut off?", setting="recipients")
        if "field limit" in str(error):
            return self._too_large()
        message = f'{where}: a quoted cell must end where its quote ends; write "" for a quote inside it'
        return ConfigError(message, setting="recipients")

    def _too_large(self) -> ConfigError:
        message = f"the record that starts at line {self._end + 1} of {self._text.name} has no end; is a quote open?"
        return ConfigError(message, setting="recipients")


def _names(cells: Sequence[str], name: str) -> tuple[str, ...]:
    names = tuple(cell.strip() or f"column_{place}" for place, cell in enumerate(cells, 1))
    for column in names:
        if names.count(column) > 1:
            message = f"the header of {name} names {column[:40]!r} twice; every column needs a name of its own"
            raise ConfigError(message, setting="header")
    return names


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column_{place}" for place in range(1, width + 1))


def _picker(places: Sequence[int]) -> Pick:
    if not places:
        return lambda _: ()
    if len(places) == 1:
        only = places[0]
        return lambda cells: (cells[only].strip(),)
    several = itemgetter(*places)
    return lambda cells: tuple(map(str.strip, several(cells)))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

"""All files from one pass."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broadcast.report.double import NINE, Shelf, broadcast, lively
from wamsg.broadcast.report import Wanted, unguarded, write_report
from wamsg.errors import ConfigError, LedgerUnusable
from wamsg.ledger import Delivery


class Once:
    """Lines that can be read one time only, and may end in an error."""

    def __init__(self, lines: list[Delivery], *, breaks: bool = False) -> None:
        self._lines = iter(lines)
        self._breaks = breaks

    def __iter__(self) -> Iterator[Delivery]:
        yield from self._lines
        if self._breaks:
            raise LedgerUnusable("the file is torn")


def _wanted(folder: Path) -> Wanted:
    return Wanted(page=folder / "report.html", table=folder / "fates.csv", lines=folder / "fates.jsonl")


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_page_table_and_lines_say_the_same(tmp_path: Path) -> None:
    """One pass writes all three; every line of the input is in each export once, in its order."""
    lines = lively(500)
    wanted = _wanted(tmp_path)

    summary = await write_report(Shelf(what=broadcast(rows=500), lines=Once(lines)), 7, wanted, ledger="x", now=NINE)

    assert wanted.page
    assert wanted.table
    assert wanted.lines
    with wanted.table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    objects = [json.loads(text) for text in wanted.lines.read_text().splitlines()]
    for name in ("phone", "fate", "message_id", "kind", "detail", "sent_at", "status"):
        assert [unguarded(row[name]) for row in rows] == [each[name] or "" for each in objects]
    assert [line.line for line in lines] == [each["line"] for each in objects]
    assert f"{summary.counts.rows} lines = {summary.counts.invalid} invalid" in wanted.page.read_text()
    assert [0o600] * 3 == [path.stat().st_mode & 0o777 for path in (wanted.page, wanted.table, wanted.lines)]


async def test_a_report_replaces_the_one_before(tmp_path: Path) -> None:
    """All of its files are known again, also one without a line."""
    for rows in (0, 3, 2):
        shelf = Shelf(what=broadcast(rows=rows), lines=lively(rows))
        await write_report(shelf, 7, _wanted(tmp_path), ledger="x", now=NINE)

    assert 2 == len((tmp_path / "fates.jsonl").read_text().splitlines())
    assert 3 == len(_names(tmp_path))


async def test_a_ledger_that_breaks_in_the_middle_leaves_no_file(tmp_path: Path) -> None:
    """Neither a part nor a report that looks whole."""
    shelf = Shelf(what=broadcast(rows=500), lines=Once(lively(50), breaks=True))

    with pytest.raises(LedgerUnusable, match="the file is torn"):
        await write_report(shelf, 7, _wanted(tmp_path), ledger="x", now=NINE)

    assert [] == _names(tmp_path)


async def test_a_wrong_place_is_found_before_the_ledger_is_read(tmp_path: Path) -> None:
    """Nobody waits for a million lines to hear of it, and the other files are not touched."""
    (tmp_path / "report.html").write_text("my own page")
    shelf = Shelf(what=broadcast(rows=1), lines=Once([], breaks=True))

    with pytest.raises(ConfigError, match="is no such report") as caught:
        await write_report(shelf, 7, _wanted(tmp_path), ledger="x", now=NINE)

    assert "html" == caught.value.setting
    assert ["report.html"] == _names(tmp_path)


async def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    """The second would replace the first."""
    wanted = Wanted(table=tmp_path / "x", lines=tmp_path / ".." / tmp_path.name / "x")

    with pytest.raises(ConfigError, match="are the same one") as caught:
        await write_report(Shelf(what=broadcast(rows=0)), 7, wanted, ledger="x", now=NINE)

    assert "jsonl" == caught.value.setting


async def test_without_files_it_is_a_summary(tmp_path: Path) -> None:
    """For a terminal."""
    summary = await write_report(Shelf(what=broadcast(rows=9), lines=lively(9)), 7, Wanted(), ledger="x", now=NINE)

    assert 9 == summary.counts.rows
    assert [] == _names(tmp_path)

"""CSV that is safe to open and reads back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.broadcast.report.double import NINE, accepted, refused, rejected
from wamsg.broadcast.report import Table, guarded, row_of, unguarded
from wamsg.broadcast.report.row import NAMES
from wamsg.broadcast.report.table import header
from wamsg.ledger import Delivery, Fate

#: Half of a surrogate pair cannot be in a file of text; what opens a formula is made frequent.
cells = st.text(
    st.one_of(st.sampled_from("'=+-@\t\r\n\",;\uff1d"), st.characters(exclude_categories=["Cs"])), max_size=12
)


@given(st.one_of(cells, st.text("'=+a", max_size=4)))
@example("'=1")
def test_a_guarded_cell_is_no_formula_and_reads_back(cell: str) -> None:
    """No cell begins with a sign that a spreadsheet runs, and `unguarded` is the exact way back."""
    safe = guarded(cell)

    assert safe[:1] not in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
    assert cell == unguarded(safe)


@pytest.mark.parametrize("cell", ["", "'t Hart", "Anna", " =1", "1-2", "''"])
def test_what_is_no_formula_is_left_alone(cell: str) -> None:
    """Names keep their spelling."""
    assert cell == guarded(cell)


@given(
    st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=5), st.lists(cells, unique=True, max_size=3)
)
def test_every_row_reads_back_through_the_csv_module(told: list[tuple[str, str, str, str]], columns: list[str]) -> None:
    """Quotes, separators, line breaks and formulas in any column; one record a line of the input, in order."""
    lines = [
        rejected(seq, kind=kind, code=code, detail=detail, values=(value,) * len(columns))
        for seq, (kind, code, detail, value) in enumerate(told)
    ]
    file = io.StringIO(newline="")

    table = Table(file, columns)
    for line in lines:
        table.add(row_of(line), line.values)

    rows = list(csv.reader(io.StringIO(file.getvalue(), newline=""), strict=True))
    assert header(columns) == [unguarded(name) for name in rows[0]]
    for line, row in zip(lines, rows[1:], strict=True):
        read = dict(zip(rows[0], map(unguarded, row), strict=True))
        assert (str(line.line), f"+{line.address}", "rejected") == (read["line"], read["phone"], read["fate"])
        assert (line.kind, line.code, line.detail) == (read["kind"], read["code"], read["detail"])
        assert list(line.values) == [unguarded(cell) for cell in row[len(NAMES) :]]


def _written(line: Delivery, columns: tuple[str, ...] = (), *, byte_order_mark: bool = False) -> str:
    file = io.StringIO(newline="")
    Table(file, columns, byte_order_mark=byte_order_mark).add(row_of(line), line.values)
    return file.getvalue()


def test_a_row_says_it_all() -> None:
    """The columns are a promise to other programs: their names, their order, their form."""
    line = accepted(0, status="read", status_at=NINE + 60, values=("Ann", "=cmd()"), not_before=NINE - 5)

    text = _written(line, ("first_name", "code"))

    assert text == (
        "line,phone,fate,status,message_id,kind,code,http_status,detail,attempts,"
        "sent_at,done_at,not_before,status_at,first_line,first_name,input.code\r\n"
        "2,'+919812340000,accepted,read,wamid.00000000,,,,,1,"
        "2026-10-01T09:00:00.000Z,2026-10-01T09:00:00.200Z,2026-10-01T08:59:55.000Z,2026-10-01T09:01:00.000Z,"
        ",Ann,'=cmd()\r\n"
    )


def test_a_line_that_is_no_delivery_has_its_row_too() -> None:
    """With what stood there, why it was refused, the line that came first, and as many cells as any other."""
    text = _written(refused(4, Fate.DUPLICATE, detail="stood in line 2", first_line=2, given="@98123"), ("a", "b"))

    row = text.split("\r\n")[1]
    assert "6,'@98123,duplicate,,,,,,stood in line 2,0,,,,,2,," == row


def test_excel_can_be_told_that_it_is_utf_8() -> None:
    """By the mark that it looks for; without it there is none."""
    assert _written(accepted(0), byte_order_mark=True).startswith("\ufeffline,phone,")
    assert _written(accepted(0)).startswith("line,phone,")


@given(st.lists(st.sampled_from([*NAMES, "input.line", "input.input.line", "name"]), unique=True))
def test_no_two_columns_have_one_name(columns: list[str]) -> None:
    """A column of the input may be called like one of ours."""
    names = header(columns)

    assert len(NAMES) + len(columns) == len(names) == len(set(names))

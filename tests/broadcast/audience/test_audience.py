"""From files, streams and Python rows to recipients: every line a fate, and nothing guessed silently."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wamsg import PhoneNumber
from wamsg.broadcast.audience import AudienceSource, Batch, Check, Layout, open_audience
from wamsg.errors import ConfigError, InvalidRecipient, WamsgError
from wamsg.ledger import Fate, Recipient, Refused

ASHA, RAVI = 919812340001, 447700900102
PLAIN = Layout()


def read(
    source: AudienceSource | bytes,
    columns: Sequence[str] = (),
    layout: Layout = PLAIN,
    *,
    check: Check | None = None,
    size: int = 10_000,
    limit: int | None = None,
) -> tuple[list[Recipient], list[Refused], str]:
    """All recipients, all refusals and the digest."""

    async def gather() -> tuple[list[Recipient], list[Refused], str]:
        given = io.BytesIO(source) if isinstance(source, bytes) else source
        with open_audience(given, layout) as audience:
            batches = [batch async for batch in audience.batches(columns, check=check, size=size, limit=limit)]
            return _all(batches, 0), _all(batches, 1), audience.digest

    return asyncio.run(gather())


def _all(batches: list[Batch], which: int) -> list[Any]:
    return [one for batch in batches for one in batch[which]]


def test_a_table_becomes_recipients_with_their_values() -> None:
    """Place, line, number and the wanted columns in the wanted order."""
    data = b"name,phone,order\nAsha,+919812340001,A1\n Ravi ,+44 7700 900102,B2\n"

    recipients, refused, _ = read(data, ("order", "name"))

    assert [Recipient(0, 2, ASHA, ("A1", "Asha")), Recipient(1, 3, RAVI, ("B2", "Ravi"))] == recipients
    assert [] == refused


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        pytest.param("+919812340001\n+447700900102\n", PLAIN, id="one number per line"),
        pytest.param("+919812340001\r\n\r\n+447700900102", PLAIN, id="network lines, an empty one, no last end"),
        pytest.param("+919812340001\r+447700900102\r", PLAIN, id="lines of old Macintoshes"),
        pytest.param("phone;name\n+919812340001;A\n+447700900102;B\n", PLAIN, id="semicolons"),
        pytest.param("name\tMobile No.\nA\t+919812340001\nB\t+447700900102\n", PLAIN, id="tabs"),
        pytest.param("a|WhatsApp Number|c\n1|+919812340001|\n2|+447700900102|\n", PLAIN, id="pipes"),
        pytest.param("phone;name\n+919812340001;Doe, J\n+447700900102;Roe, R\n", PLAIN, id="commas in values"),
        pytest.param("Téléphone,x\n+919812340001,1\n+447700900102,2\n", PLAIN, id="an accent"),
        pytest.param("Asha,+919812340001\nRavi,+447700900102\n", PLAIN, id="no header, column by its values"),
        pytest.param("a,b\nAsha,+919812340001\nRavi,+447700900102\n", Layout(header=True), id="header by word"),
        pytest.param("to,phone\nx,+919812340001\ny,+447700900102\n", Layout(phone_column="phone"), id="column by word"),
        pytest.param("x,y\n1,+919812340001\n2,+447700900102\n", Layout(phone_column="y"), id="named, so a header"),
        pytest.param("Asha,+919812340001\nRavi,+447700900102", Layout(phone_column="column_2"), id="column by place"),
        pytest.param('"phone", "n"\n"+919812340001", "a, b"\n"+447700900102", "c"\n', PLAIN, id="quotes"),
        pytest.param("phone\n919812340001\n447700900102\n", Layout(without_plus=True), id="without plus"),
        pytest.param("phone\n+919812340001\n44 7700 900102\n", Layout(without_plus=True), id="some with plus"),
        pytest.param("phone\n919812340001\n00447700900102\n", Layout(without_plus=True), id="00"),
        pytest.param('phone\n="+919812340001"\n"=""+447700900102"""\n', PLAIN, id="formulas"),
        pytest.param(
            "phone\n'+919812340001\n\u00a0+44\u00a07700\u00a0900102\u00a0\n", PLAIN, id="apostrophe, hard spaces"
        ),
        pytest.param('{"phone": "+919812340001"}\n\n{"phone": "+447700900102"}', PLAIN, id="JSON Lines"),
        pytest.param('{"phone": 919812340001}\n{"phone": 447700900102}', Layout(without_plus=True), id="JSON numbers"),
        pytest.param('{"x": 1, "y": "+919812340001"}\n{"y": "+447700900102", "x": 2}', PLAIN, id="JSON by values"),
    ],
)
def test_usual_inputs_are_understood(text: str, layout: Layout) -> None:
    """Whatever separates columns, ends lines and names the numbers."""
    recipients, refused, _ = read(text.encode(), layout=layout)

    assert [ASHA, RAVI] == [one.address for one in recipients]
    assert [] == refused


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        *[(name, None) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-32")],
        *[(name, name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1")],
        ("utf-8-sig", "UTF8"),
    ],
)
def test_encodings_are_found_or_given(encoding: str, said: str | None) -> None:
    """A byte-order mark is no part of the first name, whoever named the encoding."""
    data = "phone,name\n+919812340001,Zoë\n".encode(encoding)

    recipients, _, _ = read(data, ("name",), Layout(encoding=said))

    assert [Recipient(0, 2, ASHA, ("Zoë",))] == recipients


def test_a_mark_before_a_given_encoding_is_skipped() -> None:
    """UTF-16 in a named byte order may start with its mark all the same."""
    data = b"\xfe\xff" + "phone\n+919812340001\n".encode("utf-16-be")

    recipients, _, _ = read(data, layout=Layout(encoding="utf-16-be"))

    assert [ASHA] == [one.address for one in recipients]


@pytest.mark.parametrize(
    ("data", "layout", "setting", "why"),
    [
        pytest.param(b"", PLAIN, "recipients", "empty", id="empty"),
        pytest.param(b"\n \n\n", PLAIN, "recipients", "empty", id="empty lines"),
        pytest.param(b"\xef\xbb\xbf", PLAIN, "recipients", "empty", id="only a mark"),
        pytest.param(b"phone,n\n+919812340001,Zo\xeb\n", PLAIN, "encoding", "line 2 .* cp1252", id="cp1252"),
        pytest.param(b"phone\n\r\n\r\n\xff\n", PLAIN, "encoding", "line 4 ", id="wrong after network lines"),
        pytest.param(b"phone\n+919812340001\n\xc3", PLAIN, "encoding", "line 3 ", id="cut off in a character"),
        pytest.param(b"\xff\xfea\x00\n\x00b", PLAIN, "encoding", "line 2 ", id="UTF-16 cut off"),
        pytest.param("phone\n+91".encode("utf-16-le"), PLAIN, "encoding", "utf-16-le", id="UTF-16 without a mark"),
        pytest.param(b"PK\x03\x04rest", PLAIN, "recipients", "Excel", id="a workbook"),
        pytest.param(
            b"phone,name\n", Layout(encoding="ascii", phone_column="x"), "phone_column", "'name'", id="no such"
        ),
        pytest.param(b"phone,mobile\n1,2\n", PLAIN, "phone_column", "'phone', 'mobile'", id="two names"),
        pytest.param(b"a,b\n1,2\n", Layout(header=True), "phone_column", "needs its [+]", id="no numbers"),
        pytest.param(b"+919812340001,+447700900102\n", PLAIN, "phone_column", "several columns", id="two columns"),
        pytest.param(b"a,b\n+919812340001,x\n", PLAIN, "header", "whether the first line", id="maybe a header"),
        pytest.param(b"n/a\n+919812340001\n", PLAIN, "header", "whether the first line", id="maybe a broken number"),
        pytest.param(b"phone,a,a\n", PLAIN, "header", "twice", id="a name twice"),
        pytest.param(b"phone,a;b\n", PLAIN, "delimiter", "comma or semicolon", id="two delimiters"),
        pytest.param(b'[{"phone": "+919812340001"}]', PLAIN, "format", "one object per line", id="a JSON array"),
        pytest.param(b"[1]\n[2]\n", Layout(format="jsonl"), "recipients", "one JSON object", id="no JSON objects"),
        pytest.param(b'phone,n\n+919812340001,"a\n', PLAIN, "recipients", "line 2 .* never closed", id="a quote open"),
        pytest.param(b'phone\n"+919812340001"x\n', PLAIN, "recipients", "line 2 ", id="text behind a quote"),
        pytest.param(b"phone\n" + b"1" * 3_000_000, PLAIN, "recipients", "line 2 .* no end", id="a line without end"),
        pytest.param(b"phone\n" + b"1" * 200_000, PLAIN, "recipients", "line 2 .* no end", id="a huge cell"),
        pytest.param(b'phone,n\n+1,"' + b"x\n" * 300_000, PLAIN, "recipients", "line 2 ", id="a huge quoted cell"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_change(data: bytes, layout: Layout, setting: str, why: str) -> None:
    """The sentence names line or columns; the setting is the option that decides."""
    with pytest.raises(ConfigError, match=why) as told:
        read(data, ("n",) if b"n" in data.split(b"\n")[0] and b",n\n" in data else (), layout)

    assert setting == told.value.setting


def test_a_record_without_end_is_told_even_if_the_programs_limit_is_lifted() -> None:
    """Many programs lift the csv module's limit; memory stays bounded all the same."""
    before = csv.field_size_limit(2**31 - 1)
    try:
        with pytest.raises(ConfigError, match=r"line 2 .* no end"):
            read(b'phone,n\n+1,"' + b"x\n" * 3_000_000)
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        pytest.param("+919812340001", "1 cell, but there are 2 columns", id="a cell is missing"),
        pytest.param("+919812340001,A,", "3 cells", id="a cell too many"),
        pytest.param("Doe, John,+919812340001", "3 cells", id="a comma without quotes"),
        pytest.param(",A", "empty", id="no number"),
        pytest.param("9812340001,A", "country code is missing", id="no country code"),
        pytest.param("n/a,A", "something other", id="no number at all"),
        pytest.param("9.19812E+11,A", "spreadsheet has rounded", id="a rounded number"),
        pytest.param('"9,19812E+11",A', "spreadsheet has rounded", id="rounded, with a comma"),
        pytest.param("+919812340001.0,A", "decimal fraction", id="a decimal fraction"),
        pytest.param("+919812340001\0,A", "NUL", id="a NUL character"),
        pytest.param("+919812340001,A\0", "NUL", id="a NUL in a value"),
        pytest.param("+91" + "9" * 100 + ",A", "too long", id="too long"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_and_no_other_is(row: str, why: str) -> None:
    """Its neighbours are read as they stand, and what stood there is kept, cut."""
    data = f"phone,name\n+447700900102,R\n{row}\n+12025550103,S\n".encode()

    recipients, (refused,), _ = read(data, ("name",))

    assert [Recipient(0, 2, RAVI, ("R",)), Recipient(2, 4, 12025550103, ("S",))] == recipients
    assert (1, 3, Fate.INVALID) == (refused.seq, refused.line, refused.fate)
    assert why in refused.why
    assert len(refused.given) <= 64
    assert "\0" not in refused.given


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param("{", "not JSON", id="cut off"),
        pytest.param("[1]", "must be a JSON object", id="an array"),
        pytest.param('"+919812340001"', "must be a JSON object", id="text"),
        pytest.param("919812340001", "must be a JSON object", id="a number"),
        pytest.param("null", "must be a JSON object", id="null"),
        pytest.param('{"phone": true, "name": "A"}', "phone must be text", id="true"),
        pytest.param('{"phone": ["+919812340001"]}', "phone must be text", id="a list"),
        pytest.param('{"name": "A"}', "empty", id="no number"),
        pytest.param('{"phone": 919812340001}', "country code is missing", id="a number without plus"),
        pytest.param('{"phone": 9.1e11}', "decimal fraction", id="a fraction"),
        pytest.param('{"phone": 1e300}', "rounded", id="a huge fraction"),
        pytest.param('{"phone": ' + "9" * 400 + "}", "must be text", id="a huge number"),
        pytest.param('{"phone": ' + "9" * 5000 + "}", "not JSON that can be read", id="a bottomless number"),
        pytest.param('{"phone": "+919812340001", "name": {}}', "name must be text or a number", id="a table"),
        pytest.param('{"phone": "+919812340001", "name": NaN}', "NaN is no number", id="NaN"),
        pytest.param('{"phone": "+919812340001", "phone": "+447700900102"}', "twice", id="a name twice"),
        pytest.param('{"phone": "+919812340001", "name": "\\ud800"}', "not valid Unicode", id="half a pair"),
        pytest.param('{"phone": "+919812340001", "name": "\\u0000"}', "NUL", id="a NUL character"),
        pytest.param('{"phone": "\\ud800"}', "not valid Unicode", id="half a pair for a number"),
        pytest.param('{"phone": ' + "[" * 100_000 + "}", "not JSON", id="bottomless"),
    ],
)
def test_a_wrong_line_of_json_is_refused_with_its_line(line: str, why: str) -> None:
    """And the lines around it are read."""
    data = f'{{"phone": "+447700900102", "name": 5}}\n{line}\n\n{{"phone": "+12025550103", "name": null}}\n'.encode()

    recipients, (refused,), _ = read(data, ("name",))

    assert [Recipient(0, 1, RAVI, ("5",)), Recipient(2, 4, 12025550103, ("",))] == recipients
    assert (1, 2) == (refused.seq, refused.line)
    assert why in refused.why


@pytest.mark.parametrize(
    "source", [b"phone,name\n+1,2\n", b'{"phone": "x", "name": "y"}', [{"phone": "+919812340001", "name": "y"}]]
)
def test_a_column_that_does_not_exist_is_told_with_those_that_do(source: Any) -> None:
    """Whatever the input is written in."""
    with pytest.raises(ConfigError, match=r"'first_name'.*'phone', 'name'"):
        read(source, ("first_name",))


def test_rows_from_python_are_numbers_pairs_or_mappings() -> None:
    """Their line is their place plus one; what is none of these is refused with its type."""
    rows = [
        "+91 98123 40001",
        PhoneNumber("+447700900102"),
        ("+12025550103", {"name": "C"}),
        (PhoneNumber("+12025550104"), {"name": 4}),
        {"to": "+12025550105", "name": None},
        {"to": PhoneNumber("+12025550106"), "name": "F"},
        b"+12025550107",
        ("+12025550108", "x"),
        None,
        {"to": "+12025550109", "name": []},
    ]

    recipients, refused, _ = read(iter(rows), ("name",))  # type: ignore[arg-type]  # wrong rows are the point

    addresses = [ASHA, RAVI, 12025550103, 12025550104, 12025550105, 12025550106]
    assert addresses == [one.address for one in recipients]
    assert [("",), ("",), ("C",), ("4",), ("",), ("F",)] == [one.values for one in recipients]
    assert [7, 8, 9, 10] == [one.line for one in refused]
    for one, why in zip(refused, ("bytes", "tuple", "NoneType", "name must be text"), strict=True):
        assert why in one.why


def test_a_mapping_after_many_numbers_has_no_known_phone_column() -> None:
    """It is refused rather than guessed at."""
    recipients, (refused,), _ = read(["+919812340001", {"phone": "+447700900102"}], size=1)

    assert [ASHA] == [one.address for one in recipients]
    assert "phone column is not known" in refused.why


def test_an_async_source_is_asked_for_no_more_than_is_wanted() -> None:
    """With a limit, the rows behind it stay where they are."""
    asked: list[int] = []

    async def source() -> AsyncIterator[str]:
        for place in range(100):
            asked.append(place)
            yield f"+1202555{place:04}"

    recipients, _, _ = read(source(), size=3, limit=7)

    assert list(range(7)) == asked == [one.seq for one in recipients]


def test_numbers_separated_by_commas_are_recipients() -> None:
    """As everywhere else in the library."""
    recipients, _, _ = read("+919812340001, +447700900102,")

    assert [(1, ASHA), (2, RAVI)] == [(one.line, one.address) for one in recipients]


@pytest.mark.parametrize("wrong", [5, None, b"+919812340001", {"phone": "+919812340001"}, io.StringIO("+1"), ""])
def test_what_can_hold_no_recipients_is_refused_at_once(wrong: Any) -> None:
    """With a sentence, before anything is read."""
    with pytest.raises((ConfigError, InvalidRecipient)):
        open_audience(wrong)


def test_a_path_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Absent, a folder, or no path at all."""
    for path in (tmp_path / "absent.csv", tmp_path, Path("a\0b")):
        with pytest.raises(ConfigError, match="cannot read"):
            open_audience(path)


def test_a_file_is_closed_whatever_happens(tmp_path: Path) -> None:
    """Also if its layout cannot be told; a stream of the caller stays open."""
    path = tmp_path / "list.jsonl"
    path.write_bytes(b"[]\n")
    with pytest.raises(ConfigError):
        open_audience(path)
    path.write_bytes(b'{"phone": "+919812340001"}\n')
    stream = io.BytesIO(path.read_bytes())
    with open_audience(path), open_audience(stream):
        pass

    assert not stream.closed


@pytest.mark.parametrize("wrong", [{"format": "xml"}, {"delimiter": "::"}, {"encoding": "zip"}, {"encoding": "nope\0"}])
def test_a_wrong_layout_is_told(wrong: dict[str, str]) -> None:
    """At once, with the field that is wrong."""
    with pytest.raises(ConfigError) as told:
        Layout(**wrong)  # type: ignore[arg-type]  # all of them take text

    assert next(iter(wrong)) == told.value.setting


def test_the_check_of_values_refuses_rows() -> None:
    """Its sentence is the reason, and only rows with a good number are asked about."""
    asked: list[tuple[str, ...]] = []

    def check(values: tuple[str, ...]) -> str | None:
        asked.append(values)
        return None if values[0] else "name is empty"

    data = b"phone,name\n+919812340001,\nx,A\n+447700900102,B\n"
    recipients, refused, _ = read(data, ("name",), check=check)

    assert [RAVI] == [one.address for one in recipients]
    assert ["name is empty", refused[1].why] == [one.why for one in refused]
    assert [("",), ("B",)] == asked


def test_an_audience_is_read_once() -> None:
    """A second reading would find nothing and say that nobody is there."""

    async def twice() -> None:
        audience = open_audience(["+919812340001"])
        with pytest.raises(RuntimeError):
            _ = audience.digest
        assert 1 == len([batch async for batch in audience.batches()])
        with pytest.raises(RuntimeError):
            await anext(audience.batches())

    asyncio.run(twice())


# -- properties

_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12) | st.sampled_from(
    ["a\nb", 'say "hi"', "x,y;z", "'", '="1"', " ", "\u2028", "\ufeff"]
)
_NUMBERS = st.sampled_from(["+919812340001", "+44 7700 900102", "12025550103", "n/a", "", "+1\n2"])


def _write(rows: list[tuple[str, str]], delimiter: str, end: str, gaps: list[int]) -> tuple[str, list[int]]:
    """A naive writer: every cell quoted, empty lines between; and the line on which each row starts."""
    text, lines = f"phone{delimiter}name{end}", []
    for row, gap in zip(rows, gaps, strict=False):
        text += end * gap
        lines.append(text.count(end) + 1)
        cells = ['"' + cell.replace('"', '""').replace("\n", end) + '"' for cell in row]
        text += delimiter.join(cells) + end
    return text, lines


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(_NUMBERS, _CELLS), max_size=8),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    gaps=st.lists(st.integers(0, 2), min_size=8, max_size=8),
    size=st.integers(1, 9),
)
def test_every_row_of_any_table_has_one_fate_and_its_line(
    rows: list[tuple[str, str]], delimiter: str, end: str, encoding: str, gaps: list[int], size: int
) -> None:
    """As it was written, so it is read: values, order, lines; and the digest is that of the same rows from Python."""
    text, lines = _write(rows, delimiter, end, gaps)

    layout = Layout(delimiter=delimiter, header=True, phone_column="phone")
    recipients, refused, digest = read(text.encode(encoding), ("name",), layout, size=size)

    fates: list[Recipient | Refused] = sorted([*recipients, *refused], key=lambda one: one.seq)
    assert list(range(len(rows))) == [one.seq for one in fates]
    assert lines == [one.line for one in fates]
    for (phone, name), fate in zip(rows, fates, strict=True):
        if isinstance(fate, Recipient):
            assert PhoneNumber.parse(phone).e164 == f"+{fate.address}"
            assert (name.strip(),) == fate.values
        else:
            with pytest.raises(InvalidRecipient):
                PhoneNumber.parse(phone)
            assert phone[:64] == fate.given
    if rows:
        python = [{"phone": phone, "name": name} for phone, name in rows]
        assert read(python, ("name",), layout)[2] == digest
        lined = "\n".join(json.dumps(row) for row in python).encode()
        assert read(lined, ("name",), layout)[2] == digest


@settings(deadline=None)
@given(st.lists(st.tuples(_NUMBERS, _CELLS, _CELLS), min_size=1, max_size=5), st.data())
def test_the_digest_shows_any_change_of_what_matters(rows: list[tuple[str, str, str]], data: st.DataObject) -> None:
    """A number, a value, the order, the columns in use; and nothing else."""
    other = data.draw(st.permutations(rows) | st.lists(st.tuples(_NUMBERS, _CELLS, _CELLS), min_size=1, max_size=5))

    def fates(listed: list[tuple[str, str, str]]) -> tuple[list[Any], str]:
        python = [{"phone": phone, "a": a, "b": b} for phone, a, b in listed]
        recipients, refused, digest = read(python, ("a",), Layout(phone_column="phone"))
        bad = [(one.seq, one.given, listed[one.seq][1].strip()) for one in refused]
        return [[(one.seq, one.address, one.values) for one in recipients], bad], digest

    (mine, my_digest), (theirs, their_digest) = fates(rows), fates(other)

    assert (mine == theirs) == (my_digest == their_digest)


def test_the_digest_knows_the_columns_and_is_sha_256() -> None:
    """The same values under another name are other values."""
    same = [{"phone": "+919812340001", "a": "x", "b": "x"}]

    digests = {read(same, columns)[2] for columns in [(), ("a",), ("b",), ("a", "b"), ("b", "a")]}

    assert 5 == len(digests)
    assert hashlib.sha256(b"0\0+919812340001\0").hexdigest() == read(same)[2]


class Dripping(io.RawIOBase):
    """A stream that gives a few bytes at a time, as pipes do."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data = io.BytesIO(data)
        self._sizes: Iterator[int] = iter(sizes)

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, next(self._sizes, size)))


@settings(deadline=None)
@given(
    st.binary(max_size=60)
    | st.text(max_size=30).map(str.encode)
    | st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]).map("phone,n\r\n+919812340001,é\r\n".encode),
    st.lists(st.integers(1, 7), max_size=30),
    st.sampled_from([None, "utf-8", "utf-16-le", "cp1252"]),
)
def test_any_bytes_in_any_pieces_give_rows_or_a_sentence(data: bytes, sizes: list[int], encoding: str | None) -> None:
    """Never another error, and never another reading because of how the bytes came."""

    def outcome(stream: Any) -> Any:
        try:
            return read(stream, layout=Layout(encoding=encoding))
        except WamsgError as error:
            return str(error)

    assert outcome(io.BytesIO(data)) == outcome(Dripping(data, sizes))


def _endless() -> BinaryIO:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"+919812340001\n" * (size // 14)

    return Endless()  # type: ignore[return-value]  # as good as one for reading


def test_an_endless_stream_is_read_as_far_as_is_wanted() -> None:
    """Nothing waits for its end."""
    recipients, _, _ = read(_endless(), limit=25_000)

    assert 25_000 == len(recipients)


def test_a_wrong_byte_behind_a_character_that_was_cut_has_its_line() -> None:
    """The half that came with the piece before is not counted twice."""
    data = b"phone\n" + b"\n" * 1017 + b"\xc3" + b"\xa9\n\xff\n"

    with pytest.raises(ConfigError, match=r"line 1020 "):
        read(Dripping(data, [1024, 3]), layout=Layout(header=True))  # type: ignore[arg-type]  # good enough for reading


def test_a_mark_inside_the_text_is_a_character_of_it() -> None:
    """Only the first one is skipped, wherever the pieces end."""
    head = b"phone,name\n+919812340001,"
    data = head + b"a" * (1024 - len(head)) + "\ufeffb\n".encode()

    ((_, _, _, (name,)),), _, _ = read(Dripping(data, [1024]), ("name",))  # type: ignore[arg-type]  # as above

    assert name.endswith("a\ufeffb")

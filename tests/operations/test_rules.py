"""What an argument may be: good values reach the wire as documented, bad ones are named and not repeated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Literal

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from wamsg.errors import InvalidMessage
from wamsg.model import File, PhoneNumber
from wamsg.operations import (
    KEEP,
    Attachment,
    Choice,
    Document,
    Flag,
    Items,
    Link,
    Moment,
    Phone,
    Record,
    Rule,
    Text,
    Whole,
    Words,
    rule_of,
)
from wamsg.wire import Upload

PNG = File.of(b"\x89PNG\r\n\x1a\n png", "a.png")
INDIA = timezone(timedelta(hours=5, minutes=30))


@frozen(kw_only=True)
class Card:
    title: Annotated[str, Text(5)]
    note: str | None = None


GOOD: list[tuple[Rule, object, object]] = [
    (Text(3), "abc", "abc"),
    (Text(lines=True), "a\nb", "a\nb"),
    (Text(pattern="[a-z]+"), "abc", "abc"),
    (Whole(), 1, 1),
    (Whole(0, 9), 0, 0),
    (Flag(), False, False),
    (Choice(("a", "b")), "b", "b"),
    (Moment(), datetime(2026, 1, 31, 9, tzinfo=INDIA), "2026-01-31T09:00:00+05:30"),
    (Moment(), "2026-01-31T09:00:00Z", "2026-01-31T09:00:00+00:00"),
    (Phone(), "00 91 98123-40001", "+919812340001"),
    (Phone(), PhoneNumber.parse("+12025550101"), "+12025550101"),
    (Link(), "https://a.example/b?c=d", "https://a.example/b?c=d"),
    (Items(Whole(), least=0), (), []),
    (Items(Whole()), (1, 2), [1, 2]),
    (Record(Card), Card(title="abc"), {"title": "abc"}),
    (Words("a", "b"), "a,b", "a,b"),
    (Words("a", "b", signed=True), ["-b", "a"], "-b,a"),
    (Document(), {"a": [1, None, {"b": 1.5}], "c": ""}, {"a": [1, None, {"b": 1.5}], "c": ""}),
]
_ODD_TEXTS: tuple[object, ...] = ("", "  ", "abcd", 5, None, b"abc", "a\nb", "\ud83d")
_ODD_NUMBERS: tuple[object, ...] = (0, 10, True, 1.0, "1", None, 10**400)
_ODD_CARDS: tuple[object, ...] = ({}, None, Card(title="abcdef"))
_ODD_DOCUMENTS: tuple[object, ...] = ([], "{}", None, {1: 2}, {"a": float("nan")}, {"a": b"x"}, {"": 1})
BAD: list[tuple[Rule, object]] = [
    *((Text(3), value) for value in _ODD_TEXTS),
    (Text(least=3), "ab"),
    (Text(pattern="[a-z]+"), "abc1"),
    *((Whole(1, 9), value) for value in (0, 10, True, 1.0, "1", None, 10**400)),
    *((Flag(), value) for value in (0, 1, "true", None)),
    *((Choice(("a", "b")), value) for value in ("c", "", "A", 1, None, ["a"])),
    *((Moment(), value) for value in (datetime(2026, 1, 31), "2026-01-31", "soon", 0, None)),  # noqa: DTZ001 -- no zone
    *((Phone(), value) for value in ("98123 40001", "", "+9", 919812340001, None, "x" * 100_000)),
    *((Link(), value) for value in ("ftp://a.example", "a.example", "https://", "https://a.example/ b", None)),
    (Link(20), "https://a.example/abcdef"),
    *((Items(Whole()), value) for value in ((), "12", b"12", 3, None, {"a": 1}, [0])),
    (Items(Whole(), most=1), [1, 2]),
    *((Record(Card), value) for value in _ODD_CARDS),
    *((Words("a", "b"), value) for value in ("c", "", "-a", "a, b", [], 5, None, [5], "a,,b")),
    *((Document(), value) for value in _ODD_DOCUMENTS),
    *((Attachment(4, ("image/png",)), value) for value in (PNG, b"png", "a.png", None)),
    (Attachment(types=("application/pdf",)), PNG),
]


@pytest.mark.parametrize(("rule", "value", "expected"), GOOD, ids=str)
def test_a_good_value_goes_out_as_documented(rule: Rule, value: object, expected: object) -> None:
    """What a rule gives is JSON, and what it says of itself is not empty."""
    assert expected == rule.check("thing", value)
    json.dumps(rule.check("thing", value))
    assert rule.says


@pytest.mark.parametrize(("rule", "value"), BAD, ids=lambda value: repr(value)[:60])
def test_a_bad_value_is_named(rule: Rule, value: object) -> None:
    """The error carries the argument's name, and for what is inside of it the way there."""
    with pytest.raises(InvalidMessage) as caught:
        rule.check("thing", value)

    assert str(caught.value.field).startswith("thing")
    assert len(str(caught.value)) < 300


def test_a_file_becomes_a_part_of_a_form() -> None:
    """With its own name and type."""
    part = Attachment(100, ("image/png",)).check("file", PNG)

    assert isinstance(part, Upload)
    assert ("a.png", "image/png", PNG.size) == (part.name, part.content_type, part.size)


def test_depth_is_bounded() -> None:
    """A document nested without end is an error, and no stack overflow."""
    deep: dict[str, Any] = {}
    for _ in range(10_000):
        deep = {"a": deep}
    with pytest.raises(InvalidMessage, match="nested"):
        Document().check("thing", deep)


@given(st.text())
def test_text_is_taken_as_it_is_or_refused(text: str) -> None:
    """Nothing is trimmed or mended on the way."""
    try:
        found = Text(lines=True).check("thing", text)
    except InvalidMessage:
        assert not text.strip() or any("\ud800" <= character <= "\udfff" for character in text)
    else:
        assert text == found


@pytest.mark.parametrize(
    ("hint", "rule"),
    [
        (str, Text()),
        (str | None, Text()),
        (int, Whole()),
        (bool, Flag()),
        (datetime, Moment()),
        (File, Attachment()),
        (str | PhoneNumber, Phone()),
        (Literal["a", "b"] | None, Choice(("a", "b"))),
        (Sequence[int], Items(Whole())),
        (tuple[str, ...], Items(Text())),
        (Sequence[Card], Items(Record(Card))),
        (dict[str, object], Document()),
        (Annotated[str, Text(5), "help"] | None | type(KEEP), Text(5)),
        (Annotated[int | None, Whole(1, 2)], Whole(1, 2)),
        (Sequence[Annotated[str, Text(5)]], Items(Text(5))),
    ],
    ids=str,
)
def test_an_annotation_stands_for_a_rule(hint: Any, rule: Rule) -> None:
    """The plain types have one each; a named one goes before."""
    assert rule == rule_of(hint)


@pytest.mark.parametrize("hint", [object, float, int | str, set[int], UTC.__class__], ids=str)
def test_an_annotation_without_a_rule_is_told(hint: Any) -> None:
    """When the operation is first looked at, not when someone sends."""
    with pytest.raises(TypeError, match="needs a rule"):
        rule_of(hint)

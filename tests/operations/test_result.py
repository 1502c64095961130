"""Reading answers: nothing is lost, nothing hostile gets further than an `Unfit`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from tests.operations.conftest import CONVERTER
from wamsg.operations import Result, Unfit, private


@frozen(kw_only=True)
class Inner(Result):
    id: int


@frozen(kw_only=True)
class Outer(Result):
    id: int
    name: str | None = private()
    share: float | None = None
    good: bool | None = None
    at: datetime | None = None
    inner: Inner | None = None
    many: tuple[Inner, ...] | None = None
    ids: tuple[int, ...] = ()
    table: Mapping[str, Inner] | None = None
    free: Mapping[str, object] | None = None


NAMES = ("id", "name", "share", "good", "at", "inner", "many", "ids", "table", "free", "extra", "other")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=6),
    max_leaves=20,
)


def read(document: object) -> Outer:
    found: Outer = CONVERTER.structure(document, Outer)
    return found


@given(JSON)
def test_any_json_is_read_or_unfit(document: Any) -> None:
    """Whatever a server says becomes a value of the declared types, in which every field's data can be found again."""
    try:
        found = read(document)
    except Unfit:
        return

    assert type(found.id) is int
    for name in NAMES:
        value = getattr(found, name, None)
        if document.get(name) is not None and name != "extra":
            assert name in found.extra or value is not None
    assert {key: repr(value) for key, value in document.items() if key not in NAMES} == {
        key: repr(value) for key, value in found.extra.items() if key not in NAMES
    }
    hash(found) if not found.free and not found.table else None


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("id", "12", 12),
        ("id", -5, -5),
        ("name", 12, "12"),
        ("share", 5, 5.0),
        ("share", "12.50", 12.5),
        ("good", 1, True),
        ("good", 0, False),
        ("at", "2026-01-31T09:00:00.000000Z", datetime(2026, 1, 31, 9, tzinfo=UTC)),
        ("ids", ["1", 2], (1, 2)),
        ("table", [], {}),
        ("table", {"a": {"id": 1}}, {"a": Inner(id=1)}),
        ("free", {"a": [1]}, {"a": [1]}),
        ("many", [{"id": 1, "x": 2}], (Inner(id=1, extra={"x": 2}),)),
    ],
)
def test_a_value_is_read_where_nothing_is_lost_by_it(name: str, given: object, expected: object) -> None:
    """Numbers as text, flags as numbers and the empty object as a list are what PHP services write."""
    found = read({"id": 1, name: given})

    assert expected == getattr(found, name)
    assert not found.extra


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("name", {}),
        ("name", True),
        ("share", "a lot"),
        ("share", 10**400),
        ("good", "true"),
        ("good", 2),
        ("at", "2026-01-31 09:00:00"),
        ("at", 5),
        ("inner", []),
        ("inner", {"id": None}),
        ("many", {"0": {"id": 1}}),
        ("many", [{"id": 1}, {}]),
        ("many", "ab"),
        ("ids", "12"),
        ("ids", [1, None]),
        ("table", {"a": 1}),
        ("free", "x"),
    ],
)
def test_a_value_of_another_type_is_kept_in_extra(name: str, given: object) -> None:
    """The field stays empty, so that its type is true."""
    found = read({"id": 1, name: given})

    assert not getattr(found, name)
    assert {name: given} == found.extra


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (None, "the answer is not an object"),
        ([], "the answer is not an object"),
        ({}, "id is not a whole number"),
        ({"id": True}, "id is not a whole number"),
        ({"id": "7; drop"}, "id is not a whole number"),
        ({"id": "9" * 5000}, "id is not a whole number"),
        ({"id": 1.5}, "id is not a whole number"),
    ],
)
def test_what_must_be_there_is_named(document: object, where: str) -> None:
    """Without the value, which may be a secret."""
    with pytest.raises(Unfit, match=f"^{where}$"):
        read(document)


def test_the_way_to_the_fault_is_told() -> None:
    """Through lists and tables."""
    with pytest.raises(Unfit, match=r"^\[1\]\.id is not"):
        CONVERTER.structure([{"id": 1}, {}], tuple[Inner, ...])
    with pytest.raises(Unfit, match=r"^a\.id is not"):
        CONVERTER.structure({"a": {}}, Mapping[str, Inner])  # type: ignore[type-abstract]  # as in an annotation


def test_a_repr_shows_nobody() -> None:
    """What is private, and what is extra and could be, is left out."""
    found = read(json.loads('{"id": 1, "name": "Asha", "phone": "+919812340001"}'))

    assert ("Asha", "+919812340001") == (found.name, found.extra["phone"])
    assert not any(word in repr(found) for word in ("Asha", "98123"))

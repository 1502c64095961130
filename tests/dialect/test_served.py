"""Declared operations from the other side: found by address, read by their own rules, refused with what is wrong."""

# mypy: disable-error-code="empty-body"
# ruff: noqa: A002 -- provider's names

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import pytest
from attrs import evolve, frozen
from cattrs import Converter
from hypothesis import given
from hypothesis import strategies as st

from wamsg.dialect import Memory, Table
from wamsg.dialect.allowance import Allowance
from wamsg.dialect.served import Call, Handler, Served, fields_of, window
from wamsg.model import File, PhoneNumber
from wamsg.operations import (
    KEEP,
    At,
    Attachment,
    Declaration,
    Done,
    Keep,
    Numbered,
    Page,
    Place,
    Resource,
    Service,
    Surface,
    Text,
    Whole,
    Words,
    declarations_of,
    listing,
    make,
    operation,
    teach,
)
from wamsg.wire import Form, Part, Request, Response, Upload

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


@frozen(kw_only=True)
class Item:
    """One of a batch."""

    title: Annotated[str, Text(5)]
    count: int | None = None


class Things(Resource):
    """Every form that an argument can take."""

    @operation("things.create", "POST", "/{sid}/things", fixed={"product": "x"})
    async def create(
        self,
        *,
        name: Annotated[str, Text(10)],
        kind: Literal["a", "b"] = "a",
        count: Annotated[int | None, Whole(1, 9)] = None,
        on: bool | None = None,
        when: datetime | None = None,
        phone: PhoneNumber | None = None,
        items: Sequence[Item] | None = None,
        data: Mapping[str, object] | None = None,
    ) -> Done:
        """Make one."""

    @operation("things.update", "PATCH", "/{sid}/things/{id}")
    async def update(self, id: int, *, name: str | Keep = KEEP, email: str | Keep | None = KEEP) -> Done:
        """Change one."""

    @operation("things.delete", "DELETE", "/{sid}/things/{id}")
    async def delete(self, id: int, *, force: Annotated[bool | None, At(Place.QUERY)] = None) -> Done:
        """Delete one."""

    @operation("things.delete_batch", "DELETE", "/{sid}/things/batch")
    async def delete_batch(self, ids: Sequence[int]) -> Done:
        """Delete several."""

    @operation("things.upload", "POST", "/{sid}/files", form=True)
    async def upload(self, file: Annotated[File, Attachment(100, ("image/png",))], *, public: bool = False) -> Done:
        """Upload one."""

    @listing("things.list", "/{sid}/things", paging=Numbered(page="page", size="per_page"))
    def list(
        self,
        *,
        include: Annotated[str | None, Words("x", "y")] = None,
        page: int = 1,
        per_page: Annotated[int, Whole(1, 100)] = 25,
    ) -> AsyncIterator[Done]:
        """All of them."""


class Api(Surface):
    provider = "plain"
    things: Things


class Never:
    """These tests read no answers."""

    def payload(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> object:
        raise NotImplementedError

    def page(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> Page[object]:
        raise NotImplementedError

    def unreadable(self, why: str, response: Response, lanes: tuple[str, ...]) -> Exception:
        raise NotImplementedError


CONVERTER = Converter(detailed_validation=False)
teach(CONVERTER)
SERVICE = Service(
    provider="plain",
    base_url="https://api.plain.example/v1",
    headers={},
    lanes=("account:1",),
    places={"sid": "HX1"},
    reader=Never(),
    write=lambda document: json.dumps(document).encode(),
    structure=CONVERTER.structure,
)
BY_NAME = {declaration.name: declaration for declaration in declarations_of(Api)}


def echo(call: Call) -> Response:
    return Response(status=200, body=call.declaration.name.encode())


HANDLERS: dict[str, Handler] = dict.fromkeys(BY_NAME, echo)
SERVED = Served(tuple(BY_NAME.values()), HANDLERS, "/v1")


def call(request: Request) -> Call:
    declaration, places = SERVED.at(request.path)[request.method]
    return SERVED.call(declaration, places, request, serial=7, now=1.0, memory=Memory(), account="one")


def asked(name: str, /, **values: Any) -> Call:
    declaration = BY_NAME[name]
    return call(make(declaration, SERVICE, declaration.bind(**values)).request)


def posted(document: object) -> Call:
    return call(Request(method="POST", url="https://h/v1/s/things", body=json.dumps(document).encode()))


def test_what_a_declaration_makes_is_read_back() -> None:
    """Every kind of argument makes the way there and arrives as what was meant, defaults among them."""
    when = datetime(2026, 1, 31, 9, tzinfo=UTC)
    there = asked(
        "things.create",
        name="n",
        count=3,
        on=True,
        when=when,
        phone=PhoneNumber("+919812340001"),
        items=[Item(title="t"), Item(title="u", count=2)],
        data={"a": [1]},
    )

    assert there.complaints == ()
    assert (there.places, there.serial, there.text("name"), there.text("absent")) == ({"sid": "HX1"}, 7, "n", "")
    assert there.values == {
        "name": "n",
        "kind": "a",
        "count": 3,
        "on": True,
        "when": when.isoformat(),
        "phone": "+919812340001",
        "items": [{"title": "t"}, {"title": "u", "count": 2}],
        "data": {"a": [1]},
    }
    assert SERVED.answer(there).body == b"things.create"


def test_a_query_and_a_form_become_numbers_and_flags() -> None:
    """Everything in them is text."""
    assert asked("things.list", page=2, include="x,y").values == {"page": 2, "per_page": 25, "include": "x,y"}
    assert asked("things.delete", id=4, force=True).values == {"id": 4, "force": True}
    uploaded = asked("things.upload", file=File.of(PNG), public=True)
    assert uploaded.complaints == ()
    assert uploaded.values["public"] is True
    assert isinstance(uploaded.values["file"], Upload)


def test_empty_and_left_alone_are_two_things() -> None:
    """A null where it means "make it empty" arrives as one; what is not named has no value."""
    assert asked("things.update", id=1, email=None).values == {"id": 1, "email": None}
    assert asked("things.update", id=1, name="n").values == {"id": 1, "name": "n"}


def test_the_more_fixed_address_goes_first() -> None:
    """``batch`` is no id; an address that is not served has no methods at all."""
    doors = SERVED.at("/v1/s/things/batch")

    assert doors["DELETE"][0].name == "things.delete_batch"
    assert set(SERVED.at("/v1/s/things")) == {"GET", "POST"}
    assert SERVED.at("/v1/a%2Fb/things/5")["PATCH"][1] == {"sid": "a/b", "id": "5"}
    assert [SERVED.at(path) for path in ("/v1/s/thing", "/s/things", "/v1//things", "", "/v1/s/things/5/6")] == [{}] * 5


@pytest.mark.parametrize(
    ("document", "complaints"),
    [
        ({"product": "x", "name": "n"}, []),
        ({"product": "x"}, [("name", True)]),
        ({"product": "x", "name": None}, [("name", True)]),
        ({"name": "n"}, [("product", True)]),
        ({"product": "y", "name": "n"}, [("product", False)]),
        ([], [("product", True), ("name", True)]),
        ({"product": "x", "name": "n" * 11, "kind": "c"}, [("name", False), ("kind", False)]),
        ({"product": "x", "name": "n", "count": "10"}, [("count", False)]),
        ({"product": "x", "name": "n", "count": True}, [("count", False)]),
        ({"product": "x", "name": "n", "on": "perhaps"}, [("on", False)]),
        ({"product": "x", "name": "n", "on": []}, [("on", False)]),
        ({"product": "x", "name": "n", "items": "t"}, [("items[0]", False)]),
        ({"product": "x", "name": "n", "items": []}, [("items", False)]),
        ({"product": "x", "name": "n", "items": [{"title": "t"}, {"count": 1}]}, [("items[1].title", False)]),
        ({"product": "x", "name": "n", "items": [{"title": "t", "count": 0}]}, [("items[0].count", False)]),
        ({"product": "x", "name": "n", "data": []}, [("data", False)]),
        ({"product": "x", "name": "n", "phone": "12"}, [("phone", False)]),
        ({"product": "x", "name": "n", "when": "2026-01-31"}, [("when", False)]),
    ],
)
def test_whatever_is_missing_or_wrong_is_named(document: object, complaints: list[tuple[str, bool]]) -> None:
    """Each by the provider's name for it, and none of the others."""
    found = posted(document)

    assert [(each.field, each.missing) for each in found.complaints] == complaints
    assert all(each.field.partition("[")[0] in each.says for each in found.complaints)


@pytest.mark.parametrize(
    "part",
    [
        Part("file", "text"),
        Part("file", Upload(name="a.png", content_type="image/png", size=101, data=PNG)),
        Part("file", Upload(name="a.gif", content_type="image/gif", size=9, data=PNG)),
        Part("other", Upload(name="a.png", content_type="image/png", size=9, data=PNG)),
    ],
)
def test_a_file_is_judged_by_its_bounds(part: Part) -> None:
    """By what it is, its size and its type."""
    found = call(Request(method="POST", url="https://h/v1/s/files", body=Form((part,))))

    assert [each.field for each in found.complaints] == ["file"]


@given(body=st.none() | st.binary(max_size=30) | st.sampled_from([b"null", b"[1]", b'{"a": 1}', b'"x"', b"{"]))
def test_any_body_has_fields_or_none(body: bytes | None) -> None:
    """What is no object has none."""
    fields = fields_of(body)

    assert isinstance(fields, Mapping)
    assert fields == ({"a": 1} if body == b'{"a": 1}' else {})


def test_handlers_and_declarations_belong_together() -> None:
    """A handler of nothing is a mistake; a declaration without one is not served."""
    with pytest.raises(TypeError, match=r"things\.none"):
        Served(tuple(BY_NAME.values()), {"things.none": echo})

    assert Served(tuple(BY_NAME.values()), {"things.list": echo}).at("/s/things").keys() == {"GET"}


def test_the_tables_of_a_call_are_its_accounts() -> None:
    """As `Memory.table` gives them."""
    there = posted({"product": "x", "name": "n"})
    there.table("things").put("1", {"name": "n"})
    other = evolve(there, account="two")

    assert there.memory.table("one", "things").rows() == [{"name": "n"}]
    assert len(other.table("things", lambda: {"9": {}}, most=1)) == 1


@given(rows=st.lists(st.integers(), max_size=30), size=st.integers(1, 7))
def test_windows_together_are_the_rows(rows: list[int], size: int) -> None:
    """Each once and in order, and only the last says that there are no more."""
    table: list[Any] = rows
    pages = [window(table, start=start, size=size) for start in range(0, max(len(rows), 1), size)]

    assert [row for page, _ in pages for row in page] == table
    assert [more for _, more in pages] == [True] * (len(pages) - 1) + [False]


@given(gaps=st.lists(st.floats(0, 20), max_size=40))
def test_an_allowance_lets_so_many_through_in_any_stretch(gaps: list[float]) -> None:
    """Three in ten seconds; what is turned away uses up nothing, and the wait is exact."""
    allowance, table, now, passed = Allowance(3, 10.0), Table({}), 1000.0, list[float]()
    for gap in gaps:
        now += gap
        wait = allowance.wait(table, "phone", now)
        recent = [at for at in passed if at > now - 10.0]
        assert (wait == 0.0) == (len(recent) < 3)
        if wait:
            assert wait == recent[0] + 10.0 - now
        else:
            passed.append(now)
    assert allowance.wait(table, "another", now) == 0.0

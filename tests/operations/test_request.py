"""From a declaration to a request and back: every place, every spelling, every page style."""

from __future__ import annotations

import inspect
import json
import pickle
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.operations.conftest import PlainReader
from tests.support.scripted import drain
from wamsg.errors import InvalidMessage, Unanswered
from wamsg.model import File
from wamsg.operations import (
    KEEP,
    At,
    Cursors,
    Done,
    Evidence,
    Items,
    Keep,
    Lane,
    Moment,
    Numbered,
    Offset,
    Page,
    Place,
    Resource,
    Result,
    Service,
    Surface,
    Text,
    Whole,
    declarations_of,
    listing,
    make,
    operation,
    walk,
)
from wamsg.wire import Form, Operation, Priority, Response, Upload

Number = Annotated[int, Whole(0)]


class Things(Resource):
    """Every form that a declaration can take."""

    @listing("things.numbered", "/things", paging=Numbered())
    def numbered(self, *, page: int = 1, per_page: int = 2) -> AsyncIterator[Result]:  # type: ignore[empty-body]  # declared
        """By number."""

    @listing("things.offset", "/things", paging=Offset())
    def offset(self, *, offset: Number = 0, limit: int = 2) -> AsyncIterator[Result]:  # type: ignore[empty-body]  # declared
        """By place."""

    @listing("things.cursors", "/things", paging=Cursors())
    def cursors(self, *, after: str | None = None) -> AsyncIterator[Result]:  # type: ignore[empty-body]  # declared
        """By cursor."""

    @operation("things.get", "GET", "/{sid}/things/{name}", scope="things:read", docs="https://docs.plain.example/get")
    async def get(  # type: ignore[empty-body]  # declared
        self,
        name: str,
        *,
        text: Annotated[str | None, Text(lines=True), "anything"] = None,
        flag: bool | None = None,
        ids: Sequence[int] | None = None,
        at: Annotated[datetime | None, Moment()] = None,
    ) -> Result:
        """One thing.

        And more of it.
        """

    @operation("things.remove", "DELETE", "/things", lanes=(Lane("hourly"), Lane("each", ("number", "name"))))
    async def remove(  # type: ignore[empty-body]  # declared
        self, *, name: Annotated[str, At(Place.QUERY)], kind: Annotated[str | None, At(name="from")] = None
    ) -> Done:
        """With a query and a body."""

    @operation(
        "things.upload",
        "POST",
        "/{number}/media",
        evidence=Evidence.INFERRED,
        note="nobody says",
        fixed={"product": "whatsapp"},
    )
    async def upload(self, file: File, *, size: int | None = None, good: bool = True) -> Result:  # type: ignore[empty-body]  # declared
        """A file in a form."""

    @operation("things.sync", "POST", "/things/sync", repeatable=True)
    async def sync(self) -> tuple[Result, ...]:  # type: ignore[empty-body]  # declared
        """Without anything."""

    @operation("things.change", "PATCH", "/things/{id}")
    async def change(  # type: ignore[empty-body]  # declared
        self,
        id: int,  # noqa: A002 -- as a provider calls it
        *,
        name: str | Keep | None = KEEP,
        ids: Annotated[Sequence[int] | Keep, Items(Whole())] = KEEP,
    ) -> Result:
        """Change one."""


class PlainApi(Surface):
    """All of it."""

    provider = "plain"
    things: Things


class Line:
    """A client that answers from a list, or from a function of what is asked."""

    def __init__(self, service: Service, answers: Any) -> None:
        self.driver = self
        self.service = service
        self.answers = answers
        self.asked: list[str] = []
        self.priorities: list[Priority] = []

    async def call(self, operation: Operation[Any], *, priority: Priority = Priority.INTERACTIVE) -> Any:
        self.asked.append(urlsplit(operation.request.url).query)
        self.priorities.append(priority)
        answer = self.answers(len(self.asked)) if callable(self.answers) else self.answers[len(self.asked) - 1]
        return operation.decode(Response(status=200, body=json.dumps(answer).encode()))


def things(service: Service, answers: Any = ()) -> Things:
    return PlainApi(Line(service, answers)).things


def test_places_are_filled_from_settings_and_arguments(service: Service) -> None:
    """A GET's arguments are its query; it may be repeated and has no body."""
    at = datetime(2026, 1, 31, 9, tzinfo=UTC)
    made = things(service).get.operation("a-1", text="+ &ü\n", flag=False, ids=[1, 2], at=at).request

    assert "https://api.plain.example/v1/HX1/things/a-1" == made.url.partition("?")[0]
    assert (
        "text=%2B%20%26%C3%BC%0A&flag=false&ids=1%2C2&at=2026-01-31T09%3A00%3A00%2B00%3A00" == urlsplit(made.url).query
    )
    assert (("account:1",), True, None, {"X-Key": "fake"}) == (
        made.lanes,
        made.repeatable,
        made.body,
        dict(made.headers),
    )


@given(st.text())
def test_any_text_arrives_as_it_was(text: str) -> None:
    """What a query holds is what was given, to the last character."""
    declaration = Things.get.declaration
    try:
        made = make(declaration, _SERVICE, {"name": "a", "text": text})
    except InvalidMessage:
        return

    assert [("text", text)] == parse_qsl(urlsplit(made.request.url).query, keep_blank_values=True)
    assert made.request.url.isascii()


@given(st.text())
def test_no_text_leaves_its_place_in_the_path(text: str) -> None:
    """A separator, a dot-dot, a percent sign is refused; what is taken is one segment."""
    try:
        made = make(Things.get.declaration, _SERVICE, {"name": text})
    except InvalidMessage:
        return

    assert ["", "v1", "HX1", "things", text] == unquote(urlsplit(made.request.url).path).split("/")


@pytest.mark.parametrize("name", ["a/b", "..", ".", "a?b", "a#b", "a%2Fb", "a\\b", "a b", "é", "a\r\nX: y", ""])
def test_a_path_takes_one_plain_segment(name: str, service: Service) -> None:
    """Nothing else than letters, digits and the three marks that need no escaping."""
    with pytest.raises(InvalidMessage) as caught:
        things(service).get.operation(name)

    assert "name" == caught.value.field


def test_a_deletion_has_a_query_and_a_body(service: Service) -> None:
    """As marked; its lanes are of its account, its settings and its arguments."""
    made = things(service).remove.operation(name="n", kind="k").request

    assert ("DELETE", "name=n", b'{"from": "k"}') == (made.method, urlsplit(made.url).query, made.body)
    assert ("account:1", "hourly:1", "each:1/919812340001/n") == made.lanes
    assert not made.repeatable


def test_a_file_makes_a_form(service: Service) -> None:
    """Texts, numbers and flags beside it are parts, and the content type is the transport's business."""
    made = things(service).upload.operation(File.of(b"\x89PNG\r\n\x1a\n png", "a.png"), size=5).request

    assert isinstance(made.body, Form)
    assert {"product": "whatsapp", "size": "5", "good": "true"} == made.body.texts()
    assert isinstance(made.body["file"], Upload)
    assert "Content-Type" not in made.headers


def test_nothing_to_say_is_no_body(service: Service) -> None:
    """Unless fields could be given: then it is an empty object."""
    assert things(service).sync.operation().request.body is None
    assert b"{}" == things(service).change.operation(1).request.body
    assert b'{"name": null}' == things(service).change.operation(1, name=None).request.body


async def test_a_list_that_is_no_listing_is_read_whole(service: Service) -> None:
    """The result is as annotated; an answer that is not is unreadable, and says where."""
    assert (Result(extra={"a": 1}),) == await things(service, [[{"a": 1}]]).sync()
    with pytest.raises(Unanswered, match=r"things\.sync: \[1\] is not an object"):
        await things(service, [[{}, 5]]).sync()


@pytest.mark.parametrize(
    ("name", "answers", "asked"),
    [
        (
            "numbered",
            [{"items": [{}, {"a": 1}]}, {"items": [{}]}],
            ["page=1&per_page=2", "page=2&per_page=2"],
        ),
        (
            "offset",
            [{"items": [{}, {"a": 1}]}, {"items": [{}], "more": True}, {"items": []}],
            ["offset=0&limit=2", "offset=2&limit=2", "offset=3&limit=2"],
        ),
        ("cursors", [{"items": [{}], "next": "c/1"}, {"items": [{"a": 1}]}], ["", "after=c%2F1"]),
        ("cursors", [{"items": [{}], "next": "c", "more": False}], [""]),
        ("cursors", [{"items": [], "next": "c"}], [""]),
    ],
)
async def test_pages_follow_one_another(name: str, answers: list[Any], asked: list[str], service: Service) -> None:
    """By number, by place and by cursor, to the last item."""
    line = Line(service, answers)
    found = [item async for item in getattr(PlainApi(line, priority=Priority.BULK).things, name)()]

    assert asked == line.asked
    assert sum(len(answer["items"]) for answer in answers) == len(found)
    assert {Priority.BULK} == set(line.priorities)


async def test_a_server_without_an_end_is_left(service: Service) -> None:
    """After so many pages it is an error, however different they are."""
    line = Line(service, lambda number: {"items": [{"number": number}], "more": True})
    declaration, values = Things.numbered.declaration, Things.numbered.declaration.bind()
    found: list[object] = []
    items = walk(line, declaration, service, values, make(declaration, service, values), most=5)
    with pytest.raises(Unanswered, match="no end after 5 pages"):
        await drain(items, found)

    assert 5 == len(found) == len(line.asked)


async def test_one_page_is_an_operation_too(service: Service) -> None:
    """With whatever number is wanted."""
    page = await Line(service, [{"items": [{"a": 1}], "more": True}]).call(things(service).numbered.operation(page=7))

    assert isinstance(page, Page)
    assert ((Result(extra={"a": 1}),), True) == (page.items, page.more)


def test_a_missing_argument_is_told(service: Service) -> None:
    """As by any function in Python, and as an `InvalidMessage` to whoever works from the declaration."""
    with pytest.raises(TypeError, match="name"):
        things(service).get.operation()  # type: ignore[call-arg]  # that it is missing is the point
    with pytest.raises(InvalidMessage, match=r"things\.get needs name"):
        make(Things.get.declaration, service, {})


def test_help_is_complete(service: Service) -> None:
    """Docstring, evidence, scope and page; the signature is the declared one, without self."""
    get, upload = things(service).get, things(service).upload

    assert "One thing." == get.declaration.summary
    assert (
        "One thing.\n\nAnd more of it.\n\nNeeds the scope things:read.\n\nSource: https://docs.plain.example/get"
        == get.__doc__
    )
    assert "A file in a form.\n\nInferred: nobody says." == upload.__doc__ == Things.upload.__doc__
    assert ["name", "text", "flag", "ids", "at"] == list(inspect.signature(get).parameters)
    assert "<plain things.get>" == repr(get)


def test_a_declaration_can_be_read_as_data() -> None:
    """What the command line, the sandbox and the docs go by."""
    found = {declaration.name: declaration for declaration in declarations_of(PlainApi)}

    assert list(found) == [
        f"things.{name}" for name in ("numbered", "offset", "cursors", "get", "remove", "upload", "sync", "change")
    ]
    get, remove = found["things.get"], found["things.remove"]
    assert ("things", "get", ("sid", "name")) == (get.resource, get.verb, get.placeholders)
    text = {argument.name: argument for argument in get.arguments}["text"]
    assert ("anything", Place.QUERY, False, None) == (text.help, text.place, text.required, text.default)
    assert [("name", "name", Place.QUERY), ("kind", "from", Place.BODY)] == [
        (argument.name, argument.wire, argument.place) for argument in remove.arguments
    ]
    assert [True, False, False] == [argument.required for argument in found["things.change"].arguments]
    assert [False, True, False] == [argument.nullable for argument in found["things.change"].arguments]


def test_what_is_inferred_says_from_what() -> None:
    """A declaration without its note is a mistake of whoever writes it."""
    with pytest.raises(TypeError, match="a note must say"):
        operation("things.x", "GET", "/x", evidence=Evidence.INFERRED)(Things.get.declaration.function)


def test_keep_is_one_of_a_kind() -> None:
    """Also after a pickle."""
    assert pickle.loads(pickle.dumps(KEEP)) is KEEP  # noqa: S301 -- our own
    assert "KEEP" == repr(KEEP)


_SERVICE = Service(
    provider="plain",
    base_url="https://api.plain.example/v1",
    headers={},
    lanes=("account:1",),
    places={"sid": "HX1"},
    reader=PlainReader(),
    write=lambda document: json.dumps(document).encode(),
    structure=lambda document, _: document,
)

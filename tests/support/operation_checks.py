"""What must hold of every declared operation, spoken over a socket; a check that finds a fault raises."""

from __future__ import annotations

import asyncio
import email.policy
import json
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any, get_origin
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs
import pytest

from tests.support.answering import MESSAGE, Dialect, Refusal, cut, sprinkled
from tests.support.scripted import Asked, Said, ScriptedServer, drain
from wamsg.cli.operations.shown import document
from wamsg.client import Client
from wamsg.clock import SystemClock
from wamsg.driver import Provider
from wamsg.errors import SendError, Throttled, Unanswered
from wamsg.operations import Declaration, Place, Several, make, text, walk
from wamsg.pipeline import Limiter, RetryPolicy, Scheduler
from wamsg.settings import resolve
from wamsg.testing import ManualClock
from wamsg.testing.examples import answer, arguments
from wamsg.transport.aiohttp import AiohttpTransport
from wamsg.wire import Operation, Priority, Upload

#: A second try follows at once, so that it is seen what is asked twice.
TWICE = RetryPolicy(attempts=2, first_wait=0, longest_wait=0)
_LONGEST_PAUSE = 120.0


@attrs.frozen(kw_only=True)
class Subject:
    """One operation of a provider, and the server that stands in for the provider."""

    provider: Provider
    declaration: Declaration
    dialect: Dialect
    server: ScriptedServer
    #: What the server will say; the last of it again and again.
    script: list[Said]

    def client(self, limiter: Limiter | None = None, *, policy: RetryPolicy = TWICE) -> Client:
        """A client that speaks to the server, from which nobody has asked anything yet."""
        self.server.asked.clear()
        given = {**self.provider.example, "base_url": self.server.url + self.provider.sandbox.base_path}
        settings = resolve(self.provider.name, self.provider.settings, given=given, environ={}).values
        return Client(
            self.provider,
            self.provider.driver(settings),
            AiohttpTransport(timeout=10),
            limiter=limiter,
            policy=policy,
            clock=SystemClock(),
            sources={},
        )

    def will_say(self, *said: Said) -> None:
        self.script[:] = said

    def made(self, client: Client, *, required_only: bool = False) -> Operation[Any]:
        """The operation, with examples of its arguments."""
        values = self.declaration.bind(**arguments(self.declaration, required_only=required_only))
        return make(self.declaration, _service(client), values)

    @property
    def many(self) -> bool:
        return self.declaration.paging is not None or get_origin(self.declaration.result) is tuple

    def required(self) -> set[str]:
        """What must be in the answer."""
        kind = self.declaration.result
        kind = kind.__args__[0] if get_origin(kind) is tuple else kind
        return {item.name for item in attrs.fields(kind) if item.default is attrs.NOTHING}

    def example(self) -> Any:
        """One thing of the kind that the operation tells of."""
        found = answer(self.declaration.result)
        return found[0] if get_origin(self.declaration.result) is tuple else found

    def accepted(self, thing: object) -> Said:
        """The answer that tells of one thing."""
        if self.declaration.paging is not None:
            return Said(document=self.dialect.page([thing], False))
        return Said(document=self.dialect.one([thing] if self.many else thing))

    def only(self, result: Any) -> Any:
        """The one thing that a result tells of."""
        if not self.many:
            return result
        things = result.items if self.declaration.paging is not None else result
        assert len(things) == 1
        return things[0]


def _service(client: Client) -> Any:
    return client.driver.service  # type: ignore[attr-defined]  # a driver with operations has one


async def sends_what_it_says(subject: Subject, *, required_only: bool) -> None:
    """Method, path, query, headers and body hold the arguments where the declaration has them, and nothing else."""
    subject.will_say(subject.accepted(subject.example()))
    async with subject.client() as client:
        await client.call(subject.made(client, required_only=required_only))
        service = _service(client)
    (asked,) = subject.server.asked
    declaration = subject.declaration
    encoded = declaration.encode(declaration.bind(**arguments(declaration, required_only=required_only)))
    placed: dict[Place, dict[str, Any]] = {place: {} for place in Place}
    for name, (argument, wire, value) in encoded.items():
        placed[argument.place][name if argument.place is Place.PATH else wire] = value

    assert declaration.method == asked.method
    places = {**service.places, **{name: text(value) for name, value in placed[Place.PATH].items()}}
    path = urlsplit(service.base_url).path + declaration.path
    assert [piece.format_map(places) for piece in path.split("/")] == [
        unquote(piece) for piece in asked.target.partition("?")[0].split("/")
    ]
    assert [(wire, text(value)) for wire, value in placed[Place.QUERY].items()] == parse_qsl(asked.query)
    assert service.headers.items() <= asked.headers.items()
    _check_body(asked, {**declaration.fixed, **placed[Place.BODY]})


def _check_body(asked: Asked, fields: dict[str, Any]) -> None:
    kind = asked.headers.get("Content-Type", "")
    if kind.startswith("multipart/form-data"):
        flat: dict[str, Any] = {}
        for wire, value in fields.items():
            flat.update(value.fields if isinstance(value, Several) else {wire: value})
        assert {
            name: value.data if isinstance(value, Upload) else text(value).encode() for name, value in flat.items()
        } == (_parts(asked, kind))
    elif fields:
        assert kind == "application/json"
        assert fields == asked.json()
    else:
        assert asked.body in {b"", b"{}"}
        assert asked.method != "GET" or not asked.body


def _parts(asked: Asked, kind: str) -> dict[str, bytes]:
    whole = BytesParser(policy=email.policy.HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + asked.body)
    found = {}
    for part in whole.iter_parts():
        assert isinstance(part, EmailMessage)
        name = part.get_param("name", header="content-disposition")
        found[str(name)] = bytes(part.get_payload(decode=True) or b"")
    return found


async def keeps_everything(subject: Subject) -> None:
    """Every field that is documented is read as it was written, and none that is not is lost, however deep."""
    thing = sprinkled(subject.example())
    subject.will_say(subject.accepted(thing))
    async with subject.client() as client:
        result = await client.call(subject.made(client))

    assert thing == json.loads(json.dumps(document(subject.only(result))))


async def takes_the_least(subject: Subject) -> None:
    """An answer with nothing but what must be there, the rest absent or null, is read; what is not there is None."""
    example = subject.example()
    least = {name: value for name, value in example.items() if name in subject.required()}
    for thing in (least, {**dict.fromkeys(example), **least}):
        subject.will_say(subject.accepted(thing))
        async with subject.client() as client:
            result = await client.call(subject.made(client, required_only=True))
        if thing or not subject.many:
            told = document(subject.only(result))
            # Some results have the envelope's message.
            assert {**least, "message": MESSAGE}.items() >= {
                name: x for name, x in told.items() if x not in (None, [])
            }.items()


async def survives_other_types(subject: Subject) -> None:
    """Fields of another type than documented are kept as they came; where one must be there, nothing can be read."""
    required = subject.required()
    for wrong in ({"of": "another type"}, [[1]], "\ud800"):
        thing = {name: value if name in required else wrong for name, value in subject.example().items()}
        subject.will_say(subject.accepted(thing))
        async with subject.client() as client:
            told = document(subject.only(await client.call(subject.made(client))))
        assert all(_holds(told[name], wrong) for name in thing.keys() - required)
    for name in required:
        subject.will_say(subject.accepted({**subject.example(), name: [[1]]}))
        assert subject.declaration.name in str(await _fails(subject, Unanswered, tries=1))


def _holds(told: object, said: object) -> bool:
    """Whether nothing of what was said is missing from what is told; a result tells of its other fields besides."""
    if isinstance(told, dict) and isinstance(said, dict):
        return said.items() <= told.items()
    return told == said


async def survives_another_shape(subject: Subject) -> None:
    """An acceptance that holds something else altogether is kept as it came, or Unanswered and not asked for again.

    It is never taken for "there is nothing".
    """
    for wrong in ("text", 5, True, [["text"]]):
        subject.will_say(Said(document=subject.dialect.one(wrong)))
        async with subject.client() as client:
            operation = subject.made(client)
            try:
                result = await client.call(operation)
            except Unanswered as error:
                _check_error(error, subject, operation)
            else:
                assert document(subject.only(result))["data"] in (wrong, ["text"])
        assert len(subject.server.asked) == 1


async def survives_a_cut(subject: Subject) -> None:
    """JSON that breaks off is Unanswered, and asked for again only where that does no harm."""
    subject.will_say(cut(subject.accepted(subject.example())))
    await _fails(subject, Unanswered, tries=2 if subject.declaration.repeatable else 1)


async def refuses(subject: Subject, refusal: Refusal) -> None:
    """Each refusal is the error that it means, and what may have been done is not done again."""
    subject.will_say(refusal.says(subject.declaration))
    again = refusal.undone or (refusal.undecided and subject.declaration.repeatable)
    error = await _fails(subject, refusal.error, tries=2 if again else 1)
    named = refusal.names(subject.declaration)
    assert named is None or named in str(error)


async def _fails(subject: Subject, kind: type[SendError], *, tries: int) -> SendError:
    async with subject.client() as client:
        operation = subject.made(client)
        with pytest.raises(SendError) as caught:
            await client.call(operation)
    assert type(caught.value) is kind
    _check_error(caught.value, subject, operation)
    assert len(subject.server.asked) == tries
    return caught.value


def _check_error(error: SendError, subject: Subject, operation: Operation[Any]) -> None:
    assert error.provider == subject.provider.name
    assert error.lanes == operation.request.lanes
    shown = str(error)
    # What the examples call a phone number, and what the provider's settings call a secret.
    assert "98123400" not in shown
    assert not any(
        str(value) in shown for name, value in subject.provider.example.items() if name in {"token", "api_key"}
    )


class Watched(Scheduler):
    """A scheduler that tells when somebody begins to wait."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__({}, clock=clock)
        self.waiting = asyncio.Event()

    async def acquire(self, lanes: tuple[str, ...], priority: Priority = Priority.INTERACTIVE) -> None:
        self.waiting.set()
        await super().acquire(lanes, priority)


async def waits_when_throttled(subject: Subject) -> None:
    """A 429 pauses a lane of the operation; after that it is asked again, whatever it does, for nothing was done."""
    throttled = subject.dialect.refusals["too-many"].says(subject.declaration)
    subject.will_say(throttled, subject.accepted(subject.example()))
    clock = ManualClock()
    limiter = Watched(clock)
    async with subject.client(limiter) as client:
        operation = subject.made(client)
        task = asyncio.create_task(client.call(operation))
        waiting = asyncio.create_task(limiter.waiting.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        assert not task.done()
        assert limiter.paused_for(operation.request.lanes) > 0
        assert len(subject.server.asked) == 1
        await clock.advance(_LONGEST_PAUSE)
        await task
    assert len(subject.server.asked) == 2


async def walks_every_page(subject: Subject) -> None:
    """A listing gives the things of all pages in their order, and ends with the last page."""
    declaration = subject.declaration
    assert declaration.paging is not None
    first, *size = declaration.paging.arguments
    # Pages of one thing, so that neither of them is a short one.
    values = declaration.bind(**{**arguments(declaration), **dict.fromkeys(size, 1)})
    things = [{**subject.example(), "number": number} for number in range(2)]
    pages = [subject.dialect.page([thing], number == 0) for number, thing in enumerate(things)]
    subject.will_say(*(Said(document=page) for page in pages), Said(document=subject.dialect.page([], False)))
    async with subject.client() as client:
        operation = make(declaration, _service(client), values)
        found = [item async for item in walk(client, declaration, _service(client), values, operation)]

    assert [item.extra["number"] for item in found] == [0, 1]
    wire = next(item.wire for item in declaration.arguments if item.name == first)
    starts = [dict(parse_qsl(asked.query)).get(wire) for asked in subject.server.asked]
    assert len(set(starts)) == len(starts) >= 2


async def ends_a_walk_that_fails(subject: Subject) -> None:
    """What breaks on the second page is an error after the things of the first."""
    declaration = subject.declaration
    assert declaration.paging is not None
    values = declaration.bind(**{**arguments(declaration), **dict.fromkeys(declaration.paging.arguments[1:], 1)})
    subject.will_say(
        Said(document=subject.dialect.page([subject.example()], True)),
        subject.dialect.refusals["credentials"].says(declaration),
    )
    found: list[Any] = []
    async with subject.client() as client:
        operation = make(declaration, _service(client), values)
        with pytest.raises(SendError):
            await drain(walk(client, declaration, _service(client), values, operation), found)
    assert len(found) == 1


async def says_so_when_impatient(subject: Subject) -> None:
    """Whoever does not want to wait is told that it was refused for being too fast, and nothing is asked twice."""
    subject.will_say(subject.dialect.refusals["too-many"].says(subject.declaration))
    async with subject.client(policy=RetryPolicy(attempts=1, deadline=0)) as client:
        with pytest.raises(Throttled):
            await client.call(subject.made(client))
    assert len(subject.server.asked) == 1

"""The checks of `test_every_operation` find faults: each of these declarations has one, and a check that tells."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from itertools import count
from typing import Annotated, Any

import pytest
from attrs import evolve, frozen

from tests.support import operation_checks as checks
from tests.support.answering import DIALECTS
from tests.support.scripted import Asked, Said, ScriptedServer
from wamsg import registry
from wamsg.client import Client
from wamsg.operations import Declaration, Numbered, Resource, Result, Service, listing, operation
from wamsg.operations.surface import Declared
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.wire import Operation, Response

WACR = registry.load("wacr")
_NUMBERS = count()


@frozen(kw_only=True)
class Thing(Result):
    """A result with a field of a type that nobody can read, and one that must be there."""

    id: int
    tags: set[int] | None = None


@frozen(kw_only=True)
class Plain(Result):
    id: int
    name: str | None = None


@frozen
class Tagged:
    """A rule that gives something else each time."""

    says = "text"
    example = "example"

    def check(self, name: str, value: object) -> object:
        return f"{value}{next(_NUMBERS)}"


class Broken(Resource):
    """One fault each."""

    @operation("broken.path", "GET", "/things/{thing_id}")
    async def path(self, id: int) -> Plain:  # type: ignore[empty-body]  # noqa: A002 -- declared
        """The path names what is no argument."""

    @operation("broken.result", "GET", "/things")
    async def result(self) -> Thing:  # type: ignore[empty-body]  # declared
        """A field cannot be read."""

    @operation("broken.body", "POST", "/things")
    async def body(self, name: Annotated[str, Tagged()]) -> Plain:  # type: ignore[empty-body]  # declared
        """What is sent is not what was given."""

    @listing("broken.pages", "/things", paging=Numbered(page="seite"))
    def pages(self, *, page: int = 1, per_page: int = 100) -> AsyncIterator[Plain]:  # type: ignore[empty-body]  # declared
        """The argument that tells the page has another name."""

    @operation("broken.sound", "GET", "/things")
    async def sound(self, *, search: str | None = None) -> Plain:  # type: ignore[empty-body]  # declared
        """Nothing is wrong with it but what the tests below do to it."""


def declaration(name: str) -> Declaration:
    found: object = vars(Broken)[name]
    assert isinstance(found, Declared)
    return found.declaration


async def applied(
    declared: Declaration,
    check: Callable[..., Awaitable[None]],
    *,
    driver: Any = WacrDriver,
    kind: type[checks.Subject] = checks.Subject,
    **how: Any,
) -> None:
    """Carry out one check on a declaration of WA.cr's service."""
    script: list[Said] = []

    def say(_asked: Asked) -> Said:
        return script.pop(0) if len(script) > 1 else script[0]

    provider = evolve(WACR, driver=driver)
    async with ScriptedServer(say) as server:
        subject = kind(provider=provider, declaration=declared, dialect=DIALECTS["wacr"], server=server, script=script)
        await check(subject, **how)


class _Reader:
    """A reader with a fault, around the real one."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)


class Forgetful(_Reader):
    """Drops what it does not know."""

    def payload(self, declared: Declaration, response: Response, lanes: tuple[str, ...]) -> object:
        found: Mapping[str, object] = self._reader.payload(declared, response, lanes)
        return {name: value for name, value in found.items() if name in {"id", "name"}}


class Trusting(_Reader):
    """Takes every answer for JSON of the right shape."""

    def payload(self, _declared: Declaration, response: Response, _lanes: tuple[str, ...]) -> object:
        document: Any = response.json()
        return document["data"]


class Optimist(_Reader):
    """Takes whatever it cannot read for nothing at all."""

    def payload(self, declared: Declaration, response: Response, lanes: tuple[str, ...]) -> object:
        found = self._reader.payload(declared, response, lanes)
        return found if isinstance(found, dict) else {"id": 7}


def reading_with(reader: type[_Reader]) -> type[WacrDriver]:
    """WA.cr's driver with another reader."""

    class Driver(WacrDriver):
        @property
        def service(self) -> Service:
            real = WacrDriver.service.func(self)  # type: ignore[attr-defined]  # that of the cached property
            found: Service = evolve(real, reader=reader(real.reader))
            return found

    return Driver


async def test_a_sound_one_passes() -> None:
    """Else the tests below would prove nothing."""
    sound = declaration("sound")

    await applied(sound, checks.sends_what_it_says, required_only=False)
    for check in (
        checks.keeps_everything,
        checks.takes_the_least,
        checks.survives_other_types,
        checks.survives_another_shape,
        checks.survives_a_cut,
        checks.waits_when_throttled,
    ):
        await applied(sound, check)
    for refusal in DIALECTS["wacr"].refusals.values():
        await applied(sound, checks.refuses, refusal=refusal)


@pytest.mark.parametrize("name", ["path", "body"])
async def test_a_wrong_request_is_found(name: str) -> None:
    """A placeholder that nothing fills, and a value that changes on its way."""
    with pytest.raises((KeyError, AssertionError)):
        await applied(declaration(name), checks.sends_what_it_says, required_only=True)


async def test_a_field_that_nobody_can_read_is_found() -> None:
    """A result whose class names a type that answers cannot be read as."""
    with pytest.raises(TypeError):
        await applied(declaration("result"), checks.keeps_everything)


async def test_pages_that_are_never_asked_for_are_found() -> None:
    """A listing that stops after its first page."""
    with pytest.raises((AssertionError, StopIteration, RuntimeError)):
        await applied(declaration("pages"), checks.walks_every_page)


@pytest.mark.parametrize(
    ("reader", "check"),
    [
        (Forgetful, checks.keeps_everything),
        (Trusting, checks.survives_a_cut),
        (Optimist, checks.survives_another_shape),
    ],
)
async def test_a_careless_reader_is_found(reader: type[_Reader], check: Callable[..., Awaitable[None]]) -> None:
    """One that drops, one that trusts, one that sees nothing where there is something it cannot read."""
    with pytest.raises((AssertionError, TypeError, KeyError, AttributeError)):
        await applied(declaration("sound"), check, driver=reading_with(reader))


class Hasty(checks.Subject):
    """Makes requests that may be repeated of a declaration that says otherwise."""

    def made(self, client: Client, *, required_only: bool = False) -> Operation[Any]:
        made = super().made(client, required_only=required_only)
        return evolve(made, request=evolve(made.request, repeatable=True))


async def test_a_repetition_is_found() -> None:
    """What may have been done is done twice."""
    once = evolve(declaration("sound"), method="POST", repeatable=False)

    with pytest.raises(AssertionError):
        await applied(once, checks.refuses, refusal=DIALECTS["wacr"].refusals["broken"], kind=Hasty)

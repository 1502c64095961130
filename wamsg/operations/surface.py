"""The typed Python side of declarations: ``contact = await api.contacts.create(..)``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, get_type_hints, overload

from attrs import frozen

from wamsg.errors import ConfigError
from wamsg.operations.declaration import Declaration, Evidence, Lane
from wamsg.operations.pages import Page, Paging
from wamsg.operations.request import make
from wamsg.operations.service import Caller, Service
from wamsg.operations.walk import walk
from wamsg.wire import Operation, Priority

P = ParamSpec("P")
R = TypeVar("R")
_NOTHING: Mapping[str, object] = MappingProxyType({})


@frozen(eq=False)
class Line:
    """A client, and the account that it speaks for."""

    caller: Caller
    service: Service
    priority: Priority


class Resource:
    """Operations that belong together; a subclass declares each as a method."""

    def __init__(self, line: Line) -> None:
        self._line = line


class Declared:
    """A method that is a declaration."""

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration
        self.__doc__ = declaration.help


class _Bound:
    """A declaration and the client that carries it out."""

    def __init__(self, declaration: Declaration, line: Line) -> None:
        self.declaration = declaration
        self._line = line
        self.__name__ = declaration.verb
        self.__doc__ = declaration.help
        self.__signature__ = declaration.signature

    def __repr__(self) -> str:
        return f"<{self._line.service.provider} {self.declaration.name}>"

    def _make(self, given: tuple[object, ...], named: Mapping[str, object]) -> Operation[Any]:
        return make(self.declaration, self._line.service, self.declaration.bind(*given, **named))


class BoundCall(_Bound, Generic[P, R]):
    """What ``api.contacts.create`` is."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Carry it out. Raises `wamsg.errors.InvalidMessage` before anything is sent, else a `SendError`."""
        result: R = await self._line.caller.call(self._make(args, kwargs), priority=self._line.priority)
        return result

    def operation(self, *args: P.args, **kwargs: P.kwargs) -> Operation[R]:
        """The operation alone, for `wamsg.Client.call`."""
        return self._make(args, kwargs)


class BoundListing(_Bound, Generic[P, R]):
    """What ``api.contacts.list`` is."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[R]:
        """Everything there is, page by page, of which one is in memory. Wrong arguments are an error at once."""
        values = self.declaration.bind(*args, **kwargs)
        first = make(self.declaration, self._line.service, values)
        return walk(self._line.caller, self.declaration, self._line.service, values, first, self._line.priority)

    def operation(self, *args: P.args, **kwargs: P.kwargs) -> Operation[Page[R]]:
        """One page, for `wamsg.Client.call`."""
        return self._make(args, kwargs)


class Call(Declared, Generic[P, R]):
    """A declared method before it is looked up on an instance."""

    @overload
    def __get__(self, resource: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, resource: Resource, owner: type[Any]) -> BoundCall[P, R]: ...
    def __get__(self, resource: Resource | None, owner: type[Any]) -> Self | BoundCall[P, R]:
        return self if resource is None else BoundCall(self.declaration, resource._line)


class Listing(Declared, Generic[P, R]):
    """A declared listing before it is looked up on an instance."""

    @overload
    def __get__(self, resource: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, resource: Resource, owner: type[Any]) -> BoundListing[P, R]: ...
    def __get__(self, resource: Resource | None, owner: type[Any]) -> Self | BoundListing[P, R]:
        return self if resource is None else BoundListing(self.declaration, resource._line)


def operation(
    name: str,
    method: str,
    path: str,
    *,
    scope: str | None = None,
    docs: str | None = None,
    evidence: Evidence = Evidence.DOCUMENTED,
    note: str = "",
    lanes: tuple[Lane, ...] = (),
    repeatable: bool | None = None,
    fixed: Mapping[str, object] = _NOTHING,
    form: bool = False,
) -> Callable[[Callable[Concatenate[Any, P], Awaitable[R]]], Call[P, R]]:
    """Declare an operation around ``async def name(self, ..) -> Result`` that has a docstring and no body.

    `Declaration` says what each word means; without ``repeatable`` a GET is and everything else is not.
    """

    def declare(function: Callable[Concatenate[Any, P], Awaitable[R]]) -> Call[P, R]:
        return Call(
            Declaration(
                name=name,
                method=method,
                path=path,
                scope=scope,
                docs=docs,
                evidence=evidence,
                note=note,
                lanes=lanes,
                repeatable=method == "GET" if repeatable is None else repeatable,
                fixed=fixed,
                form=form,
                function=function,
            )
        )

    return declare


def listing(
    name: str,
    path: str,
    *,
    paging: Paging,
    scope: str | None = None,
    docs: str | None = None,
    evidence: Evidence = Evidence.DOCUMENTED,
    note: str = "",
    lanes: tuple[Lane, ...] = (),
) -> Callable[[Callable[Concatenate[Any, P], AsyncIterator[R]]], Listing[P, R]]:
    """Declare a listing around ``def name(self, ..) -> AsyncIterator[Item]`` that has a docstring and no body.

    It is a GET; the arguments that ``paging`` names are among those of the signature.
    """

    def declare(function: Callable[Concatenate[Any, P], AsyncIterator[R]]) -> Listing[P, R]:
        return Listing(
            Declaration(
                name=name,
                method="GET",
                path=path,
                scope=scope,
                docs=docs,
                evidence=evidence,
                note=note,
                lanes=lanes,
                repeatable=True,
                paging=paging,
                function=function,
            )
        )

    return declare


class Client(Caller, Protocol):
    """What a surface needs: a `wamsg.Client`."""

    @property
    def driver(self) -> object:
        """The provider's driver."""
        ...


class Surface:
    """All operations of one provider; a subclass names its provider and annotates its resources.

    ``priority`` is that of every request. Raises `wamsg.errors.ConfigError` for another provider's client.
    """

    provider: str

    def __init__(self, client: Client, *, priority: Priority = Priority.INTERACTIVE) -> None:
        service = getattr(client.driver, "service", None)
        if not isinstance(service, Service) or service.provider != self.provider:
            raise ConfigError(f"{type(self).__name__} needs a client of {self.provider}", setting="provider")
        line = Line(client, service, priority)
        for name, resource in resources_of(type(self)):
            setattr(self, name, resource(line))


def resources_of(surface: type[Surface]) -> Iterator[tuple[str, type[Resource]]]:
    """The resources that a surface annotates, by name."""
    for name, kind in get_type_hints(surface).items():
        if isinstance(kind, type) and issubclass(kind, Resource):
            yield name, kind


def declarations_of(surface: type[Surface]) -> tuple[Declaration, ...]:
    """Every operation of a surface, in the order in which it is written."""
    found = (value for _, resource in resources_of(surface) for value in vars(resource).values())
    return tuple(value.declaration for value in found if isinstance(value, Declared))

"""Declared operations as a fake server sees them: which one a request asks for, with what, and what is wrong there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import field, frozen

from wamsg.dialect.arrived import arrived
from wamsg.dialect.memory import Memory, Row, Table
from wamsg.errors import InvalidMessage
from wamsg.operations import KEEP, Argument, Declaration, Place
from wamsg.wire import Form, Request, Response, read_json

#: What handlers give: an answer's response, or all that a provider wants to say with it.
R = TypeVar("R")


@frozen(kw_only=True)
class Complaint:
    """One argument that is missing or wrong."""

    #: As the provider calls it; inside of a list or an object such as ``contacts[0].phone``.
    field: str
    says: str
    missing: bool = False


@frozen(kw_only=True, eq=False)
class Call:
    """One request for a declared operation, read; what a handler is given."""

    declaration: Declaration
    #: What stands at the placeholders of the path, as text.
    places: Mapping[str, str]
    #: By argument, as its rule reads it: what came and is good, else the default if that is a value.
    values: Mapping[str, object]
    #: Whatever is missing or wrong. A handler may count on there being nothing: it is only called then.
    complaints: tuple[Complaint, ...]
    request: Request
    serial: int
    #: Seconds since 1970.
    now: float
    memory: Memory
    #: Whose tables they are.
    account: str

    def table(self, name: str, seed: Callable[[], Mapping[str, Row]] = dict, **bounds: int) -> Table:
        """The account's table of that name; see `Memory.table`."""
        return self.memory.table(self.account, name, seed, **bounds)

    def text(self, name: str) -> str:
        """An argument that is text; empty where it was not given."""
        value = self.values.get(name)
        return "" if value is None else str(value)


Handler = Callable[[Call], Response]


@frozen(eq=False)
class Served(Generic[R]):
    """Declarations and their handlers, by name. A declaration without a handler is not served.

    Raises TypeError for a handler without a declaration.
    """

    declarations: tuple[Declaration, ...]
    handlers: Mapping[str, Callable[[Call], R]]
    #: What precedes every path.
    base_path: str = ""
    _doors: list[tuple[re.Pattern[str], Declaration]] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        unknown = self.handlers.keys() - {declaration.name for declaration in self.declarations}
        if unknown:
            raise TypeError(f"there is no declaration of {', '.join(sorted(unknown))}")
        served = [declaration for declaration in self.declarations if declaration.name in self.handlers]
        # The more of a path is fixed, the sooner it is looked at: /contacts/batch before /contacts/{id}.
        served.sort(key=lambda declaration: len(declaration.placeholders))
        object.__setattr__(self, "_doors", [(_door(self.base_path, item.path), item) for item in served])

    def at(self, path: str) -> dict[str, tuple[Declaration, Mapping[str, str]]]:
        """By method, what is served at that address: the declaration and what stands at its placeholders.

        Nothing means 404, and other methods than that of the request mean 405.
        """
        found: dict[str, tuple[Declaration, Mapping[str, str]]] = {}
        for door, declaration in self._doors:
            match = door.fullmatch(path)
            if match is not None:
                places = {name: unquote(value) for name, value in match.groupdict().items()}
                found.setdefault(declaration.method, (declaration, places))
        return found

    def call(
        self,
        declaration: Declaration,
        places: Mapping[str, str],
        request: Request,
        *,
        serial: int,
        now: float,
        memory: Memory,
        account: str,
    ) -> Call:
        """The request, read; look at its complaints before `answer`."""
        values, complaints = _read(declaration, places, request)
        return Call(
            declaration=declaration,
            places=places,
            values=values,
            complaints=complaints,
            request=request,
            serial=serial,
            now=now,
            memory=memory,
            account=account,
        )

    def answer(self, call: Call) -> R:
        """What the handler says."""
        return self.handlers[call.declaration.name](call)


@cache
def _door(base_path: str, path: str) -> re.Pattern[str]:
    pieces = re.split(r"\{([a-z_]+)\}", path)
    doors = (f"(?P<{piece}>[^/]+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
    return re.compile(re.escape(base_path) + "".join(doors))


def fields_of(body: bytes | Form | None) -> Mapping[str, object]:
    """The fields of a form or of a JSON object; a body that is neither has none."""
    if isinstance(body, Form):
        return {part.name: part.value for part in body.parts}
    document = read_json(body) if body else None
    return document if isinstance(document, dict) else MappingProxyType({})


def _read(
    declaration: Declaration, places: Mapping[str, str], request: Request
) -> tuple[dict[str, object], tuple[Complaint, ...]]:
    query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
    body = fields_of(request.body)
    values: dict[str, object] = {}
    complaints = [
        Complaint(field=name, says=f"{name} must be {value!r}", missing=name not in body)
        for name, value in declaration.fixed.items()
        if body.get(name) != value
    ]
    for argument in declaration.arguments:
        complaint = _take(argument, {Place.PATH: places, Place.QUERY: query, Place.BODY: body}[argument.place], values)
        if complaint is not None:
            complaints.append(complaint)
    return values, tuple(complaints)


def _take(argument: Argument, came: Mapping[str, object], values: dict[str, object]) -> Complaint | None:
    value = came.get(argument.name if argument.place is Place.PATH else argument.wire)
    if value is None and argument.nullable and argument.wire in came:
        values[argument.name] = None
    elif value is None and argument.required:
        return Complaint(field=argument.wire, says=f"{argument.wire} is missing", missing=True)
    elif value is None:
        if argument.default is not None and argument.default is not KEEP:
            values[argument.name] = argument.default
    else:
        try:
            values[argument.name] = arrived(argument.rule, argument.wire, value)
        except InvalidMessage as error:
            return Complaint(field=error.field or argument.wire, says=str(error))
    return None


def window(rows: list[Row], *, start: int, size: int) -> tuple[list[Row], bool]:
    """A page of ``rows`` that begins at ``start``, and whether there is another."""
    return rows[start : start + size], start + size < len(rows)

"""From a declaration and its arguments to an operation that `wamsg.Client.call` carries out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from hashlib import blake2s
from typing import Any
from urllib.parse import quote, urlencode

from attrs import evolve

from wamsg.errors import InvalidMessage
from wamsg.operations.arguments import Argument, Place, Several
from wamsg.operations.declaration import Declaration
from wamsg.operations.pages import Page
from wamsg.operations.result import Unfit
from wamsg.operations.rules import Wire
from wamsg.operations.service import Service
from wamsg.settings import path_segment
from wamsg.wire import Form, Operation, Part, Request, Response, Upload

_Encoded = Mapping[str, tuple[Argument, str, Wire]]


def make(declaration: Declaration, service: Service, values: Mapping[str, object]) -> Operation[Any]:
    """The operation; of a listing it is one page, a `Page`.

    Raises `wamsg.errors.InvalidMessage` that names the argument, before anything is sent.
    """
    encoded = declaration.encode(values)
    body = _body(declaration, service, encoded)
    lanes = (*service.lanes, *_own_lanes(declaration, service, encoded))
    headers = {**service.headers, "Content-Type": "application/json"} if isinstance(body, bytes) else service.headers
    request = Request(
        method=declaration.method,
        url=service.base_url + _path(declaration, service, encoded) + _query(encoded),
        headers=headers,
        body=body,
        lanes=lanes,
        repeatable=declaration.repeatable,
    )
    decode = _one if declaration.paging is None else _page
    return Operation(name=declaration.name, request=request, decode=partial(decode, declaration, service, lanes))


def _one(declaration: Declaration, service: Service, lanes: tuple[str, ...], response: Response) -> Any:
    payload = service.reader.payload(declaration, response, lanes)
    return _structured(payload, declaration, service, lanes, response)


def _page(declaration: Declaration, service: Service, lanes: tuple[str, ...], response: Response) -> Page[Any]:
    page = service.reader.page(declaration, response, lanes)
    items = tuple(_structured(item, declaration, service, lanes, response) for item in page.items)
    # The provider's own writer refuses what the provider may still say, such as half a surrogate pair.
    return evolve(page, items=items, digest=blake2s(json.dumps(page.items).encode()).digest())


def _structured(
    payload: object, declaration: Declaration, service: Service, lanes: tuple[str, ...], response: Response
) -> Any:
    try:
        return service.structure(payload, declaration.result)
    except Unfit as error:
        raise service.reader.unreadable(f"{declaration.name}: {error}", response, lanes) from None


def _path(declaration: Declaration, service: Service, encoded: _Encoded) -> str:
    known = {
        **service.places,
        **{name: value for name, (item, _, value) in encoded.items() if item.place is Place.PATH},
    }
    return declaration.path.format_map({name: _segment(name, known[name]) for name in declaration.placeholders})


def _segment(name: str, value: Wire) -> str:
    try:
        return quote(path_segment(text(value)), safe="")
    except ValueError as error:
        raise InvalidMessage(f"{name} {error}", field=name) from None


def _query(encoded: _Encoded) -> str:
    pairs = [(wire, text(value)) for item, wire, value in encoded.values() if item.place is Place.QUERY]
    return f"?{urlencode(pairs, quote_via=quote, safe='')}" if pairs else ""


def text(value: Wire) -> str:
    """A value as it stands in an address or in a form: flags as words, lists joined by commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(text(item) for item in value)
    return str(value)


def _body(declaration: Declaration, service: Service, encoded: _Encoded) -> bytes | Form | None:
    fields = {**declaration.fixed}
    for item, wire, value in encoded.values():
        if item.place is Place.BODY:
            fields.update(value.fields if isinstance(value, Several) else {wire: value})
    if declaration.form or any(isinstance(value, Upload) for value in fields.values()):
        return Form(
            tuple(Part(wire, value if isinstance(value, Upload) else text(value)) for wire, value in fields.items())
        )
    takes_body = bool(declaration.fixed) or any(item.place is Place.BODY for item in declaration.arguments)
    return service.write(fields) if takes_body else None


def _own_lanes(declaration: Declaration, service: Service, encoded: _Encoded) -> tuple[str, ...]:
    account = service.lanes[0].partition(":")[2]
    known = {**service.places, **{name: text(value) for name, (_, _, value) in encoded.items()}}
    return tuple(f"{lane.kind}:{'/'.join((account, *(known[name] for name in lane.by)))}" for lane in declaration.lanes)

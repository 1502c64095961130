"""Every declared operation of WA.cr against its fake server: served, judged, and kept from strangers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.wacr.sandbox.desk import ASHA, DECLARED, NEW, NOW, SANDBOX, Desk
from wamsg.dialect import Memory
from wamsg.errors import BadCredentials
from wamsg.model import Text
from wamsg.operations import Declaration
from wamsg.providers.wacr.api import NewContact
from wamsg.providers.wacr.sandbox.handlers import HANDLERS
from wamsg.wire import Operation, Request

LABELS = ("groups", "sources", "statuses")
#: Good arguments; whoever declares one more adds a line here, or the first test fails.
GOOD: Mapping[str, Mapping[str, Any]] = {
    "account.info": {},
    "account.usage": {},
    "account.limits": {},
    "otp.send": {"phone": ASHA, "code": "1234", "template_name": "otp"},
    "otp.resend": {"phone": ASHA, "template_name": "otp"},
    "otp.verify": {"phone": ASHA, "code": "493817"},
    "otp.status": {"phone": ASHA},
    "otp.templates": {"language": "en"},
    "comments.get": {"mobile": ASHA},
    "comments.add": {"mobile": ASHA, "comment": "x"},
    "contacts.list": {"status_id": 2, "include": "groups"},
    "contacts.create": {**NEW, "phone": "+919812340002"},
    "contacts.get": {"id": 1},
    "contacts.update": {"id": 1, "email": None},
    "contacts.delete": {"id": 1},
    "contacts.create_batch": {"contacts": [NewContact(**{**NEW, "phone": "+919812340003"})]},
    "contacts.delete_batch": {"ids": [1]},
    **{f"{resource}.list": {} for resource in LABELS},
    **{f"{resource}.create": {"name": "Fair"} for resource in LABELS},
    **{f"{resource}.get": {"id": 1} for resource in LABELS},
    **{f"{resource}.update": {"id": 1, "name": "Fair"} for resource in LABELS},
    "groups.delete": {"id": 1},
    "sources.delete": {"id": 3},
    "statuses.delete": {"id": 3},
    "groups.add_contacts": {"id": 1, "contact_ids": [1]},
    "groups.remove_contacts": {"id": 1, "contact_ids": [1]},
    "messages.list": {"direction": "outbound"},
    "messages.get": {"id": 2},
    "templates.list": {"status": "APPROVED"},
    "templates.get": {"template_id": "1000000000000001"},
    "templates.sync": {},
}
OPERATED = [each for each in DECLARED.values() if not each.sends]
every = pytest.mark.parametrize("declaration", OPERATED, ids=lambda each: each.name)


def begun() -> Desk:
    """An account with a group, a chat, a contact and a code that waits."""
    desk = Desk()
    desk.do("groups.create", "VIP")
    desk.send(Text(body="hi"))
    desk.do("otp.send", ASHA, "493817", template_name="otp")
    return desk


def made(desk: Desk, declaration: Declaration) -> Operation[Any]:
    return desk.operation(declaration.name, **GOOD[declaration.name])


def test_all_43_are_served() -> None:
    """Each has its handler, and each that can be called is tried here."""
    assert len(DECLARED) == 43
    assert set(HANDLERS) == set(DECLARED)
    assert {each.name for each in OPERATED} == set(GOOD)


@every
def test_it_does_what_it_is_asked(declaration: Declaration) -> None:
    """The answer is read as the declared type and leaves nothing over that has no field."""
    desk = begun()
    operation = made(desk, declaration)

    result = operation.decode(desk.ask(operation.request))

    items = result if isinstance(result, tuple) else getattr(result, "items", (result,))
    known = {"updated", "synced"}
    assert all(set(item.extra) <= known for item in items)


@every
def test_strangers_are_kept_out_and_change_nothing(declaration: Declaration) -> None:
    """An unknown token is BadCredentials for every operation."""
    desk = begun()
    before = desk.memory.snapshot()
    operation = made(desk.beside("fake-other-token"), declaration)

    with pytest.raises(BadCredentials):
        operation.decode(desk.ask(operation.request))

    assert desk.memory.snapshot() == before


@every
def test_another_method_is_not_allowed(declaration: Declaration) -> None:
    """The address is known: 405, and the methods that are."""
    desk = begun()

    response = desk.ask(evolve(made(desk, declaration).request, method="PUT"))

    assert response.status == 405
    assert declaration.method in response.headers["Allow"].split(", ")


@every
def test_what_is_missing_is_named(declaration: Declaration) -> None:
    """Without its body a request is refused by the names of everything that it lacks."""
    needed = {item.wire for item in declaration.arguments if item.required} - set(declaration.placeholders)
    desk = begun()

    document: Any = desk.ask(evolve(made(desk, declaration).request, body=b"[]")).json()

    assert set(document.get("errors", ())) == needed


@every
def test_an_id_that_nothing_has_is_not_found(declaration: Declaration) -> None:
    """A number as well as what is no number."""
    if not declaration.placeholders:
        return
    desk = begun()
    request = made(desk, declaration).request
    (name,) = declaration.placeholders
    for other in ("999999", "x", "0", "-1", "9" * 40, "%2F", "%00"):
        url = f"http://sandbox/api/v2{declaration.path.replace(f'{{{name}}}', other)}"

        response = desk.ask(evolve(request, url=url))

        assert response.status == 404


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from([ASHA, "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
QUERY = st.lists(
    st.tuples(
        st.sampled_from(
            ["page", "per_page", "sort", "search", "q", "fields", "include", "filter[", "filter[id]", "filter[type]"]
            + [
                f"filter[{name}][{word}]"
                for name in ("status_id", "created_at")
                for word in ("in", "null", "like", ">")
            ]
        ),
        st.sampled_from(["0", "1", "-1", "x", "%ff", "", "9" * 40, "1,2", "true", "2026-01-01T00:00:00Z", "-id", "id"]),
    ),
    max_size=4,
)


@st.composite
def spoilt(draw: st.DrawFn, request: Request) -> Request:
    """A good request with some of its fields replaced."""
    if not isinstance(request.body, bytes):
        pairs = "&".join(f"{name}={value}" for name, value in draw(QUERY))
        return evolve(request, url=f"{request.url.partition('?')[0]}?{pairs}")
    document: dict[str, Any] = json.loads(request.body)
    for name in draw(st.sets(st.sampled_from(sorted(document) or ["x"]))):
        document[name] = draw(VALUES | st.lists(VALUES, max_size=2))
    body = draw(st.sampled_from([json.dumps(document).encode(), request.body[: len(request.body) // 2], b"null", b""]))
    return evolve(request, body=body)


@every
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_field_breaks_it(declaration: Declaration, data: st.DataObject) -> None:
    """Whatever stands in a body or a query has an answer, the same each time, and a refusal changes nothing."""
    desks = begun(), begun()
    before = filled(desks[0].memory)
    request = data.draw(spoilt(made(desks[0], declaration).request))

    first, again = (SANDBOX.respond_with(request, 9, desk.memory, NOW) for desk in desks)

    assert (first.response.status, first.response.body) == (again.response.status, again.response.body)
    assert desks[0].memory.snapshot() == desks[1].memory.snapshot()
    assert first.response.status in {200, 201, 404, 422}
    assert isinstance(first.response.json(), dict)
    if first.response.status not in {200, 201} and declaration.resource != "otp":
        assert filled(desks[0].memory) == before
    desks[0].memory.undo()
    assert filled(desks[0].memory) == before


def filled(memory: Memory) -> dict[str, Any]:
    """Everything that is known, without tables that were looked at and are empty."""
    return {name: rows for name, rows in memory.snapshot()["sandbox-token"].items() if rows}

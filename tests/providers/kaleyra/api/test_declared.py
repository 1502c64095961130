"""Every declared operation, made of its own rules: the sandbox serves it, judges it, and keeps strangers out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from wamsg.dialect import Memory
from wamsg.errors import BadCredentials, SendError, Throttled, Unanswered, Unavailable
from wamsg.model import File
from wamsg.operations import Declaration, make
from wamsg.providers.kaleyra import provider
from wamsg.providers.kaleyra.driver import KaleyraDriver
from wamsg.providers.kaleyra.sandbox import KaleyraSandbox
from wamsg.wire import Form, Headers, Operation, Part, Request, Response

DRIVER = KaleyraDriver(provider.settings(**provider.example))
STRANGER = KaleyraDriver(provider.settings(**{**provider.example, "api_key": "fake-other-key"}))
SANDBOX = KaleyraSandbox()
NOW = 1_767_225_600.0
WABA, ASHA = "150441234142241", "+919812340001"
BODY = [{"type": "BODY", "text": "Hello {{1}}"}]

#: Good arguments for each operation; whoever declares one more adds a line here, or the first test fails.
GOOD: Mapping[str, Mapping[str, Any]] = {
    "callback_profiles.create": {"title": "Status", "http_method": "POST", "url": "https://example.com"},
    "callback_profiles.list": {},
    "consent.update": {"contact": ASHA, "consent_status": "OPT_IN", "sender": "+919800000000"},
    "consent.validate": {"contacts": [ASHA], "sender": "+919800000000"},
    "media.upload": {"file": File.of(b"\x89PNG\r\n\x1a\n" + bytes(16))},
    "numbers.details": {},
    "numbers.list": {"waba_id": WABA},
    "resumable_media.create": {"waba_id": WABA, "file": File.of(b"%PDF-1.7", "a.pdf")},
    "resumable_media.list": {"waba_id": WABA},
    "templates.list": {"waba_id": WABA},
    "templates.create": {
        "waba_id": WABA,
        "name": "a_rejected",
        "language": "en",
        "category": "UTILITY",
        "components": BODY,
    },
    "templates.edit": {"waba_id": WABA, "template_id": "1000000000000001", "category": "MARKETING"},
    "templates.delete": {"waba_id": WABA, "name": "a_rejected"},
    "users.block": {"block_users": [ASHA]},
    "users.unblock": {"block_users": [ASHA]},
    "users.blocked": {},
}
DECLARED = pytest.mark.parametrize("declaration", provider.operations(), ids=lambda each: each.name)


def made(declaration: Declaration, driver: KaleyraDriver = DRIVER) -> Operation[Any]:
    return make(declaration, driver.service, declaration.bind(**GOOD[declaration.name]))


def begun() -> Memory:
    """What is remembered after a template was created, as number 1."""
    memory = Memory()
    create = next(each for each in provider.operations() if each.name == "templates.create")
    hindi = make(create, DRIVER.service, create.bind(**{**GOOD[create.name], "language": "hi"}))
    SANDBOX.respond_with(hindi.request, 1, memory, NOW)
    memory.keep()
    return memory


def test_each_has_an_example() -> None:
    """Nothing is declared that is not tried here."""
    assert {each.name for each in provider.operations()} == set(GOOD)


@DECLARED
def test_the_sandbox_serves_it(declaration: Declaration) -> None:
    """What the declaration makes the sandbox takes, and its answer decodes to the declared type."""
    operation = made(declaration)

    answer = SANDBOX.respond_with(operation.request, 2, begun(), NOW)

    operation.decode(answer.response)
    assert answer.accepted == ()


@DECLARED
def test_strangers_are_kept_out_and_change_nothing(declaration: Declaration) -> None:
    """A wrong key is BadCredentials for every operation."""
    operation, memory = made(declaration, STRANGER), begun()
    before = memory.snapshot()

    answer = SANDBOX.respond_with(operation.request, 2, memory, NOW)

    with pytest.raises(BadCredentials):
        operation.decode(answer.response)
    assert memory.snapshot() == before


@DECLARED
def test_another_method_is_not_allowed(declaration: Declaration) -> None:
    """The address is known, so it is 405 rather than 404."""
    request = evolve(made(declaration).request, method="PATCH")

    assert SANDBOX.respond(request, 1).response.status == 405


@DECLARED
def test_what_is_missing_is_named(declaration: Declaration) -> None:
    """Without its body or its query a request that needs them is WA400 and says what is missing."""
    operation = made(declaration)
    needed = {item.wire for item in declaration.arguments if item.required} - set(declaration.placeholders)
    if not needed:
        return
    request = evolve(operation.request, body=b"{}", url=operation.request.url.partition("?")[0])

    document: Any = SANDBOX.respond_with(request, 2, begun(), NOW).response.json()

    assert document["code"] == "WA400"
    missing = needed | set(declaration.fixed)
    assert any(
        f"{name} is missing" in document["error"]["payload"] or name in document["error"]["payload"] for name in missing
    )


@DECLARED
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_field_breaks_it(declaration: Declaration, data: st.DataObject) -> None:
    """Whatever stands in a body or a query has an answer, the same each time, and a refusal changes nothing."""
    request = data.draw(spoilt(made(declaration).request))
    memories = begun(), begun()
    before = memories[0].snapshot()

    first, again = (SANDBOX.respond_with(request, 2, memory, NOW) for memory in memories)

    assert (first.response.status, first.response.body) == (again.response.status, again.response.body)
    assert memories[0].snapshot() == memories[1].snapshot()
    assert first.response.status in {200, 202, 400, 401, 404}
    memories[0].undo()
    touched = {name for name, rows in memories[0].snapshot()[SANDBOX_ACCOUNT].items() if rows}
    assert touched == {name for name, rows in before[SANDBOX_ACCOUNT].items() if rows}


@DECLARED
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (SANDBOX.failure(429), Throttled),
        (SANDBOX.failure(500), Unanswered),
        (SANDBOX.failure(503), Unavailable),
        (Response(status=200, body=b"<html>it works</html>"), Unanswered),
        (Response(status=200, body=b""), Unanswered),
        (Response(status=200, body=b"[]"), Unanswered),
        (Response(status=200, headers=Headers({}), body=b'{"code": "E13001", "error": {"x": "y"}}'), Unanswered),
        (Response(status=502, body=b'{"code": "WA200", "data": {}}'), Unanswered),
    ],
)
def test_a_failure_means_what_it_says(declaration: Declaration, answer: Response, error: type[SendError]) -> None:
    """For every operation, and with its own lanes on the error."""
    operation = made(declaration)

    with pytest.raises(error) as caught:
        operation.decode(answer)

    assert caught.value.lanes == operation.request.lanes
    assert "sandbox-api-key" not in str(caught.value)


@DECLARED
def test_it_slows_no_messages_down(declaration: Declaration) -> None:
    """Its lanes are the account's and its own: a refusal must not pause the sender."""
    kinds = [lane.partition(":")[0] for lane in made(declaration).request.lanes]

    assert kinds[0] == "account"
    assert set(kinds[1:]) <= set(provider.limits) - {"sender", "pair"}


SANDBOX_ACCOUNT = provider.example["sid"]
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20) | st.just(ASHA),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoilt(draw: st.DrawFn, request: Request) -> Request:
    """A good request with some of its fields replaced."""
    if isinstance(request.body, Form):
        parts = [
            Part(part.name, draw(st.text(max_size=20))) if draw(st.booleans()) else part for part in request.body.parts
        ]
        return evolve(request, body=Form(tuple(parts)))
    bare = request.url.partition("?")[0]
    if request.body is None:
        words = draw(st.lists(st.sampled_from(["limit", "offset", "title", "id", "after", "name", "template_id"])))
        pairs = "&".join(
            f"{word}={draw(st.sampled_from(['0', '-1', '1', 'x', '%ff', '', '9' * 40]))}" for word in words
        )
        return evolve(request, url=f"{bare}?{pairs}")
    document: dict[str, Any] = json.loads(request.body)
    for name in draw(st.sets(st.sampled_from(sorted(document)))):
        document[name] = draw(_VALUES)
    body = draw(st.sampled_from([json.dumps(document).encode(), request.body[: len(request.body) // 2], b"null", b""]))
    return evolve(request, body=body)

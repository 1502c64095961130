"""The page docs/operations-table.md: every operation, what it is known from, and whether the sandbox answers it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import evolve

from wamsg.capabilities import FEATURES, as_sent
from wamsg.dialect import Memory
from wamsg.driver import Provider, responder
from wamsg.errors import InvalidMessage, Unsupported
from wamsg.operations import Declaration, Evidence, make
from wamsg.settings import resolve
from wamsg.testing.examples import arguments
from wamsg.wire import Request

_HEAD = """# Every operation

Made by `wamsg providers --operations`, which asks the declarations and the sandbox; do not edit by hand.

- *Known from*: the provider's page, or, where that could not be read, what the operation is inferred from.
- *Sandbox*: whether `wamsg sandbox` answers it.
- *Tested*: all over sockets, by tests that are made of the declarations themselves: what is sent, every field of the
  answer, refusals, broken answers. What `client.send` does is tested by the contract for providers.
"""


def page(providers: Sequence[Provider]) -> str:
    """The whole page; providers that declare nothing are left out."""
    parts = [_HEAD, *("\n".join(_section(provider)) + "\n" for provider in providers if provider.operations())]
    return "\n".join(parts)


def _section(provider: Provider) -> Iterator[str]:
    declared, missing = provider.operations(), provider.missing()
    known = f"all {len(declared)}" if not missing else f"{len(declared)}, and what is missing"
    yield f"## {provider.title}: {known}"
    yield ""
    yield "| operation | request | implemented | known from | sandbox | tested |"
    yield "|---|---|---|---|---|---|"
    for declaration in declared:
        cells = (
            f"`{declaration.name}`",
            f"`{declaration.method} {declaration.path}`",
            "`client.send`" if declaration.sends else "yes",
            _source(declaration),
            "yes" if answers(provider, declaration) else "no",
            "contract" if declaration.sends else "yes",
        )
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    for item in missing:
        yield f"| {_cell(item.title)} | | no: {_cell(item.why)} | | | |"


def _source(declaration: Declaration) -> str:
    word = declaration.evidence.value
    linked = f"[{word}]({declaration.docs})" if declaration.docs else word
    if not declaration.note:
        return linked
    return f"{linked}{': ' if declaration.evidence is Evidence.INFERRED else '; '}{declaration.note}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def answers(provider: Provider, declaration: Declaration) -> bool:
    """Whether the provider's fake server has an answer to this operation: found out by asking it.

    An address that it does not serve is 404 whatever the method; one that it does is 405 for a method that nobody
    serves, though a thing that does not exist there is 404 as well.
    """
    settings = resolve(provider.name, provider.settings, given=provider.example, environ={}).values
    request = _request(provider.driver(settings), declaration)
    found, other = (_status(provider, evolve(request, method=method)) for method in (request.method, "TRACE"))
    return found not in {405, 501} and (found != 404 or other == 405)


def _status(provider: Provider, request: Request) -> int:
    return responder(provider.sandbox)(request, 1, Memory(), 0.0).response.status


def _request(driver: Any, declaration: Declaration) -> Request:
    if not declaration.sends:
        return make(declaration, driver.service, declaration.bind(**arguments(declaration))).request
    for message in FEATURES.values():
        try:
            operation = driver.encode(as_sent(driver, message))
        except (Unsupported, InvalidMessage):
            continue
        if operation.name == declaration.name:
            request: Request = operation.request
            return request
    raise LookupError(f"no message is sent by {declaration.name}")

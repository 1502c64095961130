"""Every operation that a provider declares, over real sockets; whoever declares one more has it tried here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from attrs import frozen

from tests.support import operation_checks as checks
from tests.support.answering import DIALECTS
from tests.support.scripted import Asked, Said, ScriptedServer
from wamsg import registry
from wamsg.driver import Provider
from wamsg.operations import Declaration

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROVIDERS = [registry.load(name) for name in DIALECTS]
DECLARED = [
    pytest.param(provider, declaration, id=f"{provider.name} {declaration.name}")
    for provider in PROVIDERS
    for declaration in provider.operations()
    # What `Client.send` does is tried by the contract for providers.
    if not declaration.sends
]
LISTINGS = [each for each in DECLARED if each.values[1].paging is not None]  # type: ignore[union-attr]  # a declaration
REFUSED = [
    pytest.param(*each.values, name, id=f"{each.id} {name}")
    for each in DECLARED
    for name in DIALECTS[each.values[0].name].refusals  # type: ignore[union-attr]  # a provider
]

every = pytest.mark.parametrize(("provider", "declaration"), DECLARED)


@frozen
class Stage:
    """The server of this file, and what it will say."""

    server: ScriptedServer
    script: list[Said]

    def subject(self, provider: Provider, declaration: Declaration) -> checks.Subject:
        return checks.Subject(
            provider=provider,
            declaration=declaration,
            dialect=DIALECTS[provider.name],
            server=self.server,
            script=self.script,
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    """One server for all of them."""
    script: list[Said] = []

    def say(_asked: Asked) -> Said:
        return script.pop(0) if len(script) > 1 else script[0]

    async with ScriptedServer(say) as server:
        yield Stage(server, script)


async def test_nothing_is_left_out() -> None:
    """Whatever the providers of this distribution declare is here, but for the four that the client's send does."""
    assert {"kaleyra", "wacr"} == set(DIALECTS)
    assert len(DECLARED) == sum(len(provider.operations()) for provider in PROVIDERS) - 4


@every
@pytest.mark.parametrize("required_only", [False, True], ids=["everything", "the least"])
async def test_it_sends_what_it_declares(
    stage: Stage, provider: Provider, declaration: Declaration, *, required_only: bool
) -> None:
    """Method, path, query, headers and body are those of the declaration."""
    await checks.sends_what_it_says(stage.subject(provider, declaration), required_only=required_only)


@every
async def test_it_keeps_all_that_is_answered(stage: Stage, provider: Provider, declaration: Declaration) -> None:
    """Documented fields are read, unknown ones are kept."""
    await checks.keeps_everything(stage.subject(provider, declaration))


@every
async def test_it_takes_the_least_that_can_be_answered(
    stage: Stage, provider: Provider, declaration: Declaration
) -> None:
    """What need not be there may be missing."""
    await checks.takes_the_least(stage.subject(provider, declaration))


@every
async def test_it_survives_other_types(stage: Stage, provider: Provider, declaration: Declaration) -> None:
    """Fields of other types lose nothing."""
    await checks.survives_other_types(stage.subject(provider, declaration))


@every
async def test_it_survives_another_shape(stage: Stage, provider: Provider, declaration: Declaration) -> None:
    """An acceptance of something else is Unanswered."""
    await checks.survives_another_shape(stage.subject(provider, declaration))


@every
async def test_it_survives_a_cut(stage: Stage, provider: Provider, declaration: Declaration) -> None:
    """Half an answer is none."""
    await checks.survives_a_cut(stage.subject(provider, declaration))


@pytest.mark.parametrize(("provider", "declaration", "refusal"), REFUSED)
async def test_a_refusal_is_what_it_means(
    stage: Stage, provider: Provider, declaration: Declaration, refusal: str
) -> None:
    """Of the declared class, with its lanes, asked again only where nothing was done or doing it twice does no harm."""
    await checks.refuses(stage.subject(provider, declaration), DIALECTS[provider.name].refusals[refusal])


@every
async def test_it_waits_when_throttled(stage: Stage, provider: Provider, declaration: Declaration) -> None:
    """And goes on after the pause."""
    await checks.waits_when_throttled(stage.subject(provider, declaration))


@every
async def test_it_says_so_when_nobody_waits(stage: Stage, provider: Provider, declaration: Declaration) -> None:
    """One try, and Throttled."""
    await checks.says_so_when_impatient(stage.subject(provider, declaration))


@pytest.mark.parametrize(("provider", "declaration"), LISTINGS)
async def test_a_listing_goes_through_all_pages(stage: Stage, provider: Provider, declaration: Declaration) -> None:
    """Each once, and then it ends."""
    await checks.walks_every_page(stage.subject(provider, declaration))


@pytest.mark.parametrize(("provider", "declaration"), LISTINGS)
async def test_a_listing_that_breaks_has_given_what_came(
    stage: Stage, provider: Provider, declaration: Declaration
) -> None:
    """The first page is not lost with the second."""
    await checks.ends_a_walk_that_fails(stage.subject(provider, declaration))

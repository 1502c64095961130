"""The table of all operations says what the declarations and the sandbox say, and the page in docs/ is that table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import evolve

from tests.support.command_line import Run
from wamsg import registry
from wamsg.cli.operations.page import answers, page
from wamsg.driver import Answer, Provider
from wamsg.operations import Declaration, Evidence
from wamsg.wire import Request, Response

PAGE = Path(__file__).parents[3] / "docs" / "operations-table.md"
PROVIDERS = [registry.load(name) for name in ("kaleyra", "wacr")]


def rows(provider: Provider) -> list[list[str]]:
    """The cells below the heads of a provider's table."""
    lines = [line for line in page([provider]).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def test_the_page_is_up_to_date() -> None:
    """Write it anew with: wamsg providers --operations > docs/operations-table.md ."""
    assert page(PROVIDERS) == PAGE.read_text(), test_the_page_is_up_to_date.__doc__


def test_the_command_prints_the_page(run: Run) -> None:
    """Byte for byte."""
    assert run("providers", "--operations").out == page(PROVIDERS)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_every_operation_has_one_row(provider: Provider) -> None:
    """In the order of the declarations, with evidence and source; what is missing stands below, with why."""
    declared, missing = provider.operations(), provider.missing()
    found = rows(provider)

    assert [f"`{item.name}`" for item in declared] + [item.title for item in missing] == [row[0] for row in found]
    for item, (_, request, done, source, _, tested) in zip(declared, found, strict=False):
        assert request == f"`{item.method} {item.path}`"
        assert (done == "`client.send`") == item.sends == (tested == "contract")
        assert source.removeprefix("[").startswith("documented") == (item.evidence is Evidence.DOCUMENTED)
        assert (item.docs or "") in source
        assert item.note in source
    for gap, row in zip(missing, found[len(declared) :], strict=True):
        assert row[2] == f"no: {gap.why}"


def test_wacr_is_whole() -> None:
    """43 of 43."""
    assert 43 == len(rows(PROVIDERS[1]))
    assert all(not row[2].startswith("no") for row in rows(PROVIDERS[1]))


def test_kaleyra_says_what_is_missing() -> None:
    """Each with a reason of its own words, which ends no sentence."""
    assert PROVIDERS[0].missing()
    for item in PROVIDERS[0].missing():
        assert item.why
        assert not item.why.endswith(".")


class Elsewhere:
    """A sandbox that serves one address with one method, on which nothing exists."""

    base_path = "/api/v2"

    def respond(self, request: Request, _serial: int) -> Answer:
        if not request.path.startswith("/api/v2/groups/"):
            return Answer(response=Response(status=404))
        return Answer(response=Response(status=404 if request.method == "GET" else 405))


@pytest.mark.parametrize(
    ("name", "served"),
    [("groups.get", True), ("groups.delete", False), ("groups.list", False), ("messages.text", False)],
)
def test_the_sandbox_is_asked(name: str, served: bool) -> None:  # noqa: FBT001 -- a column of the table above
    """A thing that does not exist is an answer; an address or a method that is not served is none."""
    wacr = PROVIDERS[1]
    declaration: Declaration = next(item for item in wacr.operations() if item.name == name)

    assert answers(evolve(wacr, sandbox=Elsewhere()), declaration) is served  # type: ignore[arg-type]  # as much of one as is asked

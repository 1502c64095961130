"""``wamsg providers``: who is installed, and what each can express."""

from __future__ import annotations

import json as json_
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated

from attrs import asdict
from cyclopts import Parameter

from wamsg import registry
from wamsg.capabilities import FEATURES, Support, capabilities, markdown
from wamsg.cli.output import say
from wamsg.driver import Provider
from wamsg.errors import ConfigError


def providers(
    *,
    json: Annotated[bool, Parameter(negative=(), help="as one JSON document")] = False,
    as_markdown: Annotated[
        bool, Parameter(name="--markdown", negative=(), help="as the page docs/capabilities.md")
    ] = False,
    operations: Annotated[bool, Parameter(negative=(), help="as the page docs/operations-table.md")] = False,
) -> int:
    """List the providers and what each can express, as its driver says. Sends nothing."""
    if json + as_markdown + operations > 1:
        raise ConfigError("choose one of --json, --markdown and --operations, not several")
    found, broken = registry.load_all()
    for error in broken:
        print(f"wamsg: {error}", file=sys.stderr)  # noqa: T201 -- the command line's own voice
    if operations:
        from wamsg.cli.operations.page import page

        say(page(found).rstrip("\n"))
    elif as_markdown:
        say(markdown(found).rstrip("\n"))
    elif json:
        say(json_.dumps([_document(provider) for provider in found], indent=2))
    else:
        _table(found)
    return 0


def _document(provider: Provider) -> dict[str, object]:
    return {
        "name": provider.name,
        "title": provider.title,
        "docs": provider.docs,
        "limits": dict(provider.limits),
        "features": {feature: asdict(support) for feature, support in capabilities(provider).items()},
    }


def _table(found: Sequence[Provider]) -> None:
    from rich.console import Console
    from rich.table import Table

    support = {provider.name: capabilities(provider) for provider in found}
    table = Table("feature", *support)
    for feature in FEATURES:
        table.add_row(feature, *("yes" if each[feature].supported else "-" for each in support.values()))
    console = Console()
    for provider in found:
        console.print(
            f"{provider.name}: {provider.title}, {provider.docs}", markup=False, highlight=False, soft_wrap=True
        )
    console.print(table)
    for name, each in support.items():
        for why in _reasons(each):
            console.print(f"{name}: {why}", markup=False, highlight=False, soft_wrap=True)


def _reasons(support: Mapping[str, Support]) -> list[str]:
    """Why not, each reason once."""
    return list(dict.fromkeys(each.why for each in support.values() if each.why))

"""What docs/kaleyra-operations.md says is so: its table is the declarations, and its ways through are taken."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from tests.providers.kaleyra.api.conftest import Speaking
from tests.support.scripted import Said
from wamsg.providers.kaleyra import provider

PAGE = (Path(__file__).parents[4] / "docs" / "kaleyra-operations.md").read_text(encoding="utf-8")


def test_the_table_is_the_declarations() -> None:
    """Each with its address, how it is known and what limits it."""
    rows = re.findall(r"^\| `([a-z_.]+)` \| `([A-Z]+) (\S+)` \| (\w+) \|(.*)\|$", PAGE, re.MULTILINE)

    assert [(name, method, path, known, limit.strip()) for name, method, path, known, limit in rows] == [
        (
            each.name,
            each.method,
            each.path,
            each.evidence.value,
            " ".join(f"`{lane.kind}` {provider.limits[lane.kind]}" for lane in each.lanes),
        )
        for each in provider.operations()
    ]


async def test_both_ways_through_work(speaking: Speaking) -> None:
    """An operation of one's own, made by hand or declared, asks what it should."""
    by_hand, declared = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[1:]
    async with speaking([Said(document={"code": "WA200", "data": {}})] * 2) as (api, server):
        names: dict[str, Any] = {"client": api.numbers._line.caller, "__name__": "page"}
        for example in (by_hand, declared):
            code = compile(example, "the page", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            await eval(code, names)  # noqa: S307 -- our own page

    path = "/v2/HXSANDBOX00000001IN/whatsapp/1234567890/publish"
    assert [(asked.method, asked.target) for asked in server.asked] == [("POST", path)] * 2

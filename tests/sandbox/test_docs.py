"""What docs/sandbox.md says is so: its tables are compared with the code, and its examples are run."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest

from tests.support.listening import word_of
from wamsg.codec import EVENT_TAGS
from wamsg.model.event import Event
from wamsg.providers.kaleyra.sandbox_callbacks import LATE
from wamsg.providers.kaleyra.sandbox_refusals import MAGIC as KALEYRA
from wamsg.providers.wacr.sandbox import MAGIC as WACR
from wamsg.sandbox import MAGIC, Callbacks, Fault, FaultKind, Late, Sandbox, load_callbacks, load_faults
from wamsg.sandbox.faults import TAKES
from wamsg.sandbox.incoming import KINDS
from wamsg.testing.told import CONTENTS, notices

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def table(after: str) -> list[list[str]]:
    """The rows of the first table after these words, without its head."""
    lines = PAGE[PAGE.index(after) :].splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("|---"))
    rows: list[list[str]] = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            return rows
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


async def run(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert (0, b"") == (process.returncode, err)
    return out.decode()


def test_the_table_of_kinds_tells_the_truth() -> None:
    """Every kind, whether it accepts, and the fields that it takes."""
    rows = {cells[0].strip("`"): cells for cells in table("What it does.")}

    assert {str(kind) for kind in FaultKind} == set(rows)
    for kind in FaultKind:
        _, accepted, _, fields = rows[kind]
        assert ("yes" if Fault(kind=kind).accepts else "no") == accepted
        assert TAKES[kind] == set(re.findall(r"`(\w+)`", fields))


def test_the_table_of_magic_recipients_tells_the_truth() -> None:
    """Every suffix and its kind; what is throttled once is accepted later."""
    rows = {cells[0]: cells for cells in table("## Magic recipients")}

    assert set(MAGIC) == set(rows)
    for suffix, fault in MAGIC.items():
        expected = "later" if fault.first else "yes" if fault.accepts else "no"
        assert (expected, f"`{fault.kind}`") == (rows[suffix][1], rows[suffix][2].split(" ")[0].rstrip(","))


@pytest.mark.parametrize(("after", "magic"), [("Kaleyra refuses", KALEYRA), ("and WA.cr these", WACR)])
def test_the_providers_own_magic_recipients_are_listed(after: str, magic: Mapping[str, object]) -> None:
    """With status and code; none of them collides with the sandbox's own."""
    rows = {cells[0]: cells[1] for cells in table(after)}

    assert set(magic) == set(rows)
    assert not set(magic) & set(MAGIC)
    for suffix, refusal in magic.items():
        status, code = getattr(refusal, "status", None), getattr(refusal, "code", None)
        assert rows[suffix].startswith(f"{status} `{code}`")


def test_the_script_in_the_page_is_a_script() -> None:
    """Three faults, as commented."""
    text = examples("toml")[0]

    assert ["throttle", "accepted_then_cut", "status"] == [fault.kind for fault in load_faults(text)]


def test_the_callbacks_in_the_page_are_a_script() -> None:
    """With its two ways of failing late."""
    made = load_callbacks(examples("toml")[1])

    assert made is not None
    assert (50, 2) == (made.batch, len(made.late))


def test_the_table_of_callbacks_tells_the_truth() -> None:
    """Every field, and its default."""
    rows = [(re.findall(r"`(\w+)`", cells[0]), cells[1]) for cells in table("The fault script may hold")]
    told = {name: value for names, values in rows for name, value in zip(names, values.split(", "), strict=True)}

    fields = [item for item in attrs.fields(Callbacks) if item.name != "url"]
    assert {item.name for item in fields} == set(told)
    for item in fields:
        shown = "" if item.default == () else f"{item.default:g}" if isinstance(item.default, float) else item.default
        assert str(shown).lower() == told[item.name]
    [late] = [cells[2] for cells in table("The fault script may hold") if cells[0] == "`late`"]
    assert set(re.findall(r"`(\w+)`", late)) == {item.name for item in attrs.fields(Late)}


def test_the_recipients_that_fail_late_are_listed() -> None:
    """Every ending, with its code or reason; none is a magic one for something else."""
    rows = {cells[0]: cells[1] for cells in table("Some\nrecipients fail late")}

    assert set(LATE) == set(rows)
    assert not set(LATE) & (set(MAGIC) | set(KALEYRA))
    assert [] == [ending for ending, fault in LATE.items() if fault not in rows[ending]]


async def test_the_python_in_the_page_runs() -> None:
    """As a script of its own."""
    (code,) = examples("python")

    assert "" == await run(sys.executable, "-W", "error", "-c", code)


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
@pytest.mark.parametrize("number", [0, 1])
async def test_the_curl_lines_in_the_page_send_a_message(number: int) -> None:
    """The seed of everything: the providers' own examples, on this machine."""
    async with Sandbox() as sandbox:
        answer = await run("sh", "-c", examples("bash")[number].replace("http://127.0.0.1:8025", sandbox.url))

        assert ["919812345678"] == [record.recipient for record in sandbox.outbox.accepted]
        assert str(sandbox.outbox.accepted[0].message_id) in json.dumps(json.loads(answer))


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
async def test_the_curl_line_in_the_page_writes() -> None:
    """As somebody who uses a bot would."""
    async with Sandbox(callbacks="http://127.0.0.1:9/") as sandbox:
        answer = await run("sh", "-c", examples("bash")[2].replace("http://127.0.0.1:8025", sandbox.url))

    assert json.loads(answer)["message_id"]


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
async def test_the_curl_line_in_the_page_tells_of_a_template() -> None:
    """As the console of a provider would."""
    async with Sandbox(callbacks="http://127.0.0.1:9/") as sandbox:
        answer = await run("sh", "-c", examples("bash")[3].replace("http://127.0.0.1:8025", sandbox.url))

    assert "paused" == json.loads(answer)["status"]


def test_the_table_of_what_people_write_tells_the_truth() -> None:
    """Every kind beside text, and every field of its class; of contacts it shows a card."""
    fields: dict[str, set[str]] = {}
    for kinds, named in table("In the place of `text`"):
        for kind in re.findall(r"`(\w+)`", kinds):
            fields[kind] = set(re.findall(r"`(\w+)`", named))

    assert set(KINDS) - {"text"} == set(fields)
    for kind, content in ((word_of(content), content) for content in CONTENTS.values()):
        if kind not in {"text", "contacts"}:
            names = {item.name for item in attrs.fields(type(content))} - {"problem"}
            assert names <= fields[kind] | set(KINDS[kind][0]) | {"description"}, kind


def test_the_table_of_notices_tells_the_truth() -> None:
    """Every type, and every field of its class."""
    told = {cells[0].strip("`"): set(re.findall(r"`(\w+)`", cells[1])) for cells in table("The body is an event")}
    shared = {item.alias for item in attrs.fields(Event)}

    assert {type(notice) for notice in notices("kaleyra").values()} == {EVENT_TAGS[word] for word in told}
    for word, named in told.items():
        assert {item.name for item in attrs.fields(EVENT_TAGS[word]) if item.alias not in shared} == named - {"flagged"}


def test_the_credentials_in_the_page_are_those_of_the_sandbox() -> None:
    """All of each provider's example settings stand in its row."""
    sandbox = Sandbox()
    rows = {cells[0]: " ".join(cells) for cells in table("## Addresses and credentials")}

    for name, title in [("kaleyra", "Kaleyra"), ("wacr", "WA.cr")]:
        provider = sandbox.mounts[name].provider
        assert f"http://127.0.0.1:8025/{name}{provider.sandbox.base_path}`" in rows[title]
        assert all(f"`{value}`" in rows[title] for value in provider.example.values())

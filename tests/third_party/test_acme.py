"""A provider in a distribution of its own is as good as a built-in one, everywhere, without an edit in wamsg."""

from __future__ import annotations

import ast
import asyncio
import json
import re
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest

import wamsg
from tests.support import third_party
from wamsg import Image, Status, Text, collect, errors, fan_out, registry
from wamsg.capabilities import FEATURES
from wamsg.sandbox import Sandbox
from wamsg.testing.contract import DriverContract
from wamsg.transport.memory import SandboxTransport
from wamsg.wire import Form

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
#: The last one is unreachable in Acme's sandbox.
TO, OTHER, NOBODY = "+12025550101", "+12025550102", "+12025540404"
PACKAGE = third_party.ACME / "acme_provider"


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    with third_party.visible():
        yield


@pytest.fixture
def wire() -> SandboxTransport:
    return SandboxTransport(registry.load("acme").sandbox)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


def connect(wire: SandboxTransport) -> wamsg.Client:
    return wamsg.connect("acme", transport=wire, environ={}, token=registry.load("acme").example["token"])


async def wamsg_process(*arguments: str, **environ: str) -> tuple[int | None, str, str]:
    """Exit code, standard output and standard error of the command line, run as a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wamsg", *arguments),
        env=third_party.environment(**environ),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, complaints = await process.communicate()
    return process.returncode, output.decode(), complaints.decode()


async def test_a_text_goes_out(wire: SandboxTransport) -> None:
    """connect() finds the plug-in by name, and a send ends in the id that its server gave."""
    async with connect(wire) as messenger:
        result = await messenger.send(Text(body="hello"), to=TO, provider_options={"tag": "spring"})

    (accepted,) = wire.accepted
    assert ("acme", "acme-1") == (result.provider, result.message_id)
    assert {"to": TO, "kind": "text", "text": "hello", "tag": "spring"} == dict(accepted.body)


async def test_a_file_is_uploaded_once_and_sent_by_its_id(wire: SandboxTransport) -> None:
    """What encode_upload says is enough for the client to do the rest, however many recipients there are."""
    image = Image(file=PNG, caption="hi")
    async with connect(wire) as messenger:
        outcomes = await collect(fan_out(messenger, image, to=[TO, OTHER]))

    uploads = [request for request in wire.requests if isinstance(request.body, Form)]
    assert [Status.ACCEPTED] * 2 == [outcome.status for outcome in outcomes]
    assert 1 == len(uploads)
    assert {"media-1"} == {accepted.body["media_id"] for accepted in wire.accepted}


async def test_a_fan_out_has_one_outcome_per_recipient(wire: SandboxTransport) -> None:
    """Acme's own codes arrive as the errors that everyone knows."""
    async with connect(wire) as messenger:
        outcomes = await collect(fan_out(messenger, Text(body="hello"), to=f"{TO},{NOBODY},nonsense,{TO}"))

    kinds = [type(outcome.error) for outcome in outcomes]
    assert [type(None), errors.RecipientRefused, errors.InvalidRecipient, errors.DuplicateRecipient] == kinds


async def test_what_acme_cannot_express_never_leaves(wire: SandboxTransport) -> None:
    """Unsupported and InvalidMessage come before any I/O."""
    async with connect(wire) as messenger:
        with pytest.raises(errors.Unsupported, match="it sends texts and images"):
            await messenger.send(FEATURES["location"].content, to=TO)
        with pytest.raises(errors.InvalidMessage, match="no option 'tags'"):
            await messenger.send(Text(body="hello"), to=TO, provider_options={"tags": "spring"})

    assert [] == wire.requests


async def test_wrong_credentials_are_told(wire: SandboxTransport) -> None:
    """The plug-in's settings are checked and named as any other's."""
    async with wamsg.connect("acme", transport=wire, environ={}, token="wrong") as messenger:
        with pytest.raises(errors.BadCredentials, match="unknown token"):
            await messenger.send(Text(body="hello"), to=TO)

    with pytest.raises(errors.ConfigError, match="WAMSG_ACME_TOKEN"):
        wamsg.connect("acme", transport=wire, environ={})


async def test_the_sandbox_server_mounts_it(sandbox: Sandbox) -> None:
    """Over real sockets: the server speaks Acme's dialect beside the others, files included."""
    async with wamsg.connect("acme", environ={}, **sandbox.settings("acme")) as messenger:
        text = await messenger.send(Text(body="\N{SNOWMAN}"), to=TO)
        image = await messenger.send(Image(file=PNG), to=OTHER)

    first, second = sandbox.outbox.find(provider="acme")
    assert [text.message_id, image.message_id] == [first.message_id, second.message_id]
    assert ("\N{SNOWMAN}", "image", OTHER[1:]) == (first.body["text"], second.kind, second.recipient)
    assert sandbox.counts["acme"]["refused"] == 0


async def test_the_command_line_lists_it() -> None:
    """`wamsg providers` shows what is installed, plug-ins like ours."""
    code, output, complaints = await wamsg_process("providers", "--json")

    listed = {provider["name"]: provider for provider in json.loads(output)}
    assert (0, "") == (code, complaints)
    assert ["acme", "kaleyra", "wacr"] == list(listed)
    assert {"supported": True, "why": None} == listed["acme"]["features"]["image from file"]


async def test_the_command_line_sends_through_it(sandbox: Sandbox, tmp_path: Path) -> None:
    """`wamsg send --provider acme` as a process, with its settings from its own environment variables."""
    picture = tmp_path / "sale.png"
    picture.write_bytes(PNG)
    settings = {f"WAMSG_ACME_{name.upper()}": value for name, value in sandbox.settings("acme").items()}
    arguments = ("--provider", "acme", "--to", f"{TO},{OTHER}", "--json")

    code, output, complaints = await wamsg_process(
        *("send", *arguments, "image", "--file", str(picture), "--caption", "hi"), **settings
    )

    lines = [json.loads(line) for line in output.splitlines()]
    assert 0 == code, complaints
    assert ["accepted", "accepted"] == [line["status"] for line in lines]
    assert {TO[1:], OTHER[1:]} == {record.recipient for record in sandbox.outbox.find(provider="acme")}


def test_wamsg_knows_nothing_of_it() -> None:
    """No file of wamsg had to be edited for this provider."""
    root = Path(wamsg.__file__).parent

    assert [] == [path for path in root.rglob("*.py") if "acme" in path.read_text().lower()]


def test_the_seam_is_all_it_needs() -> None:
    """It stands on the rooms that a provider is meant to stand on, and does no I/O."""
    found = {
        name
        for path in PACKAGE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _imported(node)
        if name.partition(".")[0] != "acme_provider"
    }

    assert {name for name in found if name.startswith("wamsg")} == {
        *("wamsg", "wamsg.driver", "wamsg.errors", "wamsg.model", "wamsg.model.checks", "wamsg.settings", "wamsg.wire"),
    }
    assert not {"asyncio", "socket", "time", "os", "random", "aiohttp", "threading"} & found


def test_its_metadata_says_what_its_project_file_says() -> None:
    """The entry point under test is the one that a build of the distribution would make."""
    project = tomllib.loads((third_party.ACME / "pyproject.toml").read_text())["project"]
    written = ConfigParser()
    written.read(third_party.ACME / "acme_provider-1.0.dist-info" / "entry_points.txt")

    assert project["entry-points"]["wamsg.providers"] == dict(written["wamsg.providers"])
    assert f"acme_provider-{project['version']}.dist-info" in {path.name for path in third_party.ACME.iterdir()}


def _excerpts() -> list[tuple[str, str]]:
    """File and code of every Python block of the page that tells how to add a provider."""
    page = (Path(__file__).parents[2] / "docs" / "adding-a-provider.md").read_text()
    return re.findall(r"```python\n# (\w+\.py)\n(.*?)```", page, re.DOTALL)


def test_the_page_shows_the_code_that_is_tested() -> None:
    """Whoever copies from docs/adding-a-provider.md copies what stands in this provider."""
    excerpts = _excerpts()

    assert {"__init__.py", "config.py", "encode.py", "decode.py", "driver.py", "test_contract.py"} == dict(
        excerpts
    ).keys()
    for name, code in excerpts:
        assert name == "test_contract.py" or code in (PACKAGE / name).read_text(), name


def test_the_contract_runs_the_way_the_page_says() -> None:
    """The page's own test file, as an outsider would run it, passes."""
    code = dict(_excerpts())["test_contract.py"]
    namespace: dict[str, Any] = {}
    exec(code, namespace)  # noqa: S102 -- our own page

    assert issubclass(namespace["TestAcme"], DriverContract)
    namespace["TestAcme"]().test_a_feature_reaches_its_recipients("text")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []

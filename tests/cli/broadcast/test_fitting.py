"""A template that does not fit is told before anybody is sent to."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wamsg.sandbox import Sandbox
from wamsg.settings import env_name


def _environment(folder: Path, settings: dict[str, object], provider: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WAMSG_")}
    given = {env_name(provider, name): str(value) for name, value in settings.items()}
    return {**clean, **given, "XDG_CONFIG_HOME": str(folder)}


async def _plan(folder: Path, environment: dict[str, str], provider: str, message: str, *more: str) -> tuple[int, str]:
    (folder / "sale.toml").write_text(message, "utf-8")
    (folder / "customers.csv").write_text("phone,first_name\n+919812360001,Asha\n", "utf-8")
    files = (str(folder / "sale.toml"), str(folder / "customers.csv"), "--ledger", str(folder / "sale.ledger"))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wamsg", "broadcast", "plan", *files, "--provider", provider, "--yes", *more),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    _, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, err.decode()


def _template(name: str, *body: str) -> str:
    return f'type = "template"\nname = "{name}"\nlanguage = "en"\nbody = {list(body)!r}\n'


@pytest.mark.parametrize("more", [(), ("--no-template-check",)], ids=["checked", "not checked"])
async def test_a_template_that_the_account_lacks_is_told_before_it_is_planned(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    """Exit code 2 and the name; nothing is frozen. Whoever knows better can say so."""
    async with Sandbox() as sandbox:
        environment = _environment(tmp_path, sandbox.settings("wacr"), "wacr")
        code, said = await _plan(tmp_path, environment, "wacr", _template("no_such_thing", "{first_name}"), *more)

    assert code == (0 if more else 2), said
    assert ("no_such_thing" in said) is not bool(more)


async def test_a_provider_that_cannot_be_asked_stops_nobody(tmp_path: Path) -> None:
    """Planning works without a network; what was not checked is told."""
    settings: dict[str, object] = {"token": "fake-token", "base_url": "http://127.0.0.1:9/api/v2"}
    environment = _environment(tmp_path, settings, "wacr")

    code, said = await _plan(tmp_path, environment, "wacr", _template("welcome", "{first_name}"))

    assert code == 0, said
    assert "could not be checked" in said

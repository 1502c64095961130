"""`wamsg doctor`: healthy or not, and what to change."""

from __future__ import annotations

import json

import pytest

from tests.support.command_line import Run, Serve
from wamsg.sandbox import Fault, FaultKind


@pytest.mark.parametrize("provider", ["kaleyra", "wacr"])
def test_a_good_account_is_healthy(serve: Serve, run: Run, provider: str) -> None:
    """With good settings it says so, shows their sources and no secret, and sends no message."""
    sandbox = serve()
    ran = run("doctor", "--provider", provider)

    assert ran.code == 0
    assert ran.lines[0] == f"provider  {provider} (argument)"
    assert ran.lines[-1].startswith("healthy: ")
    for value in sandbox.mounts[provider].provider.example.values():
        assert value not in ran.out or value.startswith("HX")
    assert sandbox.outbox.count() == 0
    assert sandbox.counts[provider]["answered"] == 1


@pytest.mark.parametrize(("provider", "variable"), [("kaleyra", "WAMSG_KALEYRA_API_KEY"), ("wacr", "WAMSG_WACR_TOKEN")])
def test_a_wrong_key_is_named(
    serve: Serve, run: Run, monkeypatch: pytest.MonkeyPatch, provider: str, variable: str
) -> None:
    """A refused credential ends with exit code 1 and the variable to check, not its value."""
    serve()
    monkeypatch.setenv(variable, "SECRET-0001")
    ran = run("doctor", "--provider", provider)

    assert ran.code == 1
    assert ran.lines[-1].startswith("not healthy: ")
    assert f"check {variable}" in ran.lines[-1]
    assert "SECRET" not in ran.out + ran.err


def test_every_missing_setting_is_shown_at_once(run: Run) -> None:
    """Nobody has to run it once per missing setting."""
    ran = run("doctor", "--provider", "kaleyra", "--json")

    found = json.loads(ran.out)
    assert ran.code == 2
    missing = {row["name"]: row["shown"] for row in found["settings"] if row["source"] == "missing"}
    assert missing == {name: f"set WAMSG_KALEYRA_{name.upper()}" for name in ("sid", "api_key", "sender")}
    assert not found["healthy"]


def test_a_wrong_value_is_not_shown(run: Run) -> None:
    """A password pasted into an address stays off the screen."""
    ran = run("doctor", "-p", "wacr", "--set", "token=SECRET-1", "--set", "base_url=https://ann:SECRET-2@app.example")

    assert ran.code == 2
    assert "base_url must not hold a user" in ran.lines[-1]
    assert "SECRET" not in ran.out + ran.err


def test_a_server_that_is_not_there_is_told(run: Run) -> None:
    """A refused connection asks to check the address; it is not taken for a wrong key."""
    ran = run("doctor", "-p", "wacr", "--set", "token=a", "--set", "base_url=http://127.0.0.1:9", "--timeout", "0.01")

    assert ran.code == 1
    assert "check base_url and the network" in ran.lines[-1]


def test_a_server_that_is_somebody_else_is_told(serve: Serve, run: Run) -> None:
    """A web page for an answer means a wrong address."""
    serve(faults=(Fault(kind=FaultKind.HTML_200, provider="wacr"),))
    ran = run("doctor", "-p", "wacr", "--json")

    found = json.loads(ran.out)
    assert ran.code == 1
    assert not found["healthy"]
    assert "base_url" in found["detail"]


def test_without_a_provider_it_says_how_to_choose_one(run: Run) -> None:
    """The first thing that can be missing is the provider itself."""
    ran = run("doctor")

    assert ran.code == 2
    assert "installed: kaleyra, wacr" in ran.complaint

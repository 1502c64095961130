"""Where settings come from, and which of several wins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import Run

TOML = """
provider = "kaleyra"

[kaleyra]
sid = "HXFILE"
api_key = "SECRET-file"
sender = "+12025550100"
pod = "eu"

[wacr]
token = "SECRET-file"
"""


def sources(run: Run, *words: str) -> dict[str, tuple[str, str]]:
    """What ``wamsg doctor`` says of every setting: its source and what it shows of it."""
    ran = run("doctor", "--json", "--timeout", "0.01", "--set", "base_url=http://127.0.0.1:9", *words)
    assert "SECRET" not in ran.out + ran.err
    return {row["name"]: (row["source"], row["shown"]) for row in json.loads(ran.out)["settings"]}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(TOML)
    return path


def test_argument_before_environment_before_file_before_default(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each setting has one winner, and doctor says which."""
    monkeypatch.setenv("WAMSG_KALEYRA_POD", "na")
    monkeypatch.setenv("WAMSG_KALEYRA_SID", "HXENV")
    found = sources(run, "--config", str(config), "--set", "sid=HXARG")

    assert found == {
        "sid": ("argument", "HXARG"),
        "api_key": ("file", "set"),
        "sender": ("file", "+12*******00"),
        "pod": ("WAMSG_KALEYRA_POD", "na"),
        "base_url": ("argument", "http://127.0.0.1:9"),
        "waba_id": ("default", ""),
        "wa_source": ("default", ""),
    }


def test_the_provider_too_has_one_winner(run: Run, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--provider, then WAMSG_PROVIDER, then the file."""
    config_words = ("--config", str(config))

    assert "sid" in sources(run, *config_words)
    monkeypatch.setenv("WAMSG_PROVIDER", "wacr")
    assert "token" in sources(run, *config_words)
    assert "sid" in sources(run, *config_words, "--provider", "kaleyra")


def test_the_file_has_one_winner_as_well(
    run: Run, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--config, then WAMSG_CONFIG, then wamsg/config.toml in the user's folder of settings."""
    home = tmp_path / "config" / "wamsg"
    home.mkdir(parents=True)
    (home / "config.toml").write_text(TOML.replace("HXFILE", "HXHOME"))
    assert sources(run)["sid"] == ("file", "HXHOME")

    (tmp_path / "other.toml").write_text(TOML.replace("HXFILE", "HXOTHER"))
    monkeypatch.setenv("WAMSG_CONFIG", str(tmp_path / "other.toml"))
    assert sources(run)["sid"] == ("file", "HXOTHER")
    assert sources(run, "--config", str(config))["sid"] == ("file", "HXFILE")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("provider = ", "is not TOML", id="toml"),
        pytest.param("[kaleyra\nsid = 'SECRET'", "is not TOML", id="cut-off"),
        pytest.param("provider = 5", "provider must be text", id="provider-type"),
        pytest.param("provider = 'post'", "there is no provider 'post'", id="provider"),
        pytest.param("provdier = 'wacr'", "'provdier' is neither 'provider' nor one of the providers", id="key"),
        pytest.param("[kalyera]\nsid = 'SECRET'", "'kalyera' is neither", id="table"),
        pytest.param("kaleyra = 'SECRET'", "kaleyra must be a table", id="no-table"),
        pytest.param("provider = 'wacr'\n[wacr]\ntokn = 'SECRET'", "wacr has no setting 'tokn'", id="setting"),
        pytest.param("provider = 'wacr'\n[wacr]\ntoken = 5", "token must be text, not int", id="type"),
        pytest.param("provider = 'wacr'\n[wacr]\ntoken = \"SECRET\\nx\"", "token holds a line break", id="newline"),
        pytest.param(
            "provider = 'wacr'\n[wacr]\ntoken = 'SECRET'\nbase_url = 'http://app.example'", "https://", id="http"
        ),
        pytest.param("provider = 'wacr'", "wacr: token is missing", id="missing"),
        pytest.param("", "which provider? pass --provider NAME or set WAMSG_PROVIDER", id="empty"),
    ],
)
def test_a_wrong_file_is_one_sentence(run: Run, tmp_path: Path, text: str, sentence: str) -> None:
    """A settings file that cannot be used says what to change, and shows no value of it."""
    path = tmp_path / "settings.toml"
    path.write_text(text)
    ran = run("send", "--config", str(path), "--to", "+12025550101", "text", "a")

    assert ran.code == 2
    assert sentence in ran.complaint
    assert "SECRET" not in ran.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(["--config", "none.toml"], "cannot read none.toml: No such file", id="no-file"),
        pytest.param(["--config", "."], "cannot read .: Is a directory", id="folder"),
        pytest.param(["-p", "wacr"], "token is missing; pass token=.. or set WAMSG_WACR_TOKEN", id="missing"),
        pytest.param(["-p", "wacr", "--set", "token="], "token must not be empty", id="empty"),
        pytest.param(["-p", "wacr", "--set", "token=a b"], "token holds a space", id="space"),
        pytest.param(["-p", "wacr", "--set", "token=a", "--set", "timeout=5"], "no setting 'timeout'", id="ours"),
        pytest.param(["-p", "wacr", "--set", "token=a", "--set", "name=x"], "no setting 'name'", id="first-argument"),
        pytest.param(["-p", "wacr", "--set", "token=a", "--set", "base_url=http://a.example"], "https://", id="http"),
        pytest.param(["-p", "kaleyra", "--set", "sid=../x"], "api_key is missing", id="first-missing"),
        pytest.param(["-p", ""], "there is no provider ''", id="no-name"),
    ],
)
def test_wrong_settings_are_one_sentence(run: Run, words: list[str], sentence: str) -> None:
    """A setting that cannot be used says what to change before anything is sent."""
    ran = run("send", *words, "--to", "+12025550101", "text", "a")

    assert ran.code == 2
    assert sentence in ran.complaint

"""The command as a whole: help, version, and one sentence for whatever is wrong."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.support.command_line import Run
from wamsg import errors
from wamsg.cli.kinds import KINDS


def test_help_teaches_with_examples(run: Run) -> None:
    """`wamsg --help` names every command and shows four command lines that work."""
    ran = run("--help")

    assert ran.code == 0
    for command in ("send", "broadcast", "suppress", "providers", "doctor", "sandbox", "demo"):
        assert f"│ {command}" in ran.out
    assert ran.out.count("\n  wamsg ") == 4


def test_the_version_is_the_installed_one(run: Run) -> None:
    """`wamsg --version` says what pip says."""
    ran = run("--version")

    assert (0, version("wamsg")) == (ran.code, ran.out.strip())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_help_with_an_example(run: Run, kind: str) -> None:
    """`wamsg send KIND --help` shows the kind's own options, those around it, and one example."""
    ran = run("send", kind, "--help")

    assert ran.code == 0
    assert "wamsg send" in ran.out.split("╭")[0].partition("\n\n")[2]
    assert "--to-file" in ran.out
    assert "--provider" in ran.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(["sned"], "there is no such command 'sned'; did you mean send?", id="command"),
        pytest.param(["send", "txet", "hi"], "there is no such command 'txet'; did you mean text?", id="kind"),
        pytest.param(["send"], "say what to send: text, image", id="no-kind"),
        pytest.param(["send", "text"], "BODY is missing; see wamsg send text --help", id="no-body"),
        pytest.param(["send", "text", "hi", "--to"], "--to needs a value", id="no-value"),
        pytest.param(["send", "text", "hi", "there"], "there is an argument too many", id="unquoted"),
        pytest.param(["send", "text", "-hi-"], "a text that starts with a dash goes behind --", id="dash"),
        pytest.param(["send", "text", "hi", "--too", "1"], "there is no option --too; did you mean --to?", id="option"),
        pytest.param(["send", "text", "hi", "--to", "1", "--to", "2"], "--to is given twice", id="twice"),
        pytest.param(["send", "location", "north", "1"], "LATITUDE must be a number", id="number"),
        pytest.param(["sandbox", "--port", "many"], "--port must be a whole number", id="whole-number"),
        pytest.param(["providers", "--jsn"], "there is no option --jsn; did you mean --json?", id="flag"),
    ],
)
def test_a_slip_is_one_sentence(run: Run, words: list[str], sentence: str) -> None:
    """Whatever cannot be read ends with exit code 2 and a sentence that says what to change."""
    ran = run(*words)

    assert ran.code == 2
    assert sentence in ran.complaint


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["send", "--set", "token", "SECRET-0001", "text", "hi"], id="set-without-equals"),
        pytest.param(["send", "--set", "SECRET-0001", "text", "hi"], id="set-without-name"),
        pytest.param(["send", "--token=SECRET-0001", "text", "hi"], id="unknown-option"),
        pytest.param(["send", "--token", "SECRET-0001", "text", "hi"], id="unknown-option-and-value"),
        pytest.param(["send", "text", "hi", "SECRET-0001"], id="too-many"),
        pytest.param(["send", "--provider", "wacr", "--set", "token=SECRET-0001\nx", "text", "hi"], id="newline"),
        pytest.param(
            ["send", "-p", "wacr", "--set", "token=SECRET-0001", "--set", "token=b", "text", "hi"], id="given-twice"
        ),
        pytest.param(
            ["send", "-p", "wacr", "--set", "token=a", "--set", "base_url=https://u:SECRET-0001@x", "text", "a"],
            id="address",
        ),
        pytest.param(["doctor", "SECRET-0001"], id="doctor"),
        pytest.param(["doctor", "-p", "wacr", "--set", "tokn=SECRET-0001"], id="unknown-setting"),
    ],
)
def test_no_complaint_shows_a_secret(run: Run, words: list[str]) -> None:
    """A credential that slipped into the wrong place is not repeated on the screen."""
    ran = run(*words)

    assert ran.code == 2
    assert "SECRET" not in ran.out + ran.err
    assert ran.err.count("\n") <= 1


def test_without_the_extra_the_command_says_which_one() -> None:
    """An installation without the command-line library ends with one sentence and exit code 2."""
    script = "import sys; sys.modules['cyclopts'] = None; from wamsg.cli import main; sys.exit(main(['demo']))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)

    assert (2, "") == (ran.returncode, ran.stdout)
    assert ran.stderr == "wamsg: the command line needs the extra 'cli'; install wamsg[cli]\n"


def test_another_missing_module_is_not_blamed_on_the_extra() -> None:
    """A broken installation shows its own error rather than wrong advice."""
    script = "import sys; sys.modules['wamsg.codec'] = None; from wamsg.cli import main; main(['demo'])"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)

    assert "ModuleNotFoundError" in ran.stderr
    assert "wamsg[cli]" not in ran.stderr


def test_help_loads_neither_http_nor_providers() -> None:
    """`wamsg --help` stays quick: it loads no HTTP library, no provider and no sandbox."""
    script = (
        "import sys; from wamsg.cli import main; main(['--help']); "
        "sys.exit(','.join(name for name in sys.modules if name.split('.')[0] in ('aiohttp', 'tenacity') "
        "or name.startswith(('wamsg.providers.', 'wamsg.sandbox'))) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)

    assert (0, "") == (ran.returncode, ran.stderr)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(errors.ConfigError("say\x1b[31m what"), 2, id="config"),
        pytest.param(errors.InvalidMessage("say what"), 2, id="message"),
        pytest.param(errors.Unsupported("say what"), 2, id="unsupported"),
        pytest.param(errors.WamsgError("say what"), 1, id="any-other"),
        pytest.param(errors.NotSent("say what"), 1, id="send"),
        pytest.param(KeyboardInterrupt(), 130, id="ctrl-c"),
    ],
)
def test_every_error_has_its_exit_code(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    """Errors of the library end as a sentence without control characters and the exit code of the table."""

    def fail() -> None:
        raise error

    monkeypatch.setattr("wamsg.registry.names", fail)
    ran = run("providers")

    assert code == ran.code
    assert "\x1b" not in ran.err
    assert ("say" in ran.err) == (code != 130)

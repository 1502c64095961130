"""Wrong input to `wamsg broadcast`: one sentence, code 2, no ledger made, nothing sent, nothing overwritten."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pytest

from tests.support.broadcast_files import FAST, FILES, LEDGER, Files
from tests.support.command_line import Run, Serve

OPTIONS: list[tuple[Sequence[str], str]] = [
    (("--canary", "some"), "canary must be"),
    (("--canary-failures", "120%"), "canary_failures must be"),
    (("--window", "late"), "window"),
    (("--window", "09:00-20:00", "--window-zone", "Mars/Crater"), "Mars/Crater"),
    (("--expires", "2001-01-01T00:00Z"), "already past"),
    (("--start-at", "tomorrow"), "start_at must be"),
    (("--daily-quota", "-5"), "daily_quota"),
    (("--concurrency", "0"), "concurrency must be"),
    (("--attempts", "many"), "attempts must be"),
    (("--on-unknown", "pray"), "hold, skip, ask, resend"),
    (("--limit", "0"), "--limit takes"),
    (("--rate", "fast"), "is not a limit"),
    (("--format", "xls"), "csv or jsonl"),
    (("--encoding", "klingon"), "no encoding"),
    (("--delimiter", "#"), "delimiter is one of"),
    (("--phone-column", "fax"), "no column 'fax'"),
    (("--sender", "second"), "[kaleyra.senders.second]"),
    (("--provider", "pigeon"), "pigeon"),
    (("--broadcasts", "1"), "did you mean --broadcast"),
]


@pytest.mark.parametrize(("words", "said"), OPTIONS, ids=lambda value: value[0] if isinstance(value, tuple) else "")
def test_a_wrong_option(
    serve: Serve, run: Run, files: Files, monkeypatch: pytest.MonkeyPatch, words: Sequence[str], said: str
) -> None:
    """The sentence names what to change, and no ledger is made for it."""
    sandbox = serve()
    files.write()
    monkeypatch.setenv("WAMSG_PROVIDER", "kaleyra")
    ran = run("broadcast", "run", *FILES, "--yes", "--ledger", LEDGER, *words)

    assert ran.code == 2
    assert said in ran.complaint
    assert (files.ledgers, sandbox.outbox.count()) == ([], 0)


MESSAGES = {
    "no TOML": ("type = ", "is not TOML"),
    "no type": ('body = "a"', "type"),
    "misspelt": ('type = "txet"\nbody = "a"', "did you mean text"),
    "unknown column": ('type = "text"\nbody = "Dear {surname}"', "{surname}"),
    "open brace": ('type = "text"\nbody = "Dear {first_name"', "no placeholder"),
    "nothing": ("", "type"),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_a_wrong_message(serve: Serve, run: Run, files: Files, case: str) -> None:
    """It is refused before any recipient is read."""
    sandbox = serve()
    text, said = MESSAGES[case]
    files.write(message=text)
    ran = run("broadcast", "run", *FILES, "--yes", *FAST)

    assert ran.code == 2
    assert said in ran.complaint
    assert (files.ledgers, sandbox.outbox.count()) == ([], 0)


def test_what_the_provider_cannot_express_is_refused_before_anyone_is_read(
    serve: Serve, run: Run, files: Files
) -> None:
    """A message that would be refused for everyone makes no plan, whoever the recipients are."""
    serve()
    files.write(message='type = "text"\nbody = "Hello"\n[options]\nno_such_option = "1"\n')
    ran = run("broadcast", "plan", *FILES, "--yes", *FAST)

    assert ran.code == 2
    assert "no_such_option" in ran.complaint
    assert files.ledgers == []


@pytest.mark.parametrize("missing", FILES)
def test_a_missing_file(serve: Serve, run: Run, files: Files, missing: str) -> None:
    """The sentence names it."""
    serve()
    files.write()
    (files.folder / missing).unlink()
    ran = run("broadcast", "run", *FILES, "--yes", *FAST)

    assert ran.code == 2
    assert f"cannot read {missing}" in ran.complaint
    assert files.ledgers == []


def test_recipients_without_anyone(serve: Serve, run: Run, files: Files) -> None:
    """A header alone is nobody, and leaves no broadcast behind."""
    serve()
    files.write(0)
    ran = run("broadcast", "run", *FILES, "--yes", *FAST)

    assert ran.code == 2
    assert run("broadcast", "status", "--ledger", LEDGER).code == 2
    assert "people.csv" in ran.complaint


def test_nobody_can_be_asked(serve: Serve, run: Run, files: Files) -> None:
    """Without a terminal and without --yes nothing is read, planned or sent."""
    sandbox = serve()
    files.write()
    for words in (("plan", *FILES), ("run", *FILES), ("run", FILES[0], "-")):
        ran = run("broadcast", *words, *FAST)
        assert ran.code == 2
        assert "--yes" in ran.complaint
    assert (files.ledgers, sandbox.outbox.count()) == ([], 0)


@pytest.mark.parametrize("verb", ["run", "resume", "status", "pause", "cancel", "retry", "report"])
def test_a_ledger_that_is_none(serve: Serve, run: Run, files: Files, verb: str) -> None:
    """A missing file, a foreign file and another program's database are told apart and left as they are."""
    serve()
    files.write()
    foreign, database = files.folder / "notes.txt", files.folder / "other.db"
    foreign.write_bytes(b"do not touch" * 20)
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE t (x)")
    before = database.read_bytes()
    more = {"cancel": ("--yes",), "retry": ("--only", "rejected", "--yes")}.get(verb, ())

    said = {name: run("broadcast", verb, "--ledger", name, *more) for name in ("none.ledger", "notes.txt", "other.db")}

    assert {ran.code for ran in said.values()} == {2}
    assert "does not exist" in said["none.ledger"].complaint
    assert "no ledger" in said["notes.txt"].complaint
    assert "another program" in said["other.db"].complaint
    assert (foreign.read_bytes(), database.read_bytes()) == (b"do not touch" * 20, before)
    assert files.ledgers == []


def test_a_foreign_file_is_not_planned_into(serve: Serve, run: Run, files: Files) -> None:
    """Naming the recipients' file as the ledger does not cost anyone the recipients."""
    serve()
    files.write()
    before = (files.folder / FILES[1]).read_bytes()
    ran = run("broadcast", "run", *FILES, "--yes", "--provider", "kaleyra", "--ledger", FILES[1])

    assert ran.code == 2
    assert (files.folder / FILES[1]).read_bytes() == before


def test_an_address_of_another_kind_shows_no_password(run: Run) -> None:
    """A ledger's address may hold a secret, which no sentence repeats."""
    for address in ("postgresql://ann:SECRET@host/db", "mysql://ann:SECRET@host/db", " "):
        ran = run("broadcast", "status", "--ledger", address)
        assert ran.code == 2
        assert "SECRET" not in ran.complaint


def test_words_that_do_not_go_together(serve: Serve, run: Run, files: Files) -> None:
    """Half of an input, and planning options for what is frozen, are refused rather than ignored."""
    serve()
    files.write()
    assert "recipients" in run("broadcast", "run", FILES[0], "--yes", *FAST).complaint
    assert "--broadcast names one" in run("broadcast", "run", *FILES, "--yes", "--broadcast", "1", *FAST).complaint
    assert run("broadcast", "plan", *FILES, "--yes", *FAST).code == 0
    assert "--canary is frozen" in run("broadcast", "run", "--yes", "--canary", "5", *FAST).complaint
    assert "--phone-column is frozen" in run("broadcast", "run", "--yes", "--phone-column", "a", *FAST).complaint
    assert "is missing" in run("broadcast", "run", *FILES, "--yes").complaint
    assert "no broadcast 7" in run("broadcast", "status", "--ledger", LEDGER, "--broadcast", "7").complaint


def test_the_settings_file_is_judged(serve: Serve, run: Run, files: Files) -> None:
    """Senders are tables; two that are one and the same are refused; a readable secret is worth a word."""
    serve()
    files.write()
    config = files.folder / "config.toml"
    config.write_text('[kaleyra]\napi_key = "SECRET"\n[kaleyra.senders.one]\n[kaleyra.senders.two]\n')
    config.chmod(0o600)
    plan = ("broadcast", "plan", *FILES, "--dry-run", *FAST, "--config", str(config))

    assert "same settings" in run(*plan, "--sender", "one", "--sender", "two").complaint
    config.chmod(0o644)
    readable = run(*plan)
    config.write_text('[kaleyra]\nsenders = "two"\n')

    assert (readable.code, "SECRET" in readable.err, "chmod 600" in readable.err) == (0, False, True)
    assert "[kaleyra.senders.NAME]" in run(*plan).complaint


def test_help_stands_for_every_command(run: Run) -> None:
    """Each command explains itself, and the list names all of them."""
    listed = run("broadcast", "--help").out
    for verb in ("plan", "run", "resume", "status", "pause", "cancel", "retry", "report"):
        assert verb in listed
        shown = run("broadcast", verb, "--help")
        assert (shown.code, "--ledger" in shown.out) == (0, True)

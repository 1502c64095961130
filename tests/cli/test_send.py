"""`wamsg send` against the sandbox: what is printed is what happened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import Run, Serve

#: The sandbox refuses the third on every provider's behalf, by breaking the answer; the others are ordinary.
PEOPLE = "+919812340001, +91 98123-40001, +44 7700 900123, call me, +919812399004"
PROVIDERS = ("kaleyra", "wacr")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_process_sends_to_everyone_once(serve: Serve, run_process: Run, provider: str) -> None:
    """A line per recipient, a count that adds up, an exit code, and the server's own truth agree."""
    sandbox = serve()
    ran = run_process("send", "--provider", provider, "--limit", "100/s", "--to", PEOPLE, "text", "hello")

    *lines, count = ran.lines
    assert (5, "") == (ran.code, ran.err)
    assert count == "5 recipients: 2 accepted, 2 rejected (1 not a number, 1 duplicate), 1 unknown"
    assert ["1", "2", "3", "4", "5"] == sorted(line.split()[0] for line in lines)
    assert sandbox.outbox.count(recipient="+919812340001") == sandbox.outbox.count(recipient="+447700900123") == 1
    assert "9812340001" not in ran.out
    assert sandbox.counts[provider]["answered"] == 2


@pytest.mark.parametrize("provider", PROVIDERS)
def test_json_is_one_object_a_recipient(serve: Serve, run_process: Run, provider: str) -> None:
    """--json parses line by line, covers every row of the input, and carries the ids that the server gave."""
    sandbox = serve()
    ran = run_process("send", "--provider", provider, "--limit", "100/s", "--to", PEOPLE, "--json", "text", "hello")

    outcomes = sorted(map(json.loads, ran.lines), key=lambda outcome: outcome["position"])
    assert ["accepted", "rejected", "accepted", "rejected", "unknown"] == [found["status"] for found in outcomes]
    ids = {record.message_id for record in sandbox.outbox.accepted}
    assert {found["message_id"] for found in outcomes} - {None} <= ids
    assert [None, "DuplicateRecipient", None, "InvalidRecipient", "Unanswered"] == [
        found["error"] and found["error"]["type"] for found in outcomes
    ]
    assert ran.err == "wamsg: 5 recipients: 2 accepted, 2 rejected (1 not a number, 1 duplicate), 1 unknown\n"


def test_options_stand_before_or_after_the_kind(serve: Serve, run: Run) -> None:
    """Both orders send the same message."""
    sandbox = serve()
    after = run("send", "text", "hello", "--to", "+12025550101", "-p", "kaleyra", "--option", "ref=a-1")
    before = run("send", "-p", "kaleyra", "--option", "ref=a-1", "--to", "+12025550102", "text", "hello")

    one, other = sandbox.outbox.accepted
    assert after.code == before.code == 0
    assert one.kind == other.kind == "text"
    assert one.reference == other.reference == "a-1"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_local_file_arrives(serve: Serve, run: Run, tmp_path: Path, provider: str) -> None:
    """An image from the disk is sent whole, whichever way the provider takes files."""
    sandbox = serve()
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    ran = run("send", "-p", provider, "--to", "+12025550101,+12025550102", "image", "--file", "a.png", "--caption", "c")

    assert ran.code == 0
    assert ["image", "image"] == [record.kind for record in sandbox.outbox.accepted]


def test_recipients_come_from_a_file_and_from_standard_input(serve: Serve, run_process: Run, tmp_path: Path) -> None:
    """--to-file reads one number per line, with a byte-order mark, blank lines and any line ends; - reads the input."""
    sandbox = serve()
    (tmp_path / "list.txt").write_bytes(b"\xef\xbb\xbf+12025550101\r\n\r\n  +12025550102  \n+12025550103")

    filed = run_process("send", "-p", "kaleyra", "--to-file", "list.txt", "--to", "+12025550100", "text", "a")
    piped = run_process("send", "-p", "kaleyra", "--to-file", "-", "text", "a", stdin="+12025550104\n+12025550105\n")

    assert filed.lines[-1].startswith("4 recipients: 4 accepted")
    assert piped.lines[-1].startswith("2 recipients: 2 accepted")
    assert [f"1202555010{number}" for number in range(6)] == sorted(
        record.recipient for record in sandbox.outbox.accepted
    )


def test_a_message_comes_from_standard_input(serve: Serve, run_process: Run) -> None:
    """`json -` sends what is piped in."""
    sandbox = serve()
    ran = run_process("send", "-p", "wacr", "--to", "+12025550101", "json", "-", stdin='{"type": "text", "body": "hi"}')

    assert ran.code == 0
    assert sandbox.outbox.accepted[0].body["message"] == "hi"


def test_a_read_receipt_needs_no_recipient(serve: Serve, run: Run) -> None:
    """`read` marks a message; a recipient or a reply beside it is a mistake."""
    serve()
    read = run("send", "-p", "kaleyra", "read", "wamid.A", "--typing")

    assert (0, "1 recipient: 1 accepted, 0 rejected, 0 unknown") == (read.code, read.lines[-1])
    assert "takes no --to" in run("send", "-p", "kaleyra", "--to", "+12025550101", "read", "wamid.A").complaint
    assert "no recipient" in run("send", "-p", "kaleyra", "--reply-to", "wamid.B", "read", "wamid.A").complaint


def test_a_refused_read_receipt_is_an_outcome(serve: Serve, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider's refusal of a receipt is told in one line, with exit code 1."""
    serve()
    monkeypatch.setenv("WAMSG_KALEYRA_API_KEY", "wrong")
    ran = run("send", "-p", "kaleyra", "read", "wamid.A")

    assert (1, "1 recipient: 0 accepted, 1 rejected, 0 unknown") == (ran.code, ran.lines[-1])


@pytest.mark.parametrize(
    ("people", "code"),
    [
        pytest.param("+12025550101,+12025550102", 0, id="all"),
        pytest.param("+12025550101,oops", 4, id="some-rejected"),
        pytest.param("oops", 1, id="none"),
        pytest.param("oops,+919812399004", 5, id="none-but-unknown"),
        pytest.param("+12025550101,oops,+919812399004", 5, id="unknown-wins"),
    ],
)
def test_exit_codes(serve: Serve, run: Run, people: str, code: int) -> None:
    """A script can tell all, some, none and unknown apart."""
    serve()

    assert code == run("send", "-p", "kaleyra", "--to", people, "text", "a").code


def test_a_wrong_key_is_told_for_everyone(serve: Serve, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused credential shows in each line, not its value, and nobody is accepted."""
    sandbox = serve()
    monkeypatch.setenv("WAMSG_WACR_TOKEN", "SECRET-0001")
    ran = run("send", "-p", "wacr", "--to", "+12025550101,+12025550102", "text", "a")

    assert (1, "2 recipients: 0 accepted, 2 rejected, 0 unknown") == (ran.code, ran.lines[-1])
    assert "SECRET" not in ran.out + ran.err
    assert sandbox.outbox.count() == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(["text", "a"], "there is no recipient; name one with --to", id="no-recipient"),
        pytest.param(["text", "a", "--to", " , "], "there is no recipient; name one with --to", id="blank"),
        pytest.param(["text", "a", "--to-file", "empty.txt"], "empty.txt holds no number", id="empty-file"),
        pytest.param(["text", "a", "--to-file", "none.txt"], "cannot read none.txt: No such file", id="no-file"),
        pytest.param(["text", "a", "--to-file", "."], "cannot read .: Is a directory", id="folder"),
        pytest.param(["text", "a", "--to-file", "latin.txt"], "latin.txt is not UTF-8 text", id="encoding"),
        pytest.param(["text", "a" * 5000], "at most 4096", id="long-text"),
        pytest.param(["sticker", "--link", "https://a.example"], "cannot send this", id="unsupported"),
        pytest.param(["image", "--file", "huge.png"], "huge.png", id="huge-file"),
        pytest.param(["image", "--file", "fake.png"], "fake.png is called .png but holds plain text", id="fake-file"),
        pytest.param(["text", "a", "--option", "colour=red"], "colour", id="unknown-option"),
        pytest.param(["text", "a", "--option", "colour"], "--option takes key=text or key:=JSON", id="bad-option"),
        pytest.param(["text", "a", "--option", "a:={"], "--option a:=.. must be followed by JSON", id="bad-json"),
        pytest.param(["text", "a", "--limit", "fast"], "'fast' is not a limit", id="limit"),
        pytest.param(["text", "a", "--limit", "0/s"], "allows nothing", id="no-limit"),
        pytest.param(["text", "a", "--timeout", "0"], "timeout", id="timeout"),
        pytest.param(["text", "a", "--timeout", "nan"], "timeout", id="timeout-nan"),
        pytest.param(["text", "a", "--timeout", "soon"], "--timeout must be a number", id="timeout-word"),
        pytest.param(
            ["text", "a", "--to", "+12025550101", "--concurrency", "0"], "concurrency must be", id="concurrency"
        ),
        pytest.param(["text", "a", "--reply-to", "a\nb"], "reply_to", id="reply-to"),
        pytest.param(
            ["text", "a", "-p", "post"], "there is no provider 'post'; installed: kaleyra, wacr", id="provider"
        ),
    ],
)
def test_wrong_input_is_one_sentence_and_nothing_is_sent(
    serve: Serve, run: Run, tmp_path: Path, words: list[str], sentence: str
) -> None:
    """Every mistake that can be seen beforehand is seen beforehand: exit code 2, no request."""
    sandbox = serve()
    (tmp_path / "empty.txt").write_text("\n \n")
    (tmp_path / "latin.txt").write_bytes("caf\xe9".encode("latin-1"))
    (tmp_path / "fake.png").write_text("not a picture")
    with (tmp_path / "huge.png").open("wb") as huge:
        huge.write(b"\x89PNG\r\n\x1a\n")
        huge.truncate(200 << 20)
    if "image" in words or "sticker" in words or (words[0] == "text" and len(words) == 2 and len(words[1]) > 1):
        words = [*words, "--to", "+12025550101"]
    provider = [] if "-p" in words else ["-p", "wacr"]

    ran = run("send", *provider, *words)

    assert ran.code == 2
    assert sentence in ran.complaint
    assert [0, 0] == [sum(counts.values()) for counts in sandbox.counts.values()]

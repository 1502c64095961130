"""`wamsg sandbox` as a process: it starts, says how to reach it, serves, and stops cleanly."""

from __future__ import annotations

import signal
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.support.command_line import HUNG, Run, Start

RUNNING: list[str] = ["sandbox", "--port", "0"]


def started(child: subprocess.Popen[str]) -> dict[str, str]:
    """The variables that a sandbox prints when it is up."""
    assert child.stdout is not None
    assert child.stdout.readline().startswith("sandbox at http://127.0.0.1:")
    lines = [child.stdout.readline().strip() for _ in range(6)]
    return dict(line.removeprefix("export ").split("=", 1) for line in lines)


def test_its_lines_make_other_commands_talk_to_it(
    process: Start, run_process: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it prints is enough for send; Ctrl-C ends it with exit code 0 and what it saw."""
    server = process(*RUNNING)
    for name, value in started(server).items():
        monkeypatch.setenv(name, value)

    sent = [run_process("send", "-p", name, "--to", "+12025550101", "text", "a").code for name in ("kaleyra", "wacr")]
    server.send_signal(signal.SIGINT)
    _, err = server.communicate(timeout=HUNG)

    assert [0, 0] == sent
    assert server.returncode == 0
    assert err.count("1 answered, 0 refused") == 2
    assert "Traceback" not in err


def test_it_calls_back_where_it_is_told_to(process: Start, run_process: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """--callbacks prints what a receiver needs too, and the end says what was told."""
    bodies: list[bytes] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.headers["x-callback-secret"] == "sandbox-callback-secret":
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            if len(bodies) == 3:
                heard.set()

    heard = Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Take) as receiver:
        Thread(target=receiver.serve_forever, daemon=True).start()
        server = process(*RUNNING, "--callbacks", f"http://127.0.0.1:{receiver.server_address[1]}/in")
        for name, value in started(server).items():
            monkeypatch.setenv(name, value)
        assert server.stdout is not None
        assert server.stdout.readline() == "export WAMSG_KALEYRA_CALLBACK_SECRET=sandbox-callback-secret\n"
        code = run_process("send", "-p", "kaleyra", "--to", "+12025550101", "text", "a").code
        assert heard.wait(HUNG)
        receiver.shutdown()
    server.send_signal(signal.SIGINT)
    _, err = server.communicate(timeout=HUNG)

    assert (0, 0) == (code, server.returncode)
    assert [b'"sent"', b'"delivered"', b'"read"'] == [
        word for body, word in zip(bodies, (b'"sent"', b'"delivered"', b'"read"'), strict=True) if word in body
    ]
    assert "called back: 1 sent, 1 delivered" in err


def test_an_address_elsewhere_is_refused(run_process: Run) -> None:
    """Nothing leaves this machine by mistake."""
    ran = run_process("sandbox", "--port", "0", "--callbacks", "http://example.com/in")

    assert ran.code != 0
    assert "this machine only" in ran.err


def test_a_limit_and_a_fault_script_are_kept(
    process: Start, run_process: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """--limit throttles and --faults breaks what its script says."""
    (tmp_path / "faults.toml").write_text('[[fault]]\nkind = "html_200"\nrecipient = "0102"\n')
    server = process(*RUNNING, "--limit", "2/s", "--faults", "faults.toml")
    for name, value in started(server).items():
        monkeypatch.setenv(name, value)

    people = ",".join(f"+1202555010{number}" for number in range(5))
    ran = run_process("send", "-p", "wacr", "--limit", "none", "--to", people, "text", "a")
    server.send_signal(signal.SIGTERM)
    _, err = server.communicate(timeout=HUNG)

    assert (5, "5 recipients: 4 accepted, 0 rejected, 1 unknown") == (ran.code, ran.lines[-1])
    assert "wacr: 4 answered, 0 refused, 0 throttled" not in err
    assert "wacr: 4 answered, 0 refused" in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(["--port", "70000"], "port must be a whole number from 0 to 65535", id="port"),
        pytest.param(["--limit", "fast"], "'fast' is not a limit", id="limit"),
        pytest.param(["--faults", "none.toml"], "cannot read none.toml: No such file", id="no-file"),
        pytest.param(["--faults", "bad.toml"], "kind", id="script"),
        pytest.param(["--faults", "broken.toml"], "not TOML", id="toml"),
    ],
)
def test_wrong_words_are_one_sentence(run: Run, tmp_path: Path, words: list[str], sentence: str) -> None:
    """What cannot be is refused before it listens."""
    (tmp_path / "bad.toml").write_text('[[fault]]\nkind = "earthquake"\n')
    (tmp_path / "broken.toml").write_text("[[fault")
    ran = run("sandbox", *words)

    assert ran.code == 2
    assert sentence in ran.complaint


def test_a_port_in_use_is_one_sentence(process: Start, run: Run) -> None:
    """A second sandbox on the same port says so."""
    server = process(*RUNNING)
    port = started(server)["WAMSG_WACR_BASE_URL"].split(":")[2].split("/")[0]

    assert f"port {port} on 127.0.0.1 is in use" in run("sandbox", "--port", port).complaint

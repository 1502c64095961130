"""The page in a real browser: it draws, complains about nothing and asks for nothing."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from attrs import field, frozen

from tests.broadcast.report.double import NINE, Shelf, accepted, broadcast, lively, refused, rejected, unknown
from wamsg.broadcast.report import page, summarize
from wamsg.ledger import Fate, Moment, Phase

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = next((found for name in _NAMES if (found := shutil.which(name))), None)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="this machine has no chromium or chrome")

#: Seconds after which the browser has surely hung.
_HUNG = 60
_QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-default-apps"),
    *("--enable-logging=stderr", "--dump-dom", "--virtual-time-budget=2000"),
)


@frozen
class Seen:
    """What the browser made of a page."""

    dom: str = field(repr=False)
    #: What its console said.
    console: list[str]
    #: The paths that our server was asked for.
    asked: list[str]
    #: Every address that the page itself, and not the person or the browser, asked for.
    wanted: list[str]


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    """A way to look at a page that a server on this machine serves."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Show(server, tmp_path)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path == "/report.html"
        self.server.asked.append(self.path)  # type: ignore[attr-defined]  # set by Show
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.server.page.encode() if found else b"")  # type: ignore[attr-defined]  # set by Show

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class calls it so
        """Tests are quiet."""


class Show:
    """Opens pages."""

    def __init__(self, server: ThreadingHTTPServer, folder: Path) -> None:
        self._server, self._folder = server, folder

    def __call__(self, text: str) -> Seen:
        asked: list[str] = []
        self._server.page, self._server.asked = text, asked  # type: ignore[attr-defined]  # for the handler
        origin = f"http://127.0.0.1:{self._server.server_port}"
        log = self._folder / "net.json"
        arguments = (*_QUIET, f"--user-data-dir={self._folder / 'profile'}", f"--log-net-log={log}")
        done = subprocess.run(
            [str(BROWSER), *arguments, f"{origin}/report.html"],
            capture_output=True,
            encoding="utf-8",
            timeout=_HUNG,
            check=True,
        )
        console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
        return Seen(done.stdout, console, asked, _wanted(log, origin))


def _wanted(log: Path, origin: str) -> list[str]:
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    started = [event.get("params", {}) for event in events]
    return [params["url"] for params in started if params.get("initiator") == origin and "url" in params]


def _page(word: str) -> str:
    lines = [
        *lively(600),
        accepted(600, status=word),
        rejected(601, kind=word, code=word, detail=word),
        unknown(602, kind=word, detail=word),
        refused(603, Fate.INVALID, detail=word, given=word),
    ]
    found = broadcast(rows=len(lines), name=word, source=word, reason=word, phase=Phase.STOPPED, message={"body": word})
    shelf = Shelf(what=found, lines=lines, moments=(Moment(at=NINE + 2, kind="stopped", detail=word),))
    summary = asyncio.run(summarize(shelf, 7, now=NINE + 99))
    return page(summary, ledger=word, show_numbers=True)


def test_the_page_is_quiet_even_with_hostile_names_in_it(show: Show) -> None:
    """No script ran, nothing was asked for but the page itself, the console is empty, and all of it was parsed."""
    word = "<script src=/a.js></script><img src=/b.png onerror=\"document.title='run'\">'\"</style></title>\u202e"

    seen = show(_page(word))

    assert ["/report.html"] == seen.asked
    assert [] == seen.console
    assert [] == seen.wanted
    assert "<script" not in seen.dom
    assert "<img" not in seen.dom
    assert "<title>&lt;script src=/a.js&gt;" in seen.dom
    assert seen.dom.rstrip().endswith("</body></html>")
    assert 3 == seen.dom.count("<svg ")


def test_a_page_that_is_not_quiet_is_noticed(show: Show) -> None:
    """The watch sees what the test above asserts the absence of: what runs, what is asked for, what is refused."""
    loud = "<!doctype html><img src=/b.png><script>console.error('here')</script>"
    forbidden = _page("x").replace("</main>", "<script>console.error('here')</script><img src=/b.png></main>")

    seen, refused_by_policy = show(loud), show(forbidden)

    assert "/b.png" in seen.asked
    assert any(address.endswith("/b.png") for address in seen.wanted)
    assert any("here" in line for line in seen.console)
    assert ["/report.html"] == refused_by_policy.asked
    assert not any('"here"' in line for line in refused_by_policy.console)
    assert any("Content Security Policy" in line for line in refused_by_policy.console)

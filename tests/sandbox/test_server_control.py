"""A running sandbox can be asked and told over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from wamsg.driver import Provider
from wamsg.sandbox import Sandbox

ANNA, BORIS = "919812340001", "919812340002"


class Control:
    """The control surface as a test calls it: what came back, read as JSON where it is JSON."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self._sandbox, self._http = sandbox, http

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        async with self._http.request(method, f"{self._sandbox.url}/_sandbox{path}", data=data) as response:
            text = await response.text()
            return response.status, json.loads(text) if response.content_type == "application/json" else text

    async def send(self, *recipients: str, provider: str = "parrot") -> int:
        async with self._http.post(f"{self._sandbox.url}/{provider}", json={"to": ",".join(recipients)}) as response:
            await response.read()
            return response.status


@pytest.fixture
def control(sandbox: Sandbox, http: aiohttp.ClientSession) -> Control:
    return Control(sandbox, http)


async def test_what_was_accepted_is_listed(control: Control, sandbox: Sandbox) -> None:
    """Every fact of the record, one entry per recipient."""
    await control.send(ANNA, BORIS)
    status, listed = await control.ask("GET", "/accepted")

    first = sandbox.outbox.accepted[0]
    assert 200 == status
    assert {
        "provider": "parrot",
        "recipient": ANNA,
        "kind": "text",
        "message_id": "1-01",
        "reference": "r",
        "body": {"to": f"{ANNA},{BORIS}"},
        "files": [],
        "at": first.at,
        "serial": 1,
    } == listed[0]
    assert [ANNA, BORIS] == [each["recipient"] for each in listed]


async def test_an_upload_is_listed_without_its_content(control: Control, sandbox: Sandbox) -> None:
    """Name, type, size and digest."""
    form = aiohttp.FormData({"to": ANNA})
    form.add_field("file", b"\xff\x00", filename="a.pdf", content_type="application/pdf")
    async with control._http.post(f"{sandbox.url}/parrot", data=form) as response:
        assert 200 == response.status
    _, (only,) = await control.ask("GET", "/accepted")

    assert {"name": "a.pdf", "content_type": "application/pdf", "size": 2} == only["body"]["file"]
    assert ("file", "a.pdf", 2, 64) == (
        only["files"][0]["field"],
        only["files"][0]["name"],
        only["files"][0]["size"],
        len(only["files"][0]["sha256"]),
    )


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ("", [1, 2, 3, 4]),
        ("?provider=a", [1, 3]),
        (f"?recipient={ANNA}", [1, 2, 4]),
        (f"?recipient=%2B{ANNA}", [1, 2, 4]),
        (f"?provider=b&recipient={ANNA}", [2, 4]),
        ("?limit=2", [3, 4]),
        (f"?recipient={ANNA}&limit=1", [4]),
        ("?limit=0", []),
        ("?limit=99", [1, 2, 3, 4]),
        ("?provider=c", []),
    ],
)
async def test_filters_narrow_the_list_to_the_newest(
    providers: Callable[[str], Provider], http: aiohttp.ClientSession, query: str, serials: list[int]
) -> None:
    """By provider, by recipient, and how many of the last."""
    async with Sandbox(providers=[providers("a"), providers("b")], serial=1) as sandbox:
        control = Control(sandbox, http)
        for name, recipient in [("a", ANNA), ("b", ANNA), ("a", BORIS), ("b", ANNA)]:
            await control.send(recipient, provider=name)

        assert (200, serials) == ((answer := await control.ask("GET", f"/accepted{query}"))[0], _serials(answer[1]))


async def test_forgetting_empties_the_outbox(control: Control, sandbox: Sandbox) -> None:
    """The counts of requests go on."""
    await control.send(ANNA)

    assert (204, "") == await control.ask("DELETE", "/accepted")
    assert (0, 0) == (len(sandbox.outbox), sandbox.outbox.count())
    assert 1 == sandbox.counts["parrot"]["accepted"]


async def test_faults_come_and_go(control: Control, sandbox: Sandbox) -> None:
    """One, or many at once; what is listed says how often each struck."""
    fault = {"kind": "status", "status": 502, "recipient": ANNA, "times": 1}
    assert (201, [fault]) == await control.ask("POST", "/faults", fault)
    assert (201, [{"kind": "cut_before"}] * 2) == await control.ask("POST", "/faults", [{"kind": "cut_before"}] * 2)
    assert 502 == await control.send(ANNA)

    _, listed = await control.ask("GET", "/faults")
    assert [{**fault, "hits": 1}, *[{"kind": "cut_before", "hits": 0}] * 2] == listed
    assert (204, "") == await control.ask("DELETE", "/faults")
    assert (200, 0) == (await control.send(ANNA), len(sandbox.faults))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the body is not JSON"),
        (b"\xff", "the body is not JSON"),
        (b"null", "the body is not JSON"),
        ([{"kind": "throttle"}, {"kind": "explode"}], "fault 2: kind must be one of"),
        ([{"kind": "throttle"}, {"kind": "throttle", "provider": "crow"}], "there is no provider 'crow' here"),
        ({"faults": []}, "holds 'faults'; faults stand under 'fault'"),
        ("throttle", "must hold a list"),
    ],
)
async def test_a_wrong_script_is_refused_whole(control: Control, sandbox: Sandbox, body: object, sentence: str) -> None:
    """The sentence says where, and none of the others is added."""
    status, answer = await control.ask("POST", "/faults", body)

    assert 400 == status
    assert sentence in answer["error"]
    assert 0 == len(sandbox.faults)


async def test_the_script_is_bounded(control: Control) -> None:
    """A megabyte is enough for any."""
    assert (413, {"error": "the body cannot be read"}) == await control.ask("POST", "/faults", b"[" * 1_000_001)


async def test_counts_are_told_for_each_mount(control: Control, sandbox: Sandbox) -> None:
    """The same as `Sandbox.counts`."""
    await control.send(ANNA, BORIS)

    assert (200, sandbox.counts) == await control.ask("GET", "/counts")
    assert (1, 2) == (sandbox.counts["parrot"]["answered"], sandbox.counts["parrot"]["accepted"])


async def test_the_overview_is_for_people(control: Control, sandbox: Sandbox) -> None:
    """Mounts and counts, and no phone number."""
    await control.send(ANNA)
    status, page = await control.ask("GET", "/")

    assert 200 == status
    assert f"{sandbox.url}/parrot/v1" in page
    assert "1 answered, 0 refused" in page
    assert ANNA not in page


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/outbox", 404, "there is nothing at /_sandbox/outbox; there is /_sandbox, /_sandbox/accepted"),
        ("PUT", "/faults", 405, "takes GET and POST and DELETE"),
        ("POST", "", 405, "takes GET"),
        ("GET", "/accepted?recipent=1", 400, "there is no filter 'recipent'"),
        ("GET", "/accepted?limit=ten", 400, "limit must be a whole number, not 'ten'"),
        ("GET", "/accepted?limit=-1", 400, "limit must be a whole number"),
        ("GET", "/accepted?limit=%D9%A3", 400, "limit must be a whole number"),
    ],
)
async def test_a_wrong_question_is_answered_with_a_sentence(
    control: Control, method: str, path: str, status: int, sentence: str
) -> None:
    """A misspelt filter must not look like no filter."""
    told, answer = await control.ask(method, path)

    assert status == told
    assert sentence in answer["error"]


async def test_control_meets_no_fault_and_counts_nowhere(control: Control, sandbox: Sandbox) -> None:
    """It works while everything else is broken."""
    await control.ask("POST", "/faults", {"kind": "cut_before"})
    _, (fault,) = await control.ask("GET", "/faults")

    assert 0 == fault["hits"]
    assert {0} == set(sandbox.counts["parrot"].values())


def _serials(listed: list[dict[str, Any]]) -> list[int]:
    return [each["serial"] for each in listed]

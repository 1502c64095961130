"""What the commands print, ask and refuse, against servers that speak as the providers do."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from attrs import evolve

from tests.support import third_party
from tests.support.command_line import HUNG, Run, Serve, Speak, Start
from tests.support.scripted import Asked, Said
from wamsg import registry

ASHA = {
    "id": 17,
    "firstname": "Asha",
    "phone": "+919812340001",
    "company": "Rao [Sons]\x1b[31m",
    "created_at": "2026-01-31T09:00:00+00:00",
    "unheard_of": {"deep": [1]},
}


def page(items: list[Any], *, more: bool = False) -> Said:
    return Said(document={"success": True, "data": items, "meta": {"pagination": {"has_more": more}}})


def one(data: object, status: int = 200) -> Said:
    return Said(document={"success": True, "data": data}, status=status)


def refused(status: int, code: str, **details: object) -> Said:
    document = {"success": False, "error": {"code": code, "message": "No.", "details": details}}
    return Said(document=document, status=status)


def endless(asked: Asked) -> Said:
    """Contacts without end, as many in a page as are asked for."""
    query = dict(parse_qsl(asked.query))
    start, size = (int(query["page"]) - 1) * int(query["per_page"]), int(query["per_page"])
    return page([{**ASHA, "id": start + number} for number in range(1, size + 1)], more=True)


def test_json_is_one_object_a_line_and_loses_nothing(run: Run, speak: Speak) -> None:
    """The documented fields, and beside them what no documentation knows."""
    speak("wacr", [page([ASHA, {"id": 18}])])

    first, second = (json.loads(line) for line in run("wacr", "contacts", "list", "--json").lines)

    assert ASHA.items() <= first.items()
    assert first["email"] is None
    assert second["id"] == 18


def test_a_table_is_for_people(run: Run, speak: Speak) -> None:
    """Columns for what is there, as many as fit, without control characters; the others are named."""
    speak("wacr", [page([ASHA, {"id": 18, "city": "Pune", "description": "word " * 50}])])

    ran = run("wacr", "contacts", "list")

    assert ran.code == 0
    head, first, second = ran.lines
    assert head.split()[:3] == ["id", "firstname", "company"]
    assert first.split()[:2] == ["17", "Asha"]
    assert "Rao [Sons] [31m" in first
    assert second.startswith("18")
    assert max(map(len, ran.lines)) <= 100
    assert "\x1b" not in ran.out + ran.err
    assert "not shown: " in ran.err


def test_one_thing_is_a_line_for_each_field(run: Run, speak: Speak) -> None:
    """With the path to what is nested."""
    speak("wacr", [one({**ASHA, "status": {"id": 3, "name": "New"}, "group_id": [1, 2]})])

    ran = run("wacr", "contacts", "get", "17", "--include", "status")

    shown = dict(line.split(maxsplit=1) for line in ran.lines)
    assert ("17", "New", "1, 2") == (shown["id"], shown["status.name"], shown["group_id"])
    assert shown["unheard_of.deep"] == "1"


def test_mask_hides_what_is_about_people(run: Run, speak: Speak) -> None:
    """Names, numbers and everything unknown; ids and states stay."""
    speak("wacr", [page([ASHA]), page([ASHA])])

    masked = json.loads(run("wacr", "contacts", "list", "--json", "--mask").out)
    table = run("wacr", "contacts", "list", "--mask").out

    assert ("****", "****", "****", 17) == (
        masked["firstname"],
        masked["phone"],
        masked["unheard_of"],
        masked["id"],
    )
    assert "Asha" not in table
    assert "9812340001" not in table


def test_fifty_are_shown_unless_you_say(run: Run, speak: Speak) -> None:
    """One request of one more than that, which tells that there are more; the sentence is for people alone."""
    server = speak("wacr", endless)

    ran = run("wacr", "contacts", "list", "--json")

    assert len(ran.lines) == 50
    assert "the first 50 are shown" in ran.err
    assert "--all" in ran.err
    assert ["51"] == [dict(parse_qsl(asked.query))["per_page"] for asked in server.asked]


def test_a_limit_is_kept_without_a_word(run: Run, speak: Speak) -> None:
    """Pages are no larger than what is wanted, and no page is asked for nothing."""
    server = speak("wacr", endless)

    few, many = (run("wacr", "contacts", "list", "--json", "--limit", limit) for limit in ("3", "150"))

    assert (3, 150) == (len(few.lines), len(many.lines))
    assert few.err == many.err == ""
    assert [("1", "3"), ("1", "100"), ("2", "100")] == [
        (query["page"], query["per_page"]) for query in (dict(parse_qsl(asked.query)) for asked in server.asked)
    ]


def test_all_goes_to_the_end(run: Run, speak: Speak) -> None:
    """Page after page; nothing is as good an end as any."""
    speak("wacr", [page([ASHA], more=True), page([ASHA | {"id": 18}], more=True), page([])])

    assert len(run("wacr", "contacts", "list", "--all", "--json").lines) == 2


def test_nothing_is_said_to_be_nothing(run: Run, speak: Speak) -> None:
    """To people; programs get no line."""
    speak("wacr", [page([]), page([])])

    assert run("wacr", "contacts", "list").err == "wamsg: there is nothing\n"
    ran = run("wacr", "contacts", "list", "--json")
    assert (0, "", "") == (ran.code, ran.out, ran.err)


def test_what_came_before_an_error_is_shown(run: Run, speak: Speak) -> None:
    """The first page, then the sentence and exit code 1."""
    speak("wacr", [page([ASHA], more=True), refused(403, "INSUFFICIENT_SCOPE")])

    ran = run("wacr", "contacts", "list", "--all")

    assert ran.code == 1
    assert ran.lines[1].startswith("17")
    assert "the token lacks the scope contacts:read" in ran.err


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (refused(400, "INVALID_CODE", attempts_remaining=2), "attempts remaining: 2"),
        (refused(400, "OTP_EXPIRED"), "the code has expired"),
        (refused(401, "UNAUTHORIZED"), "the token is wrong or missing"),
        (refused(500, "INTERNAL_ERROR"), "it may have been done all the same; look before you do it again"),
        (Said(body=b"<html>"), "the answer cannot be read"),
        (refused(429, "MAX_ATTEMPTS_EXCEEDED", retry_after=90), "try again in 90 s"),
    ],
)
def test_an_error_is_one_sentence_with_what_it_knows(run: Run, speak: Speak, said: Said, sentence: str) -> None:
    """Exit code 1, nothing on standard output, and no number in full."""
    speak("wacr", [said])

    ran = run("wacr", "otp", "verify", "+919812340001", "493817")

    assert ran.code == 1
    assert sentence in ran.complaint
    assert "9812340001" not in ran.err
    assert "493817" not in ran.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["otp", "verify"], "PHONE is missing; see wamsg wacr otp verify --help"),
        (["otp", "verify", "12", "1"], "phone"),
        (["otp", "send", "+919812340001", "1"], "--template-name"),
        (["otp", "sned"], "did you mean send?"),
        (["contcts"], "did you mean contacts?"),
        (["contacts", "get", "x"], "id must be a whole number"),
        (["contacts", "list", "--status-id", "in:3,x"], "status_id must be a whole number"),
        (["contacts", "list", "--type", "ne:friend"], "type must be one of"),
        (["contacts", "list", "--limit", "0"], "--limit must be at least 1"),
        (["contacts", "list", "--limit", "5", "--all"], "not both"),
        (["contacts", "update", "1", "--empty", "phone"], "--empty takes one of email"),
        (["contacts", "update", "1", "--empty", "email", "--email", "a@b"], "not both"),
        (["contacts", "create-batch", "{"], "--contacts is not JSON"),
        (["contacts", "create-batch", "[1]"], "must be a JSON object"),
        (["contacts", "create-batch", '{"firstname": "A"}'], "--contacts [0] lacks lastname, phone, type"),
        (["contacts", "create-batch", '{"frstname": "SECRET"}'], "has these fields and no others: firstname"),
        (["contacts", "create-batch", "@missing.json"], "cannot read missing.json"),
        (["contacts", "create-batch", "[]", "--options", "x"], "--options takes name=text"),
        (["contacts", "delete", "1"], "add --yes if you mean it"),
        (["messages", "text"], "is carried out by wamsg send"),
    ],
)
def test_a_slip_is_one_sentence_and_asks_nothing(
    run: Run, speak: Speak, monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    """Exit code 2; nobody was asked anything, and no value is repeated."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    server = speak("wacr", [])

    ran = run("wacr", *words)

    assert ran.code == 2
    assert sentence in ran.complaint
    assert "SECRET" not in ran.err
    assert not server.asked


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "asked"), [("y\n", 1), ("yes\n", 1), ("\n", 0), ("n\n", 0), ("", 0)])
def test_a_deletion_is_asked_for(
    run: Run, speak: Speak, monkeypatch: pytest.MonkeyPatch, typed: str, asked: int
) -> None:
    """At a terminal; no answer is no."""
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    server = speak("wacr", [Said(status=204, body=b"")])

    ran = run("wacr", "contacts", "delete", "17")

    assert "contacts.delete: Delete a contact. Go on? [y/N]" in ran.err
    assert asked == len(server.asked)
    assert (0, "done\n") == (ran.code, ran.out) if asked else ran.code == 2


def test_yes_is_not_asked(run: Run, speak: Speak) -> None:
    """The ids go out as a list, written one by one or with commas."""
    server = speak("wacr", [one({"summary": {"total": 3, "deleted": 3, "failed": 0}})])

    ran = run("wacr", "contacts", "delete-batch", "1,2", "3", "--yes")

    assert [("DELETE", {"ids": [1, 2, 3]})] == [(asked.method, asked.json()) for asked in server.asked]
    assert "summary.deleted  3" in ran.lines


def test_what_is_not_named_stays(run: Run, speak: Speak) -> None:
    """A change sends what is given, null for what is emptied, and nothing else."""
    server = speak("wacr", [one(ASHA), one(ASHA)])

    run("wacr", "contacts", "update", "17", "--city", "Pune", "--empty", "email", "--empty", "groups")
    run("wacr", "contacts", "update", "17", "--groups", "4,5")

    assert [{"city": "Pune", "email": None, "groups": []}, {"groups": [4, 5]}] == [
        asked.json() for asked in server.asked
    ]


def test_comparisons_and_orders_have_a_text_form(run: Run, speak: Speak) -> None:
    """As the provider spells them, with a colon behind the operator."""
    server = speak("wacr", [page([])])

    run("wacr", "contacts", "list", "--status-id", "not_in:3,4", "--assigned-id", "null:no", "--sort", "-created_at")

    query = dict(parse_qsl(server.asked[0].query))
    assert ("3,4", "false", "-created_at") == (
        query["filter[status_id][not_in]"],
        query["filter[assigned_id][null]"],
        query["sort"],
    )


def test_records_come_from_files_and_pairs(run: Run, speak: Speak, tmp_path: Path) -> None:
    """A list in a file, an object on the command line, and pairs for a single record."""
    server = speak("wacr", [one({"summary": {}, "created": [], "skipped": [], "errors": [{"index": 1, "why": "x"}]})])
    contact = {
        "firstname": "Asha",
        "lastname": "Rao",
        "phone": "+919812340001",
        "type": "lead",
        "source_id": 1,
        "status_id": 2,
    }
    (tmp_path / "contacts.json").write_text(json.dumps([contact, {**contact, "email": "a@example.com"}]))

    ran = run(
        *("wacr", "contacts", "create-batch", "@contacts.json", json.dumps(contact)),
        *("--options", "skip_duplicates=true", "--options", "continue_on_error:=false"),
    )

    assert server.asked[0].json() == {
        "contacts": [contact, {**contact, "email": "a@example.com"}, contact],
        "options": {"continue_on_error": False, "skip_duplicates": True},
    }
    assert "errors[0].why    x" in ran.lines


def test_kaleyra_templates_are_listed_from_the_sandbox(
    run: Run, serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The account comes from the settings; what was created is listed, a file is streamed, blocks are told."""
    serve()
    monkeypatch.setenv("WAMSG_KALEYRA_WABA_ID", "150441234142241")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(16))

    created = run(
        *("kaleyra", "templates", "create", "--name", "order_ready", "--language", "en", "--category", "UTILITY"),
        *("--components", '{"type": "BODY", "text": "Hello"}'),
    )
    listed = [json.loads(line) for line in run("kaleyra", "templates", "list", "--json").lines]
    uploaded = json.loads(run("kaleyra", "media", "upload", "a.png", "--json").out)
    blocked = run("kaleyra", "users", "block", "+919812340001", "+919812340002", "--json")

    assert created.code == blocked.code == 0
    assert "order_ready" in {template["name"] for template in listed}
    assert uploaded["id"]
    assert 2 == len(json.loads(blocked.out)["added_users"])


def test_a_setting_that_is_missing_is_named(run: Run, serve: Serve) -> None:
    """With the option and the variable that would give it."""
    serve()

    assert (
        "--waba-id is missing; give it, or set WAMSG_KALEYRA_WABA_ID" in run("kaleyra", "templates", "list").complaint
    )


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A provider of another distribution that declares what WA.cr's groups declare."""
    with third_party.visible():
        found = registry.load("acme")
        groups = tuple(item for item in registry.load("wacr").operations() if item.resource == "groups")
        monkeypatch.setattr("acme_provider.provider", evolve(found, operations=lambda: groups))
        yield


@pytest.mark.usefixtures("acme")
def test_whoever_declares_operations_has_commands(run: Run) -> None:
    """A provider from elsewhere appears as ours do."""
    assert "│ acme " in run("--help").out
    assert "│ groups  list, create" in run("acme", "--help").out
    assert run("acme", "groups", "create", "--help").code == 0


def test_whoever_declares_none_says_so(run: Run) -> None:
    """With the way that there is."""
    with third_party.visible():
        complaint = run("acme").complaint

    assert "declares nothing beside sending; to send, use wamsg send -p acme" in complaint


def test_a_listing_ends_when_nobody_reads(speak: Speak, process: Start) -> None:
    """`wamsg .. --all | head` does not go on asking."""
    server = speak("wacr", endless)
    child = process("wacr", "contacts", "list", "--all", "--json")
    assert child.stdout is not None
    assert child.stderr is not None

    child.stdout.readline()
    child.stdout.close()

    assert child.wait(timeout=HUNG) == 141
    assert "Traceback" not in child.stderr.read()
    assert len(server.asked) < 60

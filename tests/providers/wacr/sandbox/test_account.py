"""The account at the fake server: its tokens, scopes and plan, and that accounts know nothing of each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.wacr.sandbox.desk import ASHA, DECLARED, NEW, Desk
from wamsg.errors import BadCredentials, PermissionDenied
from wamsg.model import Text
from wamsg.providers.wacr.sandbox.tokens import FEATURES, LIMITS, read_token


def test_the_usage_counts_what_was_done() -> None:
    """Contacts, by hand and by being written to, and the chats of this month; unlimited has nothing remaining."""
    desk = Desk()
    desk.do("contacts.create", **NEW)
    for phone in (ASHA, ASHA, "+447700900123"):
        desk.send(Text(body="hi"), phone)

    used = desk.do("account.usage")
    bounded = desk.beside("sandbox-token:contacts=3+conversations=8").do("account.usage")

    assert (used.contacts.current, used.contacts.limit, used.contacts.is_unlimited) == (2, -1, True)
    assert (used.contacts.remaining, used.contacts.percentage_used) == (None, 0.0)
    assert (bounded.contacts.current, bounded.contacts.remaining, bounded.contacts.percentage_used) == (2, 1, 66.67)
    assert (bounded.conversations.current, bounded.conversations.percentage_used) == (2, 25.0)
    assert (used.campaigns.limit, used.staff.current) == (10, 1)


def test_the_plan_is_what_the_token_says() -> None:
    """Every limit and feature can be set; the client learns its calls per minute."""
    token = "sandbox-token:api_calls_per_minute=600+contacts=5+chatbot=0"
    desk = Desk().beside(token)

    plan = desk.do("account.limits")

    assert {name: getattr(plan.limits, name).limit for name in LIMITS} == {
        **LIMITS,
        "contacts": 5,
        "api_calls_per_minute": 600,
    }
    assert {name: getattr(plan.features, name) for name in FEATURES} == {
        **dict.fromkeys(FEATURES, True),
        "chatbot": False,
    }
    limits = desk.driver.read_limits()
    assert limits.decode(desk.ask(limits.request)) == {"account": "600/min"}


def test_accounts_are_strangers() -> None:
    """What one has, another has not; two tokens of one account share everything."""
    desk = Desk()
    desk.do("contacts.create", **NEW)

    assert desk.beside("sandbox-token-2").walk("contacts.list") == []
    assert len(desk.beside("sandbox-token:contacts:read").walk("contacts.list")) == 1


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_a_token_may_do_what_its_scopes_say(name: str) -> None:
    """Every operation is refused by name of the scope that is lacking, and only for that."""
    declaration = DECLARED[name]
    if declaration.scope is None:
        return
    path = declaration.path.replace("{id}", "1").replace("{template_id}", "1")
    others = "+".join(sorted({str(each.scope) for each in DECLARED.values()} - {str(declaration.scope), "None"}))
    desk = Desk()

    refused = desk.beside(f"sandbox-token:{others}").raw(declaration.method, path)
    allowed = desk.beside(f"sandbox-token:{declaration.scope}").raw(declaration.method, path)

    assert refused["error"]["code"] == "INSUFFICIENT_SCOPE"
    assert declaration.scope in refused["message"]
    assert allowed.get("error", {}).get("code") in {None, "VALIDATION_ERROR", "NOT_FOUND"}


@pytest.mark.parametrize(
    "token",
    [
        "sandbox-token-1",
        "sandbox-token-22",
        "sandbox-token:",
        "sandbox-token:contacts:read+",
        "sandbox-token:contacts",
        "sandbox-token:cars=4",
        "sandbox-token:contacts=-2",
        "sandbox-token-read-only:contacts:read",
        "another-token",
    ],
)
def test_other_tokens_are_refused(token: str) -> None:
    """A slip in the words is no full token; nothing is remembered of strangers."""
    desk = Desk().beside(token)

    with pytest.raises(BadCredentials):
        desk.do("account.info")
    assert desk.memory.snapshot() == {}


def test_a_right_that_is_lacking_is_an_error_of_its_own() -> None:
    """For whoever uses the client."""
    with pytest.raises(PermissionDenied, match="contacts:write"):
        Desk().beside("sandbox-token:contacts:read").do("contacts.create", **NEW)


@given(st.text() | st.from_regex(r"sandbox-token(-[0-9])?(:[a-z=0-9+:_-]*)?", fullmatch=True))
def test_any_text_is_a_token_or_none(text: str) -> None:
    """There are nine accounts, however many tokens."""
    token = read_token(text)

    assert token is None or token.account in {"sandbox-token", *(f"sandbox-token-{number}" for number in range(2, 10))}


def test_the_page_names_tokens_and_words_that_exist() -> None:
    """Each token in docs/sandbox.md is one, and each limit and feature of a plan stands there."""
    page = (Path(__file__).parents[4] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    named = re.findall(r"`(sandbox-token[^`]*)`", page)

    assert len(named) > 5
    assert all(read_token(token) for token in named)
    assert all(f"`{word}`" in page for word in (*LIMITS, *FEATURES))


def test_the_page_names_the_templates_that_are_there() -> None:
    """By their names, so that one can be sent at once."""
    page = (Path(__file__).parents[4] / "docs" / "sandbox.md").read_text(encoding="utf-8")

    assert all(f"`{each.template_name}`" in page for each in Desk().walk("templates.list"))

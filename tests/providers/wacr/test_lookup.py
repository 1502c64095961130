"""The look-up held against what really happened: it may be unable to say, it may never say what is not so."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import wamsg
from tests.providers.wacr.accounts import Account, Message
from tests.support.scripted import Said, ScriptedServer
from wamsg.errors import InvalidMessage, PermissionDenied
from wamsg.model import Content, Image, PhoneNumber, Template, Text
from wamsg.providers.wacr import provider
from wamsg.providers.wacr.driver import WacrDriver
from wamsg.settings import resolve
from wamsg.views import Absent, CannotSay, Finding, Found, Known, Search, Sought, inquire

T0 = 1_790_000_000.0
NOW = T0 + 600
HELLO, OTHER = Text(body="Hello, your order is ready"), Text(body="Your parcel has left")
THIRD = Text(body="We are open until nine")


def phone(number: int) -> PhoneNumber:
    return PhoneNumber(f"+9198123400{number:02}")


def sought(number: int = 1, content: Content = HELLO, *, since: float = T0, until: float = T0 + 5) -> Sought:
    return Sought(recipient=phone(number), content=content, since=since, until=until)


def known(number: int = 50, content: Content = HELLO, *, at: float = T0 + 1, name: str = "wamid.known") -> Known:
    return Known(message_id=name, recipient=phone(number), content=content, at=at)


def shown(chat: int, at: float, name: str | None, text: str | None = HELLO.body, **more: Any) -> Message:
    return Message(chat=chat, at=at, message_id=name, text=text, **more)


#: The message that proves what the list shows: it went out, and the ledger knows it.
PROOF = shown(150, T0 + 1, "wamid.known")


async def ask(account: Account, *wanted: Sought, proof: Sequence[Known] = (known(),), **facts: Any) -> list[Finding]:
    """What the record that everybody uses finds."""
    settings = resolve("wacr", provider.settings, given=provider.example, environ={}).values
    assert provider.look_up is not None
    search = Search(**{"sought": wanted, "known": tuple(proof), "now": account.now, **facts})
    return list(await inquire(account.call, provider.look_up(WacrDriver(settings), search)))


async def test_what_never_went_out_is_absent() -> None:
    """The list is whole, shows what is known to have gone out, and nothing that might be it."""
    account = Account(messages=[PROOF, shown(101, T0 - 300, "wamid.old")], now=NOW)

    assert [Absent()] == await ask(account, sought())


async def test_what_went_out_is_found_in_the_recipients_own_chat() -> None:
    """Whose chat it is, another message tells that is known to have gone to the same person."""
    account = Account(messages=[PROOF, shown(101, T0 + 2, "wamid.it"), shown(101, T0 + 60, "wamid.b", "b")], now=NOW)
    proof = [known(), known(1, Text(body="b"), at=T0 + 59, name="wamid.b")]

    assert [Found(message_id="wamid.it", status="sent")] == await ask(account, sought(), proof=proof)


async def test_a_message_without_a_known_recipient_proves_nothing() -> None:
    """The list names no recipient: one more message like it may be this one's or anybody's."""
    account = Account(messages=[PROOF, shown(101, T0 + 2, "wamid.it")], now=NOW)
    (finding,) = await ask(account, sought())

    assert isinstance(finding, CannotSay)
    assert finding.why.startswith("1 messages may be the one")


async def test_messages_in_the_chats_of_others_are_not_it() -> None:
    """Both what is known to be another's, and another message in the same chat."""
    account = Account(messages=[PROOF, shown(150, T0 + 2, "wamid.x")], now=NOW)

    assert [Absent()] == await ask(account, sought())


@pytest.mark.parametrize("facts", [{"blind": True}, {"lag": 600.0}])
async def test_a_list_that_hides_what_is_known_is_not_believed(facts: dict[str, Any]) -> None:
    """A query that was understood wrongly answers "nothing" for everybody, and everybody would be sent to twice."""
    account = Account(messages=[PROOF, shown(101, T0 + 2, "wamid.it")], now=NOW, **facts)
    findings = await ask(account, sought(), sought(2))

    assert 2 == len(findings)
    for finding in findings:
        assert isinstance(finding, CannotSay)
        assert "lacks 1 messages" in finding.why


async def test_without_proof_there_is_no_absence() -> None:
    """An empty list may be an empty account or the wrong one."""
    for proof in ((), (known(content=Image(link="https://files.example/a")),)):
        messages = [] if not proof else [evolve(PROOF, type="image", text=None)]
        (finding,) = await ask(Account(messages=messages, now=NOW), sought(), proof=proof)
        assert isinstance(finding, CannotSay)
        assert "prove" in finding.why


async def test_two_like_it_in_one_chat_are_one_too_many() -> None:
    """Neither can be told from the other."""
    messages = [
        PROOF,
        shown(101, T0 + 1, "wamid.a"),
        shown(101, T0 + 2, "wamid.b"),
        shown(101, T0 + 60, "wamid.c", "c"),
    ]
    proof = [known(), known(1, Text(body="c"), at=T0 + 60, name="wamid.c")]
    (finding,) = await ask(Account(messages=messages, now=NOW), sought(), proof=proof)

    assert isinstance(finding, CannotSay)
    assert finding.why.startswith("2 messages to this recipient")


async def test_a_message_that_is_accounted_for_is_not_it() -> None:
    """Not even where it went to the same person with the same words."""
    account = Account(messages=[evolve(PROOF, chat=101)], now=NOW)

    assert [Absent()] == await ask(account, sought(), proof=[known(1)])


async def test_a_message_that_only_resembles_it_is_not_found() -> None:
    """In the right chat at the right time, but cut off: it may be, and may not."""
    messages = [PROOF, shown(101, T0 + 2, "wamid.it", "Hello, your"), shown(101, T0 + 60, "wamid.c", "c")]
    proof = [known(), known(1, Text(body="c"), at=T0 + 60, name="wamid.c")]
    (finding,) = await ask(Account(messages=messages, now=NOW), sought(), proof=proof)

    assert isinstance(finding, CannotSay)


async def test_one_message_is_not_given_to_two_who_seek_it() -> None:
    """Two deliveries to one person, of which one went out: which one, the list does not say."""
    messages = [PROOF, shown(101, T0 + 2, "wamid.it"), shown(101, T0 + 60, "wamid.c", "c")]
    proof = [known(), known(1, Text(body="c"), at=T0 + 60, name="wamid.c")]
    findings = await ask(Account(messages=messages, now=NOW), sought(), sought(until=T0 + 9), proof=proof)

    assert all(isinstance(finding, CannotSay) for finding in findings)


async def test_it_is_too_early_until_the_delay_has_passed() -> None:
    """Nothing is asked, and the moment is told at which asking makes sense; the ripe ones are answered meanwhile."""
    account = Account(messages=[PROOF], now=T0 + 64.9)
    early = CannotSay(why="it is too early: the provider may not show it yet", again_at=T0 + 65)

    assert [early] == await ask(account, sought())
    assert not account.asked
    assert [Absent(), early] == await ask(account, sought(until=T0 + 4), sought())
    assert [Absent()] == await ask(evolve(account, now=T0 + 65), sought())


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (T0 - 61, Absent),
        (T0 - 59, CannotSay),
        (T0 - 1, CannotSay),
        (T0 + 0, Found),
        (T0 + 5, Found),
        (T0 + 6, CannotSay),
        (T0 + 64, CannotSay),
        (T0 + 66, Absent),
    ],
)
async def test_clocks_that_differ_leave_it_open_at_the_edges(at: float, expected: type) -> None:
    """Inside the window it is the one, outside of it and the margin it is not, and in the margin it may be."""
    messages = [PROOF, shown(101, at, "wamid.it"), shown(101, T0 + 200, "wamid.c", "c")]
    proof = [known(), known(1, Text(body="c"), at=T0 + 200, name="wamid.c")]
    (finding,) = await ask(Account(messages=messages, now=NOW), sought(), proof=proof)

    assert expected is type(finding)


@pytest.mark.parametrize("tells_more", [True, False])
@pytest.mark.parametrize("size", [1, 3, 100])
async def test_the_list_is_read_back_to_its_time_and_no_further(size: int, tells_more: bool) -> None:  # noqa: FBT001 -- a case
    """Page by page, however many a page holds; what is long past is left unread."""
    messages = [PROOF, shown(101, T0 + 2, "wamid.it"), shown(101, T0 + 60, "wamid.c", "c")]
    messages += [shown(300 + number, T0 + 100 + number, f"wamid.n{number}", "noise") for number in range(5)]
    messages += [shown(400 + number, T0 - 1000 - number, f"wamid.o{number}") for number in range(500)]
    account = Account(messages=messages, now=NOW, page=size, tells_more=tells_more)
    proof = [known(), known(1, Text(body="c"), at=T0 + 60, name="wamid.c")]

    assert [Found(message_id="wamid.it", status="sent")] == await ask(account, sought(), proof=proof)
    assert len(account.asked) == -(-9 // size)


async def test_a_short_page_is_not_the_end() -> None:
    """A provider that says nothing of further pages is asked until there are none."""
    messages = [shown(101, T0 + 2, "wamid.it", "Hello, your order is ready"), PROOF]
    account = Account(messages=messages, now=NOW, page=1, tells_more=False)
    (finding,) = await ask(account, sought())

    assert isinstance(finding, CannotSay)
    assert len(account.asked) == 3


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"ascending": True}, "order of time"),
        ({"zoned": False}, "may be the one"),
    ],
)
async def test_a_list_that_cannot_be_followed_is_not_believed(facts: dict[str, Any], why: str) -> None:
    """In another order its end tells nothing, and without a zone its times are none."""
    messages = [PROOF, shown(101, T0 - 500, "wamid.it"), shown(102, T0 + 100, "wamid.c", "c")]
    (finding,) = await ask(Account(messages=messages, now=NOW, **facts), sought())

    assert isinstance(finding, CannotSay)
    assert why in finding.why


async def test_a_list_that_repeats_itself_is_not_believed() -> None:
    """A server that gives the first page for every number would hide all the others."""

    class Stuck(Account):
        def answer(self, query: str) -> dict[str, Any]:
            return super().answer(query.replace("page=2", "page=1"))

    account = Stuck(messages=[PROOF, *(shown(9, T0 + 1, f"wamid.{n}", "n") for n in range(5))], now=NOW, page=2)
    (finding,) = await ask(account, sought(), proof=[])

    assert isinstance(finding, CannotSay)
    assert "repeats itself" in finding.why


async def test_a_list_that_is_too_long_is_left() -> None:
    """After so many messages, with the reason."""
    messages = [shown(9, T0 + number, f"wamid.{number}", "n") for number in range(500)]
    account = Account(messages=messages, now=NOW, page=10)
    (finding,) = await ask(account, sought(), most=50)

    assert CannotSay(why="there are more than 50 messages since then") == finding
    assert len(account.asked) == 5


async def test_a_list_that_tells_known_messages_otherwise_is_not_believed() -> None:
    """If ours are not shown as they were sent, then not seeing this one means nothing."""
    account = Account(messages=[evolve(PROOF, text="[message 17]")], now=NOW)
    (finding,) = await ask(account, sought())

    assert isinstance(finding, CannotSay)
    assert "otherwise than they were sent" in finding.why


async def test_two_people_in_one_chat_are_a_contradiction() -> None:
    """Then a chat does not tell whose a message is."""
    messages = [PROOF, evolve(PROOF, message_id="wamid.2")]
    (finding,) = await ask(Account(messages=messages, now=NOW), sought(), proof=[known(), known(51, name="wamid.2")])

    assert isinstance(finding, CannotSay)
    assert "two people" in finding.why


async def test_a_missing_scope_is_an_error_and_no_finding() -> None:
    """The caller learns what is wrong with the token rather than that nothing can be said; over a real socket."""
    assert provider.look_up is not None
    refusal = Said(status=403, document={"success": False, "error": {"code": "INSUFFICIENT_SCOPE"}})
    async with (
        ScriptedServer([refusal]) as server,
        wamsg.connect("wacr", token="fake-token", base_url=f"{server.url}/api/v2", environ={}) as client,
    ):
        with pytest.raises(PermissionDenied, match="messages:read"):
            await inquire(client.call, provider.look_up(client.driver, Search(sought=(sought(),), now=NOW)))

    assert (
        "/api/v2/messages?filter%5Bdirection%5D=outbound&sort=-created_at&page=1&per_page=100" == server.asked[0].target
    )


@pytest.mark.parametrize("until", [T0 - 1, float("nan"), float("inf")])
def test_a_window_has_a_beginning_and_an_end(until: float) -> None:
    """In this order."""
    with pytest.raises(InvalidMessage):
        sought(until=until)


def test_nothing_that_is_shown_holds_numbers_or_contents() -> None:
    """Neither in what is sought nor in what is found."""
    seen = repr(Search(sought=(sought(),), known=(known(),), now=NOW))

    assert "9812340" not in seen
    assert "Hello" not in seen


RENDERINGS: dict[str, Callable[[str], str | None]] = {
    "as it is": lambda text: text,
    "marked up": lambda text: f"<p>{html.escape(text)}</p>",
    "cut off": lambda text: text[:12],
    "not at all": lambda _text: None,
    "otherwise": lambda text: f"#{len(text)}",
}


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Any]:
    """Deliveries of a few texts to a few people, some of which went out and some of which are known to have."""
    deliveries = draw(
        st.lists(
            st.tuples(
                st.integers(1, 4),
                st.sampled_from([HELLO, OTHER, THIRD]),
                st.integers(0, 240),
                st.sampled_from(["known", "known", "sent, unknown", "never sent"]),
            ),
            max_size=12,
        )
    )
    strangers = draw(
        st.lists(st.tuples(st.integers(6, 8), st.sampled_from([HELLO, OTHER]), st.integers(-300, 400)), max_size=2)
    )
    return {
        "deliveries": deliveries,
        "strangers": strangers,
        "render": draw(st.sampled_from(["as it is"] * 4 + sorted(RENDERINGS))),
        "skew": float(draw(st.sampled_from([0, 0, 0, 1, -1]) | st.integers(-60, 60))),
        "lag": float(draw(st.integers(0, 60))),
        "page": draw(st.sampled_from([1, 2, 5, 100])),
        "tells_more": draw(st.booleans()),
        "blind": draw(st.sampled_from([False, False, False, True])),
        "zoned": draw(st.sampled_from([True, True, True, False])),
        "now": T0 + draw(st.sampled_from([500, 500]) | st.integers(0, 500)),
    }


@settings(max_examples=200, deadline=None)
@given(histories())
def test_it_never_says_what_is_not_so(history: dict[str, Any]) -> None:
    """Whatever the clocks, the delay, the pages and the rendering: absent is absent, and found is the very one."""
    render = RENDERINGS[history["render"]]
    messages, proof, wanted, truth = [], [], [], []
    for number, (who, content, at, fate) in enumerate(history["deliveries"]):
        name = f"wamid.{number}"
        if fate != "never sent":
            messages.append(shown(100 + who, T0 + at + 0.7, name, render(content.body)))
        if fate == "known":
            proof.append(known(who, content, at=T0 + at, name=name))
        else:
            wanted.append(sought(who, content, since=T0 + at, until=T0 + at + 3))
            truth.append(name if fate == "sent, unknown" else None)
    for number, (stranger, content, at) in enumerate(history["strangers"]):
        messages.append(shown(100 + stranger, T0 + at, f"wamid.s{number}", render(content.body)))
    names = ("skew", "lag", "page", "tells_more", "blind", "zoned", "now")
    account = Account(messages=messages, **{name: history[name] for name in names})

    findings = asyncio.run(ask(account, *wanted, proof=proof))

    assert len(wanted) == len(findings)
    for finding, really in zip(findings, truth, strict=True):
        assert not (isinstance(finding, Absent) and really is not None)
        assert not isinstance(finding, Found) or finding.message_id == really


def test_templates_need_a_known_one_of_the_same_name() -> None:
    """How one template is shown proves nothing of another."""
    welcome, reminder = (Template(name=name, language="en", body=("Asha",)) for name in ("welcome", "reminder"))
    proof = [known(content=welcome)]
    account = Account(messages=[evolve(PROOF, type="template", text="<p>Hello Asha</p>")], now=NOW)

    assert [Absent()] == asyncio.run(ask(account, sought(content=welcome), proof=proof))
    (finding,) = asyncio.run(ask(account, sought(content=reminder), proof=proof))
    assert isinstance(finding, CannotSay)

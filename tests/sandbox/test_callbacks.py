"""The settings of callbacks, from Python and from a script's text, and the schedule that they give a message."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wamsg.driver import Accepted, CallingDialect
from wamsg.errors import ConfigError
from wamsg.model.event import DeliveryStatus
from wamsg.providers.kaleyra import provider
from wamsg.sandbox import Callbacks, Late, load_callbacks, load_faults
from wamsg.sandbox.schedule import Schedule, dice_for, scheduled

URL = "http://127.0.0.1:8080/callbacks"
TOML = f"""
[[fault]]
kind = "accepted_then_cut"

[callbacks]
url = "{URL}"
seed = 7
read = 2
duplicate = 0.1
batch = 50

[[callbacks.late]]
fault = "131050"
recipient = "0042"

[[callbacks.late]]
fault = "WAV2101"
chance = 0.05
"""
SENT, DELIVERED, READ, FAILED = (
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.READ,
    DeliveryStatus.FAILED,
)
NOW = 1_700_000_000.0


def schedule(number: int = 0, earlier: int = 0, **settings: Any) -> Schedule:
    script = Callbacks(url=URL, **settings)
    assert isinstance(provider.sandbox, CallingDialect)
    recipient = f"9198124{number:05}"
    accepted = Accepted(recipient=recipient, kind="text", message_id=f"m{number}", reference=f"r{number}")
    return scheduled(script, provider.sandbox, accepted, dice_for(script.seed, "kaleyra", recipient, earlier), NOW)


def words(plan: Schedule) -> list[DeliveryStatus]:
    """The true statuses in the order in which they are told."""
    return [due.told.status for due in sorted(plan.due, key=lambda due: due.delay) if not due.forged]


def test_a_script_holds_faults_and_callbacks() -> None:
    """Each loader reads its own part of one text."""
    expected = Callbacks(
        url=URL,
        seed=7,
        read=2,
        duplicate=0.1,
        batch=50,
        late=(Late(fault="131050", recipient="0042"), Late(fault="WAV2101", chance=0.05)),
    )

    assert expected == load_callbacks(TOML)
    assert ["accepted_then_cut"] == [fault.kind for fault in load_faults(TOML)]


def test_an_address_from_outside_goes_before_the_scripts() -> None:
    """And is enough without any script; without both nobody is called back."""
    other = "http://[::1]:9/x?y=1"

    assert other == (load_callbacks(TOML, other) or pytest.fail("none")).url
    assert Callbacks(url=other, seed=3) == load_callbacks('{"callbacks": {"seed": 3}}', other)
    assert Callbacks(url=other) == load_callbacks("", other)
    assert load_callbacks('[[fault]]\nkind = "throttle"') is None


@pytest.mark.parametrize(
    ("text", "field", "sentence"),
    [
        ("[callbacks]\nseed = 1", "url", "callbacks: url is missing"),
        ("callbacks = 3", "faults", "callbacks must be a table of fields, not int"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\nspeed = 1", "speed", "callbacks: there is no field 'speed'"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\nlate = 1", "late", "late must be a list of tables"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\nlate = [1]", "faults", "callbacks, late 1 must be a table"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\n[[callbacks.late]]", "fault", "late 1: fault is missing"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\nlate = [{fault = ''}]", "fault", "late 1: fault must be"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\nlate = [{fault = 131050}]", "fault", "late 1: fault must be text"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\nlate = [{fault = \"a\\nb\"}]", "fault", "a code or a few words"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\ndrop = 1.5", "drop", "drop must be a number from 0 to 1, not 1.5"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\nsent = -1", "sent", "sent must be a number from 0"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\nbatch = 0", "batch", "batch must be a whole number from 1 to 1000"),
        ("[callbacks]\nurl = 'http://127.0.0.1'\noutside = 1", "outside", "true or false"),
    ],
)
def test_a_wrong_table_is_named_with_its_field(text: str, field: str, sentence: str) -> None:
    """The sentence says where, and what would be right."""
    with pytest.raises(ConfigError) as caught:
        load_callbacks(text)

    assert sentence in str(caught.value)
    assert field == caught.value.setting


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "127.0.0.1:80",
            "ftp://127.0.0.1",
            "http://",
            "http://127.0.0.1:x",
            "http://127.0.0.1:99999",
            "http://[::1",
        ),
        *("http://127.0.0.1/a b", "http://127.0.0.1/\n", "http://user:pw@127.0.0.1/", "http://127.0.0.1/#a", 3, None),
        *(
            "http://example.com/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.com/",
            "http://0.0.0.0/",
            "http://128.0.0.1",
        ),
    ],
)
def test_it_calls_this_machine_and_nobody_else(url: Any) -> None:
    """What is no address, and what is another machine's, is refused when it is set up."""
    with pytest.raises(ConfigError) as caught:
        Callbacks(url=url)

    assert "url" == caught.value.setting


def test_other_machines_are_called_on_request() -> None:
    """Only if that is said in so many words; localhost by any of its names needs nothing."""
    assert Callbacks(url="https://hooks.example/in", outside=True).outside
    for host in ("localhost", "127.0.0.1", "127.9.9.9", "[::1]"):
        assert host in Callbacks(url=f"http://{host}:8080/x").url


def test_without_any_mischief_statuses_come_in_order_at_their_delays() -> None:
    """Sent, delivered, read; the time that each tells is the time at which it happened."""
    plan = schedule(sent=1, delivered=2, read=3)

    assert [(1, SENT, NOW + 1), (2, DELIVERED, NOW + 2), (3, READ, NOW + 3)] == [
        (due.delay, due.told.status, due.told.at) for due in plan.due
    ]
    assert () == plan.dropped


def test_each_kind_of_mischief_does_what_it_says() -> None:
    """At probability one, each alone."""
    unread, shuffled, dropped, doubled, forged = (
        schedule(0, 0, **{name: 1.0}) for name in ("unread", "shuffle", "drop", "duplicate", "forge")
    )

    assert [SENT, DELIVERED] == words(unread)
    assert [READ, DELIVERED, SENT] == words(shuffled)
    assert sorted(due.told.at for due in shuffled.due) == [NOW, NOW + 0.2, NOW + 0.5]
    assert ((), [SENT, DELIVERED, READ]) == (dropped.due, [told.status for told in dropped.dropped])
    assert Counter({SENT: 2, DELIVERED: 2, READ: 2}) == Counter(words(doubled))
    assert [FAILED, FAILED, FAILED] == [due.told.status for due in forged.due if due.forged]
    assert [SENT, DELIVERED, READ] == words(forged)


def test_the_first_late_failure_that_strikes_counts() -> None:
    """By ending and by chance; a forgery about a failure says that it was read."""
    late = (Late(fault="131026", chance=0), Late(fault="131050", recipient="00042"), Late(fault="WAV2101"))
    told = {number: schedule(number, late=late, failed=4, forge=1.0) for number in (42, 43)}

    assert [SENT, FAILED] == words(told[42])
    assert [FAILED] == words(told[43])
    assert [4] == [due.delay for due in told[42].due if due.told.fault == "131050"]
    assert {"WAV2101"} == {due.told.fault for due in told[43].due if not due.forged}
    assert [READ] == [due.told.status for due in told[43].due if due.forged]


MIXED: dict[str, Any] = {"spread": 1, "unread": 0.5, "shuffle": 0.5, "drop": 0.3, "duplicate": 0.3, "forge": 0.3}


@given(seed=st.integers(0, 2**32), number=st.integers(0, 99_999), earlier=st.integers(0, 3))
def test_a_seed_repeats(seed: int, number: int, earlier: int) -> None:
    """The same message has the same schedule, whatever came before it; nothing is lost or made up."""
    plan = schedule(number, earlier, seed=seed, **MIXED)

    assert plan == schedule(number, earlier, seed=seed, **MIXED)
    happened = {due.told.status for due in plan.due if not due.forged} | {told.status for told in plan.dropped}
    assert happened in ({SENT, DELIVERED}, {SENT, DELIVERED, READ}, {SENT, FAILED}, {FAILED})
    assert not happened & {told.status for told in plan.dropped} & set(words(plan))


def test_chances_are_met() -> None:
    """Over many messages each share is about what was asked for, and another seed decides otherwise."""
    plans = [schedule(number, seed=1, **MIXED) for number in range(2000)]
    steps = sum(len(plan.dropped) + len({due.told.status for due in plan.due if not due.forged}) for plan in plans)

    assert 0.27 < sum(len(plan.dropped) for plan in plans) / steps < 0.33
    assert 0.27 < sum(due.forged for plan in plans for due in plan.due) / steps < 0.33
    assert plans != [schedule(number, seed=2, **MIXED) for number in range(2000)]
    assert plans[0] != schedule(0, earlier=1, seed=1, **MIXED)


def test_the_dice_of_one_person_are_not_anothers() -> None:
    """Provider, recipient, count and seed each make other dice."""
    dice: list[Random] = [dice_for(1, "a", "9", 0), dice_for(2, "a", "9", 0), dice_for(1, "b", "9", 0)]
    dice += [dice_for(1, "a", "8", 0), dice_for(1, "a", "9", 1)]

    assert 5 == len({one.random() for one in dice})

"""Every line gets its fate, and what is frozen is what was read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import wamsg
from wamsg import errors
from wamsg.broadcast import MessageTemplate, Options, Planned, check_unchanged, open_audience, plan
from wamsg.broadcast.plan import chunk_size, fingerprint, message_from_dict, message_to_dict
from wamsg.broadcast.policy import Portion
from wamsg.ledger import Broadcast, Delivery, Fate, Ledger, Phase, Plan, Recipient, State, Suppression
from wamsg.testing import ManualClock

HELLO = {"type": "text", "body": "Hello {first_name}"}
ROWS = [{"phone": f"+91981234{place:04d}", "first_name": f"Asha {place}"} for place in range(10)]


async def planned(ledger: Ledger, rows: Any = None, message: Mapping[str, Any] = HELLO, **more: Any) -> Planned:
    named: dict[str, Any] = {"provider": "kaleyra", "options": Options(), "clock": ManualClock(), **more}
    audience = open_audience(ROWS if rows is None else rows)
    return await plan(ledger, MessageTemplate.of(message), audience, **named)


async def lines(ledger: Ledger, broadcast: Broadcast) -> list[Delivery]:
    return [line async for line in ledger.deliveries(broadcast.id)]


async def test_every_line_has_one_fate(ledger: Ledger) -> None:
    """Deliveries, invalid, duplicate and suppressed ones, with their lines and reasons, in the order of the input."""
    await ledger.suppress([Suppression(address=919812340003, reason="asked", source="person", at=0.0)])
    rows = [*ROWS[:4], {"phone": "no number", "first_name": "x"}, ROWS[1], {"phone": ROWS[5]["phone"]}, *ROWS[6:]]

    result = await planned(ledger, rows)

    found = await lines(ledger, result.broadcast)
    assert [line.line for line in found] == list(range(1, 12))
    fates = [line.fate or line.state for line in found]
    assert fates == [
        *[State.PENDING] * 3,
        Fate.SUPPRESSED,
        Fate.INVALID,
        Fate.DUPLICATE,
        Fate.INVALID,
        *[State.PENDING] * 4,
    ]
    assert found[5].first_line == 2
    assert "first_name is empty" in (found[6].detail or "")
    counts = result.counts
    assert (counts.rows, counts.invalid, counts.duplicate, counts.suppressed, counts.deliveries) == (11, 2, 1, 1, 7)
    assert result.broadcast.phase is Phase.PLANNED
    assert [moment.kind for moment in await ledger.timeline(result.broadcast.id)] == ["planned"]


async def test_the_first_deliveries_and_the_first_invalid_lines_are_shown(ledger: Ledger) -> None:
    """Of those that will be sent to, not of those that are refused."""
    await ledger.suppress([Suppression(address=919812340000, reason="asked", source="person", at=0.0)])
    bad = [{"phone": f"bad {place}", "first_name": "x"} for place in range(9)]

    result = await planned(ledger, [ROWS[0], *bad[:4], ROWS[1], ROWS[1], *bad[4:], *ROWS[2:]])

    assert [row.values for row in result.examples] == [("Asha 1",), ("Asha 2",), ("Asha 3",)]
    assert all(isinstance(row, Recipient) for row in result.examples)
    assert [row.given for row in result.invalid] == [f"bad {place}" for place in range(5)]


async def test_a_limit_plans_the_first_rows_alone(ledger: Ledger) -> None:
    """Rows of the input count, whatever becomes of them, and the source is not read further."""
    read = list[int]()

    async def rows() -> AsyncIterator[dict[str, str]]:
        for place, row in enumerate(ROWS):
            read.append(place)
            yield row

    result = await planned(ledger, rows(), limit=4)

    assert (result.counts.rows, len(read)) == (4, 4)


@pytest.mark.parametrize("rows", [[], iter(())], ids=["list", "iterator"])
async def test_a_plan_for_nobody_is_refused_and_leaves_nothing(ledger: Ledger, rows: Any) -> None:
    """The ledger is as it was."""
    with pytest.raises(errors.InvalidRecipient, match="holds no recipients"):
        await planned(ledger, rows)

    assert await ledger.broadcasts() == []


async def test_a_plan_in_which_nobody_is_left_is_a_plan(ledger: Ledger) -> None:
    """All its lines have a fate, and there is nothing to send."""
    result = await planned(ledger, [{"phone": "x", "first_name": "a"}], options=Options(canary=Portion(count=5)))

    assert (result.counts.invalid, result.counts.deliveries) == (1, 0)


async def test_an_input_that_breaks_in_the_middle_is_forgotten(ledger: Ledger) -> None:
    """What the rows raise is raised, and no draft is left."""

    async def rows() -> AsyncIterator[dict[str, str]]:
        for row in ROWS:
            yield row
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError, match="gone"):
        await planned(ledger, rows())

    assert await ledger.broadcasts() == []


async def test_a_planning_that_is_torn_off_is_forgotten(ledger: Ledger) -> None:
    """A cancelled task leaves no draft, and the next plan is free to begin."""
    reading = asyncio.Event()

    async def rows() -> AsyncIterator[dict[str, str]]:
        yield ROWS[0]
        reading.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(planned(ledger, rows()))
    await reading.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert task.cancelled()
    assert await ledger.broadcasts() == []
    assert (await planned(ledger)).counts.deliveries == 10


async def test_a_missing_column_is_said_before_anything_is_read(ledger: Ledger) -> None:
    """And nothing is left of the plan."""
    with pytest.raises(errors.ConfigError, match="city"):
        await planned(ledger, message={"type": "text", "body": "{first_name} of {city}"})

    assert await ledger.broadcasts() == []


async def test_what_the_provider_cannot_express_is_refused_row_by_row(ledger: Ledger) -> None:
    """With a driver, a row that is too long for it is invalid, and the others are not."""
    settings: dict[str, Any] = {"sid": "HXsid0000000000000", "api_key": "A" * 33, "sender": "+919812340000"}
    driver = wamsg.connect("kaleyra", environ={}, **settings).driver
    rows = [ROWS[0], {"phone": "+919812340001", "first_name": "x" * 5000}, ROWS[2]]

    result = await planned(ledger, rows, driver=driver)

    found = [line.fate for line in await lines(ledger, result.broadcast)]
    assert found == [None, Fate.INVALID, None]


async def test_progress_is_told_in_rows(ledger: Ledger) -> None:
    """Refused ones count as read."""
    told = list[int]()

    await planned(ledger, [*ROWS, {"phone": "x", "first_name": "a"}], show=told.append)

    assert told[-1] == 11
    assert told == sorted(told)


async def test_the_canary_is_the_first_chunk(ledger: Ledger) -> None:
    """It ends with the delivery that was asked for, whatever stands between."""
    rows = [{"phone": "x", "first_name": "a"}, *ROWS[:3], ROWS[0], *ROWS[3:]]
    result = await planned(ledger, rows, options=Options(canary=Portion(count=4)))
    await ledger.enter(result.broadcast.id, Phase.RUNNING, at=1.0)

    lease = await ledger.take(result.broadcast.id, now=1.0, owner="me")

    assert lease is not None
    assert [due.address % 10000 for due in await ledger.due(lease, after=-1, limit=100, now=1.0)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("rate", "rows"), [(None, 5000), (1.0, 200), (80.0, 1200), (1000.0, 5000), (0.1, 200), (20.5, 307)]
)
def test_a_chunk_is_about_fifteen_seconds_of_sending(rate: float | None, rows: int) -> None:
    """Between 200 and 5,000 rows."""
    assert chunk_size(rate) == rows


BASE = Plan(name="a", provider="kaleyra", message={"x": 1}, options={"breaker": 5}, columns=("a",), created_at=1.0)


@pytest.mark.parametrize(
    "change", [{"provider": "wacr"}, {"message": {"x": 2}}, {"options": {}}, {"columns": ("b",)}], ids=str
)
def test_the_fingerprint_is_over_all_that_decides_who_gets_what(change: dict[str, Any]) -> None:
    """A changed part, or other recipients, change it."""
    assert fingerprint(evolve(BASE, **change), "digest") != fingerprint(BASE, "digest")
    assert fingerprint(BASE, "other") != fingerprint(BASE, "digest")


def test_the_fingerprint_is_not_over_names_and_times() -> None:
    """What is only shown does not matter, and neither does the order in which options were given."""
    same = evolve(BASE, name="b", created_at=9.0, source="elsewhere.csv", options={"breaker": 5})

    assert fingerprint(same, "digest") == fingerprint(BASE, "digest")


async def test_equal_plans_have_equal_fingerprints(ledger: Ledger) -> None:
    """Whatever the rows came from."""
    first, second = await planned(ledger), await planned(ledger, iter(ROWS))

    assert first.broadcast.fingerprint == second.broadcast.fingerprint != ""
    assert first.broadcast.digest == second.broadcast.digest


@given(
    body=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
        lambda text: bool(text.strip()) and not set(text) & set("{}")
    )
)
def test_a_message_comes_back_as_it_was_kept(body: str) -> None:
    """Any text, with its placeholders."""
    import json

    template = MessageTemplate.of({"type": "text", "body": body + "{name}"})
    kept = json.loads(json.dumps(message_to_dict(template)))

    assert message_from_dict(kept).render(("Zoë",)) == template.render(("Zoë",))


async def test_unchanged_is_unchanged(ledger: Ledger, tmp_path: Path) -> None:
    """The same message and the same people, also where they are written in another way."""
    result = await planned(ledger)
    table = tmp_path / "people.csv"
    table.write_text(
        "first_name;mobile\r\n" + "".join(f"{row['first_name']};{row['phone']}\r\n" for row in ROWS), "utf-8-sig"
    )
    with open_audience(table) as audience:
        await check_unchanged(result.broadcast, MessageTemplate.of(HELLO), audience, options=Options())


@pytest.mark.parametrize(
    ("message", "rows", "options", "differs"),
    [
        ({"type": "text", "body": "Bye {first_name}"}, ROWS, Options(), ("the message",)),
        ({"type": "text", "body": "Hello {phone}"}, ROWS, Options(), ("the message",)),
        ({"type": "text", "body": "{phone} {first_name}"}, ROWS, Options(), ("the message",)),
        ({"type": "text", "body": "Hello"}, ROWS, Options(), ("the message",)),
        (HELLO, ROWS[:9], Options(), ("the recipients (10 rows then, 9 now)",)),
        (HELLO, ROWS[::-1], Options(), ("the recipients",)),
        (HELLO, [*ROWS[:9], {**ROWS[9], "first_name": "Zoë"}], Options(), ("the recipients",)),
        (HELLO, ROWS, Options(concurrency=3), ("the options",)),
        (
            {"type": "text", "body": "{first_name}"},
            ROWS[1:],
            Options(breaker=9),
            ("the message", "the options", "the recipients (10 rows then, 9 now)"),
        ),
    ],
    ids=["text", "column", "more columns", "no columns", "fewer", "order", "value", "options", "everything"],
)
async def test_what_differs_is_named(
    ledger: Ledger, message: Mapping[str, Any], rows: Any, options: Options, differs: tuple[str, ...]
) -> None:
    """Each part by its name, and nothing else."""
    result = await planned(ledger)

    with pytest.raises(errors.PlanChanged) as caught:
        await check_unchanged(result.broadcast, MessageTemplate.of(message), open_audience(rows), options=options)

    assert caught.value.differs == differs
    assert all(part in str(caught.value) for part in differs)


@pytest.mark.usefixtures("ledger")
async def test_a_ledger_that_is_not_locked_plans_nothing(tmp_path: Path) -> None:
    """Two processes cannot plan at once."""
    from wamsg.ledger.sqlite import open_sqlite

    other = await open_sqlite(tmp_path / "sale.ledger", create=False)
    try:
        with pytest.raises(errors.LedgerError, match="lock"):
            await planned(other)
    finally:
        await other.aclose()

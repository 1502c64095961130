"""What a fake server remembers: tables that keep their order, and changes that can be taken back as a whole."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wamsg.dialect import Memory, Table

CHANGES = st.lists(
    st.tuples(st.sampled_from(["put", "drop", "keep", "undo"]), st.sampled_from("abcd"), st.integers(0, 9)), max_size=30
)


@given(changes=CHANGES, most=st.integers(1, 4))
def test_a_table_is_a_dict_that_can_go_back(changes: list[tuple[str, str, int]], most: int) -> None:
    """Rows, order and bound are those of a plain dict of which a copy was made whenever something was kept."""
    table = Table({}, most)
    rows: dict[str, dict[str, int]] = {}
    kept: dict[str, dict[str, int]] = {}
    for change, key, value in changes:
        match change:
            case "put":
                assert table.put(key, {"value": value}) == {"value": value}
                rows[key] = {"value": value}
                if len(rows) > most:
                    del rows[next(iter(rows))]
            case "drop":
                assert table.drop(key) == rows.pop(key, None)
            case "keep":
                table.keep()
                kept = dict(rows)
            case _:
                table.undo()
                rows = dict(kept)

        assert table.items() == list(rows.items())
        assert (list(table), table.rows(), len(table)) == (list(rows), list(rows.values()), len(rows))
        assert [table.get(each) for each in "abcd"] == [rows.get(each) for each in "abcd"]
        assert [each in table for each in "abcd"] == [each in rows for each in "abcd"]


def test_accounts_and_names_have_tables_of_their_own() -> None:
    """What one account has, another has not."""
    memory = Memory()
    memory.table("one", "contacts").put("1", {"name": "Asha"})

    assert [len(memory.table(account, name)) for account in ("one", "two") for name in ("contacts", "groups")] == [
        *(1, 0),
        *(0, 0),
    ]


def test_a_seed_is_there_at_first_and_after_all_is_forgotten() -> None:
    """It is asked for once, until everything is cleared."""
    memory, seeds = Memory(), []

    def seed() -> dict[str, Any]:
        seeds.append(1)
        return {"1": {"name": "New"}}

    memory.table("one", "statuses", seed).drop("1")
    memory.keep()
    assert memory.table("one", "statuses", seed).rows() == []

    memory.clear()

    assert memory.table("one", "statuses", seed).rows() == [{"name": "New"}]
    assert len(seeds) == 2


def test_undo_reaches_every_table_of_a_request_and_no_further() -> None:
    """Changes of several tables go back together; what was kept before stays."""
    memory = Memory()
    memory.table("one", "contacts").put("1", {"name": "Asha"})
    memory.keep()
    memory.table("one", "contacts").drop("1")
    memory.table("one", "groups").put("7", {"contact": "1"})

    memory.undo()

    assert memory.snapshot() == {"one": {"contacts": [("1", {"name": "Asha"})], "groups": []}}

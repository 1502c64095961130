"""What went wrong, in groups."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wamsg.broadcast.report.causes import LONGEST, MOST, Grouping


@given(st.lists(st.sampled_from("abcd"), max_size=50))
def test_groups_add_up_and_the_largest_is_first(keys: list[str]) -> None:
    """Every line is in one group; the example is the first line of it."""
    grouping: Grouping[str] = Grouping()
    for line, key in enumerate(keys, start=1):
        grouping.add(key, f"{key} in line {line}", line)

    found = grouping.groups()

    assert len(keys) == found.lines
    assert sorted((group.lines for group in found.groups), reverse=True) == [group.lines for group in found.groups]
    for group in found.groups:
        first = keys.index(group.key) + 1
        assert (keys.count(group.key), f"{group.key} in line {first}", first) == (
            group.lines,
            group.example,
            group.first_line,
        )


def test_a_provider_that_invents_codes_fills_no_memory() -> None:
    """Beyond the most groups only their number is kept; known ones go on counting."""
    grouping: Grouping[int] = Grouping()
    for key in range(MOST + 25):
        grouping.add(key, "x" * 10_000, key)
    grouping.add(0, None, 0)

    found = grouping.groups()

    assert (MOST, 25, MOST + 26) == (len(found.groups), found.rest, found.lines)
    assert 2 == found.groups[0].lines
    assert LONGEST == len(found.groups[0].example)

"""Any hours of the day."""

from __future__ import annotations

from hypothesis import strategies as st

from wamsg.broadcast.policy import Hours

#: Within a day and over midnight, on any weekdays.
HOURS = st.builds(
    Hours,
    st.integers(0, 719),
    st.integers(720, 1440),
    st.frozensets(st.integers(0, 6), min_size=1),
) | st.builds(
    Hours,
    st.integers(720, 1439),
    st.integers(1, 719),
    st.frozensets(st.integers(0, 6), min_size=1),
)

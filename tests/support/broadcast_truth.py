"""What must hold after any run: the provider's record and the ledger never contradict each other."""

from __future__ import annotations

from collections import Counter

from tests.support.broadcast_desk import Desk
from wamsg.ledger import Broadcast, Delivery, Phase, State
from wamsg.ledger.reference import parse_reference

#: States in which nothing can have been accepted, unless a person gave consent to a repetition.
_SURELY_NOT = frozenset({State.PENDING, State.DEFERRED, State.REJECTED, State.EXPIRED, State.SKIPPED})


async def check_truth(desk: Desk, broadcast: Broadcast, *, twice: bool = False, sending: bool = False) -> None:
    """No recipient accepted twice (unless ``twice`` allows it), none lost, every unknown flagged, counts add up.

    ``sending`` allows that an outcome could not be stored and waits for the next run to call it unknown.
    """
    accepted = Counter(taken.to for taken in desk.provider.accepted)
    ids = {taken.message_id: taken.to for taken in desk.provider.accepted}
    lines = [line async for line in desk.ledger.deliveries(broadcast.id)]
    rows = {f"+{line.address}": line for line in lines if line.state is not None}
    assert twice or not [to for to, times in accepted.items() if times > 1]
    assert accepted.keys() <= rows.keys()
    for to, line in rows.items():
        assert sending or line.state is not State.SENDING, to
        _check_row(line, to, accepted[to], ids, twice=twice)
    # The intent was on disk each time before anything left.
    assert set(desk.provider.on_disk) <= {State.SENDING}
    assert len(set(desk.provider.references)) == len(desk.provider.left)
    await _check_counts(desk, broadcast, lines)
    _check_references(desk, broadcast, rows)


def _check_row(line: Delivery, to: str, accepted: int, ids: dict[str, str], *, twice: bool) -> None:
    if line.state is State.ACCEPTED:
        assert accepted
        assert ids[line.message_id or ""] == to
    elif line.state in _SURELY_NOT and not twice:
        assert not accepted, (to, line)


async def _check_counts(desk: Desk, broadcast: Broadcast, lines: list[Delivery]) -> None:
    counts = await desk.ledger.counts(broadcast.id)
    assert counts.rows == len(lines) == counts.invalid + counts.duplicate + counts.suppressed + counts.deliveries
    states = Counter(line.state for line in lines if line.state is not None)
    assert {state: number for state, number in counts.states.items() if number} == states
    assert all(number >= 0 for number in counts.states.values())
    found = await desk.ledger.broadcast(broadcast.id)
    if found.phase in {Phase.FINISHED, Phase.HELD, Phase.CANCELLED}:
        assert not counts.open


def _check_references(desk: Desk, broadcast: Broadcast, rows: dict[str, Delivery]) -> None:
    for to, reference in zip(desk.provider.left, desk.provider.references, strict=True):
        found = parse_reference(desk.ledger.secret, reference)
        assert found is not None
        assert (found.broadcast, found.seq) == (broadcast.id, rows[to].seq)
        assert 1 <= found.attempt <= rows[to].attempts

"""What is told of one accepted message, and when: the dice are thrown here; no socket, no waiting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from attrs import evolve, frozen

from wamsg.driver import Accepted, CallingDialect, Told
from wamsg.model.event import DeliveryStatus
from wamsg.sandbox.callbacks import Callbacks

#: Seconds after which a duplicate has come.
_SOON = 1.0


@frozen(kw_only=True)
class Due:
    """One status, and how many seconds after the acceptance it is told."""

    delay: float
    told: Told
    #: Whether it is a lie, to be told with a wrong proof.
    forged: bool = False


@frozen(kw_only=True)
class Schedule:
    """Everything that is told of one message."""

    due: tuple[Due, ...]
    #: What happened and is told to nobody.
    dropped: tuple[Told, ...] = ()


def dice_for(seed: int, provider: str, recipient: str, earlier: int) -> Random:
    """The dice of one message to a recipient who got so many ``earlier``."""
    return Random(f"{seed}/{provider}/{recipient}/{earlier}")  # noqa: S311 -- repeatable on purpose


def scheduled(script: Callbacks, dialect: CallingDialect, accepted: Accepted, dice: Random, now: float) -> Schedule:
    """The schedule of a message that was accepted at ``now``, in seconds since 1970."""
    steps = _steps(script, dialect, accepted, dice)
    delays = [getattr(script, step.status, script.sent) + dice.uniform(0.0, script.spread) for step in steps]
    told = [evolve(step, at=now + delay) for step, delay in zip(steps, delays, strict=True)]
    if dice.random() < script.shuffle:
        delays.reverse()
    due: list[Due] = []
    dropped: list[Told] = []
    for one, delay in zip(told, delays, strict=True):
        is_lost = dice.random() < script.drop
        calls = list(_calls(script, one, delay, dice))
        due += [call for call in calls if call.forged] if is_lost else calls
        dropped += [one] if is_lost else []
    return Schedule(due=tuple(due), dropped=tuple(dropped))


def brought(script: Callbacks, dice: Random) -> Iterator[tuple[float, bool]]:
    """After how many seconds something is told that is due at once, and whether with a wrong proof; never, perhaps."""
    delay = dice.uniform(0.0, script.spread)
    is_lost, is_forged = dice.random() < script.drop, dice.random() < script.forge
    if is_forged:
        yield delay, True
    if not is_lost:
        yield from ((delay + later, False) for later in copies(script, dice))


def copies(script: Callbacks, dice: Random) -> Sequence[float]:
    """After how many further seconds the same is told: at once, and perhaps again."""
    again = dice.random() < script.duplicate
    later = dice.uniform(0.0, _SOON)
    return (0.0, later) if again else (0.0,)


def _steps(script: Callbacks, dialect: CallingDialect, accepted: Accepted, dice: Random) -> list[Told]:
    # A list, so that each throws the dice whatever those before it said.
    struck = [late.fault for late in script.late if late.strikes(accepted.recipient, dice)]
    is_unread = dice.random() < script.unread
    steps = dialect.fate(accepted, struck[0] if struck else None)
    return [step for step in steps if not (is_unread and step.status is DeliveryStatus.READ)]


def _calls(script: Callbacks, told: Told, delay: float, dice: Random) -> Iterator[Due]:
    is_forged = dice.random() < script.forge
    if is_forged:
        yield Due(delay=delay, told=_lie(told), forged=True)
    for later in copies(script, dice):
        yield Due(delay=delay + later, told=told)


def _lie(told: Told) -> Told:
    has_failed = told.status is DeliveryStatus.FAILED
    return evolve(told, status=DeliveryStatus.READ if has_failed else DeliveryStatus.FAILED, fault=None)

"""From how a send ended to the record of it: design's table of outcomes, as code."""

from __future__ import annotations

import re

from wamsg.broadcast.policy.patience import Patience
from wamsg.errors import InvalidMessage, NotSent, SendError, Throttled, Unavailable, Unsupported
from wamsg.ledger import Settled, State
from wamsg.model import SendResult

_LONGEST_DETAIL = 300
#: What may be a phone number in a provider's sentence; ids that hold letters are left alone.
_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[ ()-]{0,2}\d){6,}(?!\w)")
_LATER = (NotSent, Throttled, Unavailable)


def settle_result(seq: int, result: SendResult, *, at: float) -> Settled:
    """The provider accepted it."""
    return Settled(seq, State.ACCEPTED, at, message_id=result.message_id)


def settle_error(
    seq: int,
    error: BaseException,
    *,
    at: float,
    departed: bool,
    attempt: int,
    patience: Patience,
    free: int = 0,
) -> Settled:
    """What ``error``, raised by a messenger's ``send``, makes of the delivery.

    ``departed`` says whether the departure was granted, that is, whether anything can have left at all: an upload that
    got no answer before it has messaged nobody. For ``attempt`` and ``free`` see `Patience.due`.

    Raises ``error`` again if it is nothing that a send may raise and nothing has left: that is the runner's business.
    """
    if not departed:
        return _settle_unsent(seq, error, at, attempt, patience, free)
    if not isinstance(error, SendError):
        why = f"cut off while it was being sent ({type(error).__name__}); it may have gone out"
        return Settled(seq, State.UNKNOWN, at, kind=type(error).__name__, detail=why)
    if error.may_have_gone_out:
        return _settled(seq, State.UNKNOWN, at, error)
    return _put_off(seq, error, at, attempt, patience, free) if isinstance(error, _LATER) else _refused(seq, error, at)


def _settle_unsent(seq: int, error: BaseException, at: float, attempt: int, patience: Patience, free: int) -> Settled:
    if isinstance(error, InvalidMessage | Unsupported):
        return _refused(seq, error, at)
    if not isinstance(error, SendError):
        raise error
    if error.may_have_gone_out or isinstance(error, _LATER):
        return _put_off(seq, error, at, attempt, patience, free)
    return _refused(seq, error, at)


def _put_off(seq: int, error: SendError, at: float, attempt: int, patience: Patience, free: int) -> Settled:
    due = patience.due(error, attempt=attempt, now=at, free=free)
    if due is None:
        tries = "1 try" if attempt == 1 else f"{attempt} tries"
        return _settled(seq, State.REJECTED, at, error, f"given up after {tries}: ")
    return _settled(seq, State.DEFERRED, at, error)._replace(not_before=due)


def _refused(seq: int, error: SendError | InvalidMessage | Unsupported, at: float) -> Settled:
    return _settled(seq, State.REJECTED, at, error)


def _settled(
    seq: int, state: State, at: float, error: SendError | InvalidMessage | Unsupported, prefix: str = ""
) -> Settled:
    # Provider, status and code stand beside the sentence; `str` of a send error would repeat them in it.
    sentence = prefix + (str(error.args[0]) if any(error.args) else type(error).__name__)
    settled = Settled(seq, state, at, kind=type(error).__name__, detail=without_numbers(sentence)[:_LONGEST_DETAIL])
    return settled._replace(code=error.code, http_status=error.http_status) if isinstance(error, SendError) else settled


def without_numbers(text: str) -> str:
    """``text`` with all that looks like a phone number masked but for its last two digits."""
    return _NUMBER.sub(lambda found: "*" * (len(found[0]) - 2) + found[0][-2:], text)

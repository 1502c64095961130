"""When a delivery that was surely not accepted is due again, and when it is given up."""

from __future__ import annotations

import random

from attrs import field, frozen

from wamsg.errors import SendError, Unavailable

#: Seconds: no wait is longer, whatever the provider says or the tries add up to.
_LONGEST = 86_400.0
#: Without a stated wait: a random time up to these seconds, doubled per try.
_FIRST, _LONGEST_BACKOFF = 10.0, 900.0
#: What costs no try is put off at most this many times as often: a network that is gone for hours ends some time.
_FREE = 10


def costs_a_try(error: SendError) -> bool:
    """Whether the provider itself put this delivery off.

    A throttled request waits for its lanes and one that never left was not tried; neither says anything about it.
    """
    return isinstance(error, Unavailable)


@frozen
class Patience:
    """How often and how long a deferred delivery is tried.

    A stated wait, at least a second, is taken times the number of tries: 5, 10 and 15 minutes for Kaleyra's WA500
    (https://developers.kaleyra.io/docs/whatsapp-api-v2-error-codes-for-send-message), which advises to escalate after
    three retries: that is a person's business. A throttled delivery waits as long as was said, no longer.
    """

    #: Tries in all, the first included.
    attempts: int = 4
    _dice: random.Random = field(factory=random.Random, repr=False, eq=False)

    def due(self, error: SendError, *, attempt: int, now: float, free: int = 0) -> float | None:
        """When a delivery whose ``attempt``-th try (from 1) ended with ``error`` is due again; None: give it up.

        ``free`` of those tries cost nothing (`costs_a_try`), as far as the caller knows.
        """
        counts = costs_a_try(error)
        tries = max(1, attempt - free) if counts else attempt
        if tries >= (self.attempts if counts else self.attempts * _FREE):
            return None
        if error.retry_after is None:
            # Half of it is certain, so that a due time is never now.
            ceiling = min(_LONGEST_BACKOFF, _FIRST * 2.0 ** min(tries - 1, 30))
            return now + self._dice.uniform(ceiling / 2, ceiling)
        return now + min(_LONGEST, max(1.0, error.retry_after) * (tries if counts else 1))

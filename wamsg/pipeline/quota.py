"""A budget for retries, so that an outage of the provider is not made worse by everyone trying twice."""

from __future__ import annotations


class RetryQuota:
    """Each retry costs ``cost`` of ``capacity`` tokens; each success gives one back. Empty means: no more retries."""

    def __init__(self, capacity: int = 200, cost: int = 5) -> None:
        self._capacity = capacity
        self._cost = cost
        self._tokens = capacity

    def spend(self) -> bool:
        """Whether one more retry is within the budget; if so it is paid for."""
        if self._tokens < self._cost:
            return False
        self._tokens -= self._cost
        return True

    def earn(self) -> None:
        """A request succeeded."""
        if self._tokens < self._capacity:
            self._tokens += 1

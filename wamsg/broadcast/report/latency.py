"""Percentiles of waiting times in flat memory: counts in bins whose width grows with the time."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from math import exp, log

from attrs import frozen

#: Bins from 1 ms to an hour, each 5 % wider than the last, so that a percentile is within 2.5 % of the truth.
_SHORTEST, _LONGEST, _GROWTH = 0.001, 3600.0, log(1.05)
_OFFSET = log(_SHORTEST)
BINS = int((log(_LONGEST) - _OFFSET) / _GROWTH) + 1


@frozen(kw_only=True)
class Percentiles:
    """How long answers took, in seconds; all zero where none was measured."""

    measured: int = 0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0


def empty() -> array[int]:
    """No measurement yet."""
    return array("L", bytes(array("L").itemsize * BINS))


def place(seconds: float) -> int:
    """The bin of a waiting time; what is shorter or longer than all of them falls into the first or last."""
    if seconds <= _SHORTEST:
        return 0
    return int((log(seconds) - _OFFSET) / _GROWTH) if seconds < _LONGEST else BINS - 1


def add(into: array[int], other: Iterable[int]) -> None:
    """Add the counts of ``other`` to ``into``."""
    for index, more in enumerate(other):
        if more:
            into[index] += more


def percentiles(bins: array[int]) -> Percentiles:
    """What the counts say."""
    measured = sum(bins)
    if not measured:
        return Percentiles()
    p50, p95, p99 = (_at(bins, measured * percent) for percent in (50, 95, 99))
    return Percentiles(measured=measured, p50=p50, p95=p95, p99=p99)


def _at(bins: array[int], wanted: int) -> float:
    """The middle of the bin that holds the ``wanted`` / 100-th measurement, counting from the shortest."""
    index = bisect_left(list(accumulate(bins)), wanted / 100)
    return exp(_OFFSET + (index + 0.5) * _GROWTH)

"""Where the reading of a provider's list of changes stands, page by page; pure.

The list is in the order of the last change, newest first, so whatever changes moves to the top and pushes down what lay
above it. A page on which nothing is new tells that all below it is known, unless a reading was broken off further down.
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from attrs import frozen

#: Readings that were broken off, at most; what lies below the deepest is left to the slow reading.
_MOST_GAPS: Final = 20
_DEEPEST: Final = 1_000_000


class Gap(NamedTuple):
    """A reading was broken off: it is known down to ``low`` at least, and the unread begins below ``high`` at most."""

    low: int
    high: int


@frozen(kw_only=True)
class Place:
    """What is kept between two rounds, and over a restart."""

    #: From the top down.
    gaps: tuple[Gap, ...] = ()
    #: The next page of the slow reading, which goes through the list in the order of sending.
    sweep: int = 1

    def to_text(self) -> str:
        """For a store."""
        return json.dumps({"gaps": self.gaps, "sweep": self.sweep})

    @classmethod
    def from_text(cls, text: str | None) -> Place:
        """What `to_text` wrote; the beginning for anything else, since reading once more harms nobody."""
        try:
            found = json.loads(text or "{}")
            gaps = tuple(Gap(_page(low, 0), _page(high)) for low, high in found["gaps"])
            return cls(gaps=gaps, sweep=_page(found["sweep"]))
        except (ValueError, TypeError, KeyError):
            return cls()


def _page(value: object, first: int = 1) -> int:
    if type(value) is not int or not first <= value < _DEEPEST:
        raise ValueError("not the number of a page")
    return value


class Changes:
    """One reading, from the top down to what is known; ``page`` is the one to read next, None when it is done."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        self.page: int | None = 1
        #: Those that are still to be reached.
        self._gaps = list(gaps)
        #: The last page that brought something new, unless something known was found below it.
        self._edge = 0
        self._at_top = True
        self._calls = 0

    def turn(self, *, fresh: bool, last: bool) -> None:
        """The page was read: whether anything on it was new, and whether it is the last that matters."""
        assert self.page is not None  # noqa: S101 -- nobody reads on after the end
        self._calls += 1
        if last:
            self._gaps, self._edge, self.page = [], 0, None
        elif fresh:
            self._meet_new(self.page)
        else:
            self._meet_known(self.page)

    def gaps(self) -> tuple[Gap, ...]:
        """What is left unread if it is broken off here."""
        edge = [Gap(self._edge, self._edge)] if self._edge else []
        return self._above(edge, self._edge, 0)

    def gaps_meanwhile(self) -> tuple[Gap, ...]:
        """What may be left unread if it is broken off while the page is being stored."""
        assert self.page is not None  # noqa: S101 -- nobody reads on after the end
        return self._above([Gap(self.page - 1, self.page)], self.page - 1, 1)

    def _above(self, first: list[Gap], known: int, pushed: int) -> tuple[Gap, ...]:
        below = [Gap(max(gap.low, known), self._highest(gap) + pushed) for gap in self._gaps]
        return tuple(first + below)[:_MOST_GAPS]

    def _meet_new(self, page: int) -> None:
        if not self._at_top and not self._edge:
            # Here the unread of the first gap begins.
            self._gaps = self._gaps[1:]
        # What is new lies above the other gaps, and may have pushed them down by this page.
        self._gaps = [Gap(low, high + 1) for low, high in self._gaps]
        self._edge = page
        self.page = page + 1

    def _meet_known(self, page: int) -> None:
        """Go on at the next place below which something may be unread."""
        self._at_top, self._edge = False, 0
        self._gaps = [gap for gap in self._gaps if self._highest(gap) >= page]
        if not self._gaps:
            self.page = None
            return
        low, high = self._gaps[0]
        self._gaps[0] = Gap(max(low, min(page, high)), high)
        self.page = max(page, low) + 1

    def _highest(self, gap: Gap) -> int:
        # While pages are read the list goes on moving: by half a page a call, which is fifty changes.
        return gap.high + (self._calls + 1) // 2

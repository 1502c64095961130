"""A listing from its first page to its last."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from wamsg.errors import Unanswered
from wamsg.operations.declaration import Declaration
from wamsg.operations.pages import Page
from wamsg.operations.request import make
from wamsg.operations.service import Caller, Service
from wamsg.wire import Operation, Priority

#: Ten million contacts at a hundred a page. A server that has more has lost count.
MOST_PAGES = 100_000


async def walk(
    caller: Caller,
    declaration: Declaration,
    service: Service,
    values: Mapping[str, object],
    first: Operation[Page[Any]],
    priority: Priority = Priority.INTERACTIVE,
    *,
    most: int = MOST_PAGES,
) -> AsyncIterator[Any]:
    """The items of ``first``, and of all pages after it; one page is in memory at a time.

    Raises `wamsg.errors.Unanswered` if the provider promises another page and gives the same one again, or goes on
    for more than ``most`` pages, and whatever a single request may raise.
    """
    operation, known = first, b""
    for number in range(1, most + 1):
        page = await caller.call(operation, priority=priority)
        if page.items and page.digest == known:
            if page.more is None:
                # It does not page at all: this is what it gave already.
                return
            raise _endless(f"page {number} is the same as the one before", declaration, service)
        known = page.digest
        for item in page.items:
            yield item
        assert declaration.paging is not None  # noqa: S101 -- a listing has one
        following = declaration.paging.following(values, page)
        if following is None:
            return
        values, operation = following, make(declaration, service, following)
    raise _endless(f"no end after {most} pages", declaration, service)


def _endless(why: str, declaration: Declaration, service: Service) -> Unanswered:
    return Unanswered(f"{declaration.name}: {why}", provider=service.provider, lanes=service.lanes)

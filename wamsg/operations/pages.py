"""Pages: what one holds, how the next is asked for, and when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, Protocol, TypeVar

from attrs import field, frozen

T_co = TypeVar("T_co", covariant=True)


@frozen(kw_only=True)
class Page(Generic[T_co]):
    """One page of a listing."""

    items: tuple[T_co, ...]
    #: Whether the provider says that there is another; None where it does not say.
    more: bool | None = None
    #: What to ask the next page with, where the provider hands that out.
    cursor: str | None = None
    #: What the provider says about the pages (numbers, totals), as it came.
    about: Mapping[str, object] = field(factory=dict, hash=False)

    #: Tells a page that comes again, without keeping it.
    digest: bytes = field(default=b"", eq=False, repr=False)


class Paging(Protocol):
    """How a listing goes on."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments that it is about: the first tells the page, the second, if there is one, its size."""
        ...

    def following(self, values: Mapping[str, object], page: Page[object]) -> Mapping[str, object] | None:
        """The arguments that ask for the page after ``page``, which ``values`` asked for; None after the last."""
        ...


def _is_last(page: Page[object], size: object) -> bool:
    # The provider's own word goes before counting: it may give fewer than asked for and have more.
    if not page.items or page.more is False:
        return True
    return page.more is None and isinstance(size, int) and len(page.items) < size


@frozen(kw_only=True)
class Numbered:
    """Pages have numbers; the values are the names of the arguments."""

    page: str = "page"
    size: str = "per_page"

    @property
    def arguments(self) -> tuple[str, ...]:
        """The page's number and its size."""
        return self.page, self.size

    def following(self, values: Mapping[str, object], page: Page[object]) -> Mapping[str, object] | None:
        """The next number."""
        number = values.get(self.page)
        if _is_last(page, values.get(self.size)) or not isinstance(number, int):
            return None
        return {**values, self.page: number + 1}


@frozen(kw_only=True)
class Offset:
    """Pages begin at a place, counted in items; the values are the names of the arguments."""

    offset: str = "offset"
    size: str = "limit"

    @property
    def arguments(self) -> tuple[str, ...]:
        """The page's beginning and its size."""
        return self.offset, self.size

    def following(self, values: Mapping[str, object], page: Page[object]) -> Mapping[str, object] | None:
        """The place behind the last item."""
        start = values.get(self.offset)
        if _is_last(page, values.get(self.size)) or not isinstance(start, int):
            return None
        return {**values, self.offset: start + len(page.items)}


@frozen(kw_only=True)
class Cursors:
    """Each page names what the next is asked with; the values are the names of the arguments."""

    after: str = "after"
    size: str | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        """The cursor, and the page's size if one can ask for it."""
        return (self.after,) if self.size is None else (self.after, self.size)

    def following(self, values: Mapping[str, object], page: Page[object]) -> Mapping[str, object] | None:
        """With the page's cursor."""
        if not page.items or page.more is False or page.cursor is None:
            return None
        return {**values, self.after: page.cursor}

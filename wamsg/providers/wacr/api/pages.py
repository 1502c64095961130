"""Where the provider's pages are, and how it pages, sorts and filters them."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from attrs import field, frozen

from wamsg.errors import InvalidMessage
from wamsg.operations import Flag, Named, Numbered, Rule, Text, Whole, Words, text, typed

DOCS = "https://docs.app.wa.cr/"
#: For the nine pages, and the ends of some others, that could not be read.
LIKE_N8N = "the page was not available; as the provider's own n8n node does it"

#: Source: https://docs.app.wa.cr/list-contacts-28559783e0
PAGING = Numbered(page="page", size="per_page")
PageNumber: TypeAlias = Annotated[int, Whole(), "the page to begin with"]
PageSize: TypeAlias = Annotated[int, Whole(1, 100), "how many in one request"]
Search: TypeAlias = Annotated[str | None, Text(), "part of what is looked for"]


@frozen(init=False)
class Fields:
    """Some fields of each item instead of all; the id is always among them, without which an item is nothing."""

    words: Words

    def __init__(self, *allowed: str) -> None:
        self.__attrs_init__(Words("id", *allowed))

    @property
    def says(self) -> str:
        """In words."""
        return self.words.says

    def check(self, name: str, value: object) -> str:
        """The names, joined."""
        return ",".join(dict.fromkeys(["id", *self.words.check(name, value).split(",")]))


#: Operator -> whether it takes one value, two, any number, or a flag.
_COUNTS = {
    **dict.fromkeys(("gte", "lte", "gt", "lt", "ne", "like"), 1),
    "between": 2,
    "in": None,
    "not_in": None,
    "null": 1,
}
OPERATORS = tuple(_COUNTS)


@frozen
class Where:
    """A comparison in the place of a plain value, such as ``status_id=Where.none_of(3, 4)``."""

    operator: str
    values: tuple[object, ...] = field(repr=False)

    @classmethod
    def at_least(cls, value: object) -> Where:
        """``gte``."""
        return cls("gte", (value,))

    @classmethod
    def at_most(cls, value: object) -> Where:
        """``lte``."""
        return cls("lte", (value,))

    @classmethod
    def above(cls, value: object) -> Where:
        """``gt``."""
        return cls("gt", (value,))

    @classmethod
    def below(cls, value: object) -> Where:
        """``lt``."""
        return cls("lt", (value,))

    @classmethod
    def other_than(cls, value: object) -> Where:
        """``ne``."""
        return cls("ne", (value,))

    @classmethod
    def like(cls, value: str) -> Where:
        """``like``."""
        return cls("like", (value,))

    @classmethod
    def between(cls, low: object, high: object) -> Where:
        """``between``."""
        return cls("between", (low, high))

    @classmethod
    def any_of(cls, *values: object) -> Where:
        """``in``."""
        return cls("in", values)

    @classmethod
    def none_of(cls, *values: object) -> Where:
        """``not_in``."""
        return cls("not_in", values)

    @classmethod
    def empty(cls, *, yes: bool = True) -> Where:
        """``null``: without a value, or with ``yes=False`` with any."""
        return cls("null", (yes,))


@frozen
class Filter:
    """A query argument ``filter[field]`` or ``filter[field][operator]``; ``rule`` is for each value."""

    rule: Rule
    field: str
    #: The one that a plain value stands for; None for equality.
    operator: str | None = None
    operators: tuple[str, ...] = OPERATORS

    @property
    def says(self) -> str:
        """In words."""
        words = ", ".join(self.operators)
        return f"{self.rule.says}, or OPERATOR:VALUES with {words}" if words else self.rule.says

    @property
    def wire(self) -> str:
        """The name in the query for a plain value."""
        return f"filter[{self.field}]" if self.operator is None else f"filter[{self.field}][{self.operator}]"

    def check(self, name: str, value: object) -> Named:
        """Name and value in the query."""
        if not isinstance(value, Where):
            return Named(self.wire, self.rule.check(name, value))
        if value.operator not in self.operators:
            message = f"{name} cannot be compared by {value.operator}; it can by {', '.join(self.operators)}"
            raise InvalidMessage(message, field=name)
        return Named(f"filter[{self.field}][{value.operator}]", self._values(name, value))

    def typed(self, text: str) -> object:
        """What people type: a plain value, or an operator, a colon and values joined by commas, as in ``in:3,4``."""
        operator, colon, rest = text.partition(":")
        if not colon or operator not in self.operators:
            return typed(self.rule, text)
        words = [rest] if _COUNTS[operator] == 1 else rest.split(",")
        return Where(operator, tuple(typed(self._each(operator), word) for word in words))

    def _each(self, operator: str) -> Rule:
        """The rule for each value behind an operator."""
        if operator == "null":
            return Flag()
        return Text() if operator == "like" else self.rule

    def _values(self, name: str, where: Where) -> str:
        count = _COUNTS[where.operator]
        if not where.values or count not in {None, len(where.values)}:
            raise InvalidMessage(f"{name}: {where.operator} takes {count or 'one or more'} values", field=name)
        words = [text(self._each(where.operator).check(name, value)) for value in where.values]
        if len(words) > 1 and any("," in word for word in words):
            raise InvalidMessage(f"{name}: values with a comma cannot stand in a list", field=name)
        return ",".join(words)

"""Listings: filters, search, order, page and projection, as a declaration says and its query wants.

Source: https://docs.app.wa.cr/list-contacts-28559783e0
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen

from wamsg.dialect import Row
from wamsg.dialect.arrived import arrived
from wamsg.dialect.served import Call, window
from wamsg.driver import Answer
from wamsg.errors import InvalidMessage
from wamsg.operations import Declaration, Flag, Moment, Rule, Text
from wamsg.providers.wacr.api.pages import Filter
from wamsg.providers.wacr.sandbox.answers import Data, invalid, success, when

#: What a page has where the query does not say; the declarations ask for more by default.
_PER_PAGE = 15
_FILTER = re.compile(r"filter\[(?P<field>\w+)\](?:\[(?P<operator>[^\]]+)\])?")
_SYMBOLS = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt", "!=": "ne"}
_LISTS = frozenset({"in", "not_in", "between"})
_COMPARE: Mapping[str, Callable[[Any, tuple[Any, ...]], bool]] = {
    "eq": lambda value, wanted: value == wanted[0],
    "ne": lambda value, wanted: value != wanted[0],
    "gte": lambda value, wanted: value >= wanted[0],
    "lte": lambda value, wanted: value <= wanted[0],
    "gt": lambda value, wanted: value > wanted[0],
    "lt": lambda value, wanted: value < wanted[0],
    "between": lambda value, wanted: wanted[0] <= value <= wanted[1],
    "in": lambda value, wanted: value in wanted,
    "not_in": lambda value, wanted: value not in wanted,
    "like": lambda value, wanted: wanted[0].strip("%").casefold() in str(value).casefold(),
}


@arrived.register
def _(rule: Filter, name: str, value: object) -> object:  # noqa: ARG001 -- the dispatcher's signature
    # Filters are read from the query with their operators, which are in the name; see `_condition`.
    return value


@frozen(kw_only=True)
class _Condition:
    """One filter of a query."""

    name: str
    operator: str
    wanted: tuple[Any, ...] = field(repr=False)

    def holds(self, row: Row) -> bool:
        """As in SQL nothing but ``null`` is true of what has no value.

        Of a list one value is enough; what may not be may be none of them, so that an empty one fits.
        """
        value = row.get(self.name)
        if self.operator == "null":
            return (value in (None, [])) is self.wanted[0]
        if value is None:
            return False
        if self.operator == "like" and self.name.endswith("_at"):
            value = when(value)
        if not isinstance(value, list):
            return _COMPARE[self.operator](value, self.wanted)
        found = (_COMPARE[self.operator](each, self.wanted) for each in value)
        return all(found) if self.operator in {"ne", "not_in"} else any(found)


def listed(
    call: Call,
    rows: Iterable[Row],
    shown: Callable[[Row], Data],
    message: str,
    *,
    searched: tuple[str, ...] = (),
    sort: str = "id",
) -> Answer:
    """The page of ``rows`` that is asked for, ``sort`` being the order where the query has none."""
    query = dict(parse_qsl(urlsplit(call.request.url).query, keep_blank_values=True))
    try:
        conditions = [_condition(call.declaration, name, query[name]) for name in query if name.startswith("filter[")]
    except InvalidMessage as error:
        return invalid(call.serial, {error.field or "filter": [str(error)]})
    words = query.get("search", query.get("q", "")).casefold()
    found = [row for row in rows if _mentions(row, searched, words) and all(each.holds(row) for each in conditions)]
    number = int(call.text("page") or 1)
    size = int(call.text("per_page")) if "per_page" in query else _PER_PAGE
    page, more = window(_ordered(found, call.text("sort") or sort), start=(number - 1) * size, size=size)
    pagination = {"current_page": number, "per_page": size, "total": len(found), "has_more": more}
    items = [_projected(shown(row), call.text("fields")) for row in page]
    return success(items, message, meta={"pagination": pagination})


def _condition(declaration: Declaration, name: str, text: str) -> _Condition:
    found = _FILTER.fullmatch(name)
    operator = (found["operator"] if found else None) or "eq"
    operator = _SYMBOLS.get(operator, operator)
    rule = _rule(declaration, found["field"], operator) if found else None
    if found is None or rule is None:
        raise InvalidMessage(f"There is no filter {name[:80]}.", field=name[:80])
    words = text.split(",") if operator in _LISTS else [text]
    if operator == "between" and len(words) != 2:
        raise InvalidMessage(f"The {name} must be two values.", field=name)
    return _Condition(name=found["field"], operator=operator, wanted=tuple(_value(rule, name, each) for each in words))


def _rule(declaration: Declaration, name: str, operator: str) -> Rule | None:
    """The rule for each value, if there is such a filter with such an operator."""
    own: Mapping[str, Rule] = {"null": Flag(), "like": Text()}
    for argument in declaration.arguments:
        rule = argument.rule
        if isinstance(rule, Filter) and rule.field == name and operator in {rule.operator or "eq", *rule.operators}:
            return own.get(operator, rule.rule)
    return None


def _value(rule: Rule, name: str, text: str) -> object:
    value = arrived(rule, name, text)
    return datetime.fromisoformat(str(value)).timestamp() if isinstance(rule, Moment) else value


def _mentions(row: Row, fields: tuple[str, ...], words: str) -> bool:
    return not words or any(words in str(row.get(name) or "").casefold() for name in fields)


def _ordered(rows: list[Row], sort: str) -> list[Row]:
    """By several fields, a minus sign turning one round; equals are in the order of the first field's direction."""
    if sort.startswith("-"):
        rows.reverse()
    for word in reversed(sort.split(",")):
        name = word.removeprefix("-")
        # What has no value comes first.
        rows = sorted(rows, key=lambda row: (row.get(name) is not None, row.get(name)), reverse=word != name)
    return rows


def _projected(document: Data, fields: str) -> Data:
    names = fields.split(",") if fields else document
    return {name: document[name] for name in names if name in document}

"""From a typed signature to what each argument is: its place in the request, its rule, whether it must be given."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import field, frozen

from wamsg.errors import InvalidMessage
from wamsg.model import File, PhoneNumber
from wamsg.operations.rules import Attachment, Choice, Document, Flag, Moment, Phone, Rule, Text, Whole, Wire


class Place(Enum):
    """Where in a request an argument goes."""

    PATH = "path"
    QUERY = "query"
    BODY = "body"


class Keep(Enum):
    """The type of `KEEP`."""

    KEEP = "keep"

    def __repr__(self) -> str:
        return "KEEP"


#: Stands for "leave it as it is" where None means "make it empty".
KEEP: Final = Keep.KEEP


@frozen
class At:
    """Marks an argument that is not where the method puts it (GET: query, others: body) or has another name there."""

    place: Place | None = None
    name: str | None = None


@frozen
class Named:
    """What a rule gives if the name on the wire depends on the value, as with ``filter[status_id][ne]``."""

    name: str
    value: Wire


@frozen
class Several:
    """What a rule gives if one argument is several fields of the body, as a file and its type are."""

    fields: Mapping[str, Wire]


@frozen(kw_only=True)
class Argument:
    """One argument of an operation."""

    #: As Python calls it.
    name: str
    #: As the provider calls it.
    wire: str
    place: Place
    rule: Rule
    #: As annotated, without the default; what a type checker sees.
    hint: Any = field(repr=False)
    default: object = inspect.Parameter.empty
    #: What is not clear from name and rule; for help texts.
    help: str = ""
    #: Whether None goes out as null; else None means "not given".
    nullable: bool = False
    positional: bool = False

    @property
    def required(self) -> bool:
        """Whether there is no default."""
        return self.default is inspect.Parameter.empty

    def encode(self, value: object, path: str = "") -> tuple[str, Wire] | None:
        """Name and value on the wire, or None if there is nothing to send; raises `InvalidMessage`."""
        if value is KEEP or (value is None and not self.nullable and not self.required):
            return None
        if value is None and self.nullable:
            return self.wire, None
        found = self.rule.check(path + self.name, value)
        return (found.name, found.value) if isinstance(found, Named) else (self.wire, found)


def arguments_of(function: Callable[..., Any], place: Callable[[str], Place]) -> tuple[Argument, ...]:
    """The arguments of a declared method, in order, without ``self``; ``place`` says where a name goes by default."""
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return tuple(
        _argument(
            item.name,
            hints[item.name],
            item.default,
            place(item.name),
            positional=item.kind is not inspect.Parameter.KEYWORD_ONLY,
        )
        for item in parameters
    )


def _argument(name: str, hint: Any, default: object, place: Place, *, positional: bool = False) -> Argument:
    marks = _marks(hint)
    at = next((mark for mark in marks if isinstance(mark, At)), At())
    rule = rule_of(hint)
    return Argument(
        name=name,
        # A rule whose values choose the name has one for plain values.
        wire=at.name or str(getattr(rule, "wire", name)),
        place=at.place or place,
        rule=rule,
        hint=hint,
        default=default,
        help=next((mark for mark in marks if isinstance(mark, str)), ""),
        nullable=default is KEEP and type(None) in _members(hint),
        positional=positional,
    )


def _members(hint: Any) -> tuple[Any, ...]:
    """The members of a union, or the hint alone; what `Annotated` wraps is looked into."""
    if get_origin(hint) is Annotated:
        return _members(get_args(hint)[0])
    return get_args(hint) if get_origin(hint) in {Union, types.UnionType} else (hint,)


def _marks(hint: Any) -> tuple[Any, ...]:
    """Everything that `Annotated` adds, outside of a union and inside of it."""
    own = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    inner = [member for member in _members(hint) if get_origin(member) is Annotated]
    return (*own, *(mark for member in inner for mark in _marks(member)))


_PLAIN: Mapping[Any, Callable[[], Rule]] = {
    str: Text,
    int: Whole,
    bool: Flag,
    datetime: Moment,
    PhoneNumber: Phone,
    File: Attachment,
}


def rule_of(hint: Any) -> Rule:
    """The rule that an annotation names, or the one that its type stands for; TypeError if there is none."""
    named = next((mark for mark in _marks(hint) if hasattr(mark, "check")), None)
    if named is not None:
        rule: Rule = named
        return rule
    members = [member for member in _members(hint) if member not in {type(None), Keep}]
    if PhoneNumber in members:
        return Phone()
    if len(members) != 1:
        raise TypeError(f"{hint} needs a rule: Annotated[.., rule]")
    return _rule_of_type(get_args(members[0])[0] if get_origin(members[0]) is Annotated else members[0])


def _rule_of_type(kind: Any) -> Rule:
    origin = get_origin(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]()
    if origin is Literal:
        return Choice(get_args(kind))
    if origin is not None and issubclass(origin, Sequence):
        return Items(rule_of(get_args(kind)[0]))
    if origin is not None and issubclass(origin, Mapping):
        return Document()
    if attrs.has(kind):
        return Record(kind)
    raise TypeError(f"{kind} needs a rule: Annotated[.., rule]")


@frozen
class Items:
    """A list of ``least`` to ``most`` things."""

    rule: Rule
    least: int = 1
    most: int | None = None

    @property
    def says(self) -> str:
        """In words."""
        return f"list, each {self.rule.says}"

    def check(self, name: str, value: object) -> list[Wire]:
        """What goes out for each."""
        if not isinstance(value, Sequence) or isinstance(value, str | bytes) or len(value) < self.least:
            raise InvalidMessage(f"{name} must be a sequence of at least {self.least}", field=name)
        if self.most is not None and len(value) > self.most:
            message = f"{name} has {len(value)} items; at most {self.most} are allowed"
            raise InvalidMessage(message, field=name, limit=self.most, actual=len(value))
        return [self.rule.check(f"{name}[{index}]", item) for index, item in enumerate(value)]


@frozen
class Record:
    """A value of an attrs class whose annotations are those of arguments; becomes a JSON object."""

    kind: type[Any]

    @property
    def says(self) -> str:
        """In words."""
        return self.kind.__name__

    @property
    def fields(self) -> tuple[Argument, ...]:
        """Its fields as arguments."""
        return _fields_of(self.kind)  # type: ignore[arg-type]  # classes can be hashed

    def check(self, name: str, value: object) -> dict[str, Wire]:
        """The fields that are set, by their names on the wire."""
        if not isinstance(value, self.kind):
            raise InvalidMessage(f"{name} must be a {self.says}, not {type(value).__name__}", field=name)
        pairs = (item.encode(getattr(value, item.name), f"{name}.") for item in self.fields)
        return dict(pair for pair in pairs if pair is not None)


@cache
def _fields_of(kind: type[Any]) -> tuple[Argument, ...]:
    hints = get_type_hints(kind, include_extras=True)
    missing = inspect.Parameter.empty
    return tuple(
        _argument(item.name, hints[item.name], missing if item.default is attrs.NOTHING else item.default, Place.BODY)
        for item in attrs.fields(kind)
    )


@frozen(init=False)
class Words:
    """Words joined by commas, each one of ``allowed``; a minus sign in front only where ``signed``, as in sorting."""

    allowed: tuple[str, ...]
    signed: bool

    def __init__(self, *allowed: str, signed: bool = False) -> None:
        self.__attrs_init__(allowed, signed)

    @property
    def says(self) -> str:
        """In words."""
        sign = ", a minus sign in front for descending" if self.signed else ""
        return f"one or several of {', '.join(self.allowed)}{sign}"

    def check(self, name: str, value: object) -> str:
        """The words, joined."""
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, Sequence) or isinstance(words, bytes) or not words:
            raise InvalidMessage(f"{name} must be {self.says}", field=name)
        for word in words:
            bare = word.removeprefix("-") if self.signed and isinstance(word, str) else word
            if bare not in self.allowed:
                raise InvalidMessage(f"{name} must be {self.says}", field=name)
        return ",".join(words)

"""From the arguments of a declaration to the options of its command."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator
from typing import Annotated, Any

from attrs import frozen
from cyclopts import Group, Parameter

from wamsg.cli.kinds.pairs import Repeated
from wamsg.cli.operations.values import form, option_of, several
from wamsg.cli.settings import ConfigFile, Setting
from wamsg.operations import KEEP, Argument, Declaration, Items

#: How many things of a listing are shown to whoever does not say how many.
DEFAULT_LIMIT = 50
_AROUND = Group("How", sort_key=1)


@Parameter(name="*", group=_AROUND)
@frozen(kw_only=True)
class Around:
    """What every command takes beside the operation's own arguments."""

    json: Annotated[bool, Parameter(negative=(), help="as JSON: one object, or one in each line")] = False
    mask: Annotated[bool, Parameter(negative=(), help="hide what is about people")] = False
    timeout: Annotated[float, Parameter(help="seconds for one attempt")] = 30.0
    config: ConfigFile = None
    set: Setting = ()


@Parameter(name="*", group=_AROUND)
@frozen(kw_only=True)
class Extent:
    """How much of a listing."""

    limit: Annotated[
        int | None, Parameter(help=f"how many at most; {DEFAULT_LIMIT} unless you say", show_default=False)
    ] = None
    all: Annotated[bool, Parameter(negative=(), help="everything there is")] = False


@Parameter(name="*", group=_AROUND)
@frozen(kw_only=True)
class Consent:
    """Whether the user was asked already."""

    yes: Annotated[bool, Parameter(negative=(), help="do it without asking")] = False


_OWN = {"json", "mask", "timeout", "config", "set", "limit", "all", "yes", "empty", "help", "version"}


def size_of(declaration: Declaration) -> Argument | None:
    """The argument of a listing that says how many things are in one page; ``--limit`` takes care of it."""
    sizes = declaration.paging.arguments[1:2] if declaration.paging else ()
    return next((item for item in declaration.arguments if item.name in sizes), None)


def emptied(declaration: Declaration) -> tuple[Argument, ...]:
    """The arguments for which "nothing" is a value of its own, which no text can stand for."""
    return tuple(item for item in declaration.arguments if item.nullable or _may_be_empty(item))


def _may_be_empty(argument: Argument) -> bool:
    return isinstance(argument.rule, Items) and argument.rule.least == 0


def parameters(declaration: Declaration, settings: Collection[str]) -> list[inspect.Parameter]:
    """What the command takes: the operation's arguments, then what all commands take.

    ``settings`` are names of the provider's settings: a required argument of such a name is taken from there where it
    is not given.
    """
    size = size_of(declaration)
    found = [_parameter(item, settings, declaration) for item in declaration.arguments if item is not size]
    return [
        *(item for item in found if item.kind is not inspect.Parameter.KEYWORD_ONLY),
        *(item for item in found if item.kind is inspect.Parameter.KEYWORD_ONLY),
        *_around(declaration),
    ]


def _parameter(argument: Argument, settings: Collection[str], declaration: Declaration) -> inspect.Parameter:
    supplied = argument.required and argument.name in settings
    required = argument.required and not supplied
    many = several(argument.rule)
    name = option_of(argument.name) + ("-field" if argument.name in _OWN else "")
    about = Parameter(
        name=name,
        help=_help(argument, supplied=supplied),
        negative=(),
        show_default=False,
        # A minus sign in front is how sorting goes down.
        allow_leading_hyphen=bool(getattr(argument.rule, "signed", False)),
    )
    # What takes any number of words can be given by its place only behind everything else.
    placed = argument.positional and required and (not many or argument is _places(declaration)[-1])
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD if placed else inspect.Parameter.KEYWORD_ONLY
    hint: Any = tuple[str, ...] if many else str
    return inspect.Parameter(
        argument.name,
        kind,
        default=inspect.Parameter.empty if required else None,
        annotation=Annotated[hint if required else hint | None, about],
    )


def _places(declaration: Declaration) -> list[Argument]:
    return [item for item in declaration.arguments if item.positional]


def _help(argument: Argument, *, supplied: bool) -> str:
    default = argument.default
    given = default is not None and default is not KEEP and not argument.required
    parts = (
        argument.help,
        argument.rule.says,
        form(argument.rule),
        f"by default {default}" if given else "",
        f"else the setting {argument.name}" if supplied else "",
    )
    return "; ".join(part for part in parts if part)


def _around(declaration: Declaration) -> Iterator[inspect.Parameter]:
    empty = emptied(declaration)
    if empty:
        names = ", ".join(item.name.replace("_", "-") for item in empty)
        about = Parameter(name="--empty", help=f"make this empty: {names}; repeatable")
        yield _own("empty_", Annotated[tuple[str, ...], Repeated, about], ())
    if declaration.paging is not None:
        yield _own("extent_", Extent, Extent())
    if declaration.method == "DELETE":
        yield _own("consent_", Consent, Consent())
    yield _own("around_", Around, Around())


def _own(name: str, hint: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)

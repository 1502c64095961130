"""One operation of a provider as data: what the client, the command line, the sandbox, the docs and the tests read."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Callable, Mapping
from enum import Enum
from functools import cached_property
from typing import Any, get_args, get_origin, get_type_hints

from attrs import define, field, frozen

from wamsg.errors import InvalidMessage
from wamsg.operations.arguments import Argument, Place, arguments_of
from wamsg.operations.pages import Paging
from wamsg.operations.rules import Wire

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Evidence(Enum):
    """How an operation is known."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"


@frozen
class Lane:
    """A limit of an operation's own, per account and per value of what ``by`` names: arguments, or places of settings.

    Its rate stands in `wamsg.driver.Provider.limits`, where a user can change it.
    """

    kind: str
    by: tuple[str, ...] = ()


@define(kw_only=True, slots=False, eq=False, frozen=True)
class Declaration:
    """Everything that is known of one operation; made by `operation` and `listing` around a typed signature."""

    #: Resource and verb, such as ``contacts.create``: also ``api.contacts.create`` and ``wamsg wacr contacts create``.
    name: str
    method: str
    #: With ``{placeholders}``: arguments of that name, or what the provider knows from its settings.
    path: str
    #: What the credentials must be allowed to do, where the provider has such a thing.
    scope: str | None = None
    #: The provider's page.
    docs: str | None = None
    evidence: Evidence = Evidence.DOCUMENTED
    #: One sentence on what the provider's page leaves open and where it is taken from instead.
    note: str = ""
    lanes: tuple[Lane, ...] = ()
    #: Whether doing it twice does no harm, so that a lost answer is asked for again.
    repeatable: bool = False
    #: Fields of the body that are the same every time.
    fixed: Mapping[str, object] = field(factory=dict)
    #: Whether the body is a form rather than JSON.
    form: bool = False
    #: How the next page is asked for; None if it lists nothing, or all at once.
    paging: Paging | None = None
    #: Whether it is what `wamsg.Client.send` does: told here so that the list is whole, and carried out there alone.
    sends: bool = False
    #: The typed signature.
    function: Callable[..., Any] = field(repr=False)

    def __attrs_post_init__(self) -> None:
        if self.evidence is Evidence.INFERRED and not self.note:
            raise TypeError(f"{self.name} is inferred, so a note must say from what")

    @property
    def resource(self) -> str:
        """What stands before the dot of the name."""
        return self.name.partition(".")[0]

    @property
    def verb(self) -> str:
        """What stands behind the dot of the name."""
        return self.name.partition(".")[2]

    @cached_property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @cached_property
    def help(self) -> str:
        """The docstring, and what is known of the operation besides."""
        facts = [
            self.note and f"{'Inferred' if self.evidence is Evidence.INFERRED else 'Note'}: {self.note}.",
            self.scope and f"Needs the scope {self.scope}.",
            self.docs and f"Source: {self.docs}",
        ]
        return "\n\n".join([inspect.getdoc(self.function) or "", *(fact for fact in facts if fact)])

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(_PLACEHOLDER.findall(self.path))

    # Read late: reading annotations costs more than declaring, and most programs use few operations.
    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        """The arguments, in the order of the signature."""
        return arguments_of(self.function, self._place)

    @cached_property
    def result(self) -> Any:
        """The type that an answer becomes; of a listing, that of one item."""
        hint = get_type_hints(self.function, include_extras=True)["return"]
        return get_args(hint)[0] if get_origin(hint) is AsyncIterator else hint

    @cached_property
    def signature(self) -> inspect.Signature:
        """As a caller sees it, without ``self``."""
        whole = inspect.signature(self.function)
        return whole.replace(parameters=list(whole.parameters.values())[1:])

    def bind(self, *given: object, **named: object) -> dict[str, object]:
        """Values by argument, defaults filled in; TypeError as for any call if they do not fit the signature."""
        bound = self.signature.bind(*given, **named)
        bound.apply_defaults()
        return bound.arguments

    def encode(self, values: Mapping[str, object]) -> dict[str, tuple[Argument, str, Wire]]:
        """By argument: itself, its name on the wire and what goes out; arguments that send nothing are left out.

        Raises `wamsg.errors.InvalidMessage` that names the argument.
        """
        if self.sends:
            raise InvalidMessage(f"{self.name} is carried out by the client's send, with a message", field="operation")
        found: dict[str, tuple[Argument, str, Wire]] = {}
        for argument in self.arguments:
            if argument.name not in values and argument.required:
                raise InvalidMessage(f"{self.name} needs {argument.name}", field=argument.name)
            pair = argument.encode(values.get(argument.name, argument.default))
            if pair is not None:
                found[argument.name] = (argument, *pair)
        return found

    def _place(self, name: str) -> Place:
        if name in self.placeholders:
            return Place.PATH
        return Place.QUERY if self.method == "GET" else Place.BODY

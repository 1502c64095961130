"""What a provider lends to its operations, and what carries them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from attrs import field, frozen

from wamsg.operations.declaration import Declaration
from wamsg.operations.pages import Page
from wamsg.wire import Operation, Priority, Response

T = TypeVar("T")


class Reader(Protocol):
    """How a provider's answers are read. All three raise the `wamsg.errors.SendError` that a refusal means."""

    def payload(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> object:
        """What an accepted answer holds, out of its envelope: JSON for ``declaration.result``."""
        ...

    def page(self, declaration: Declaration, response: Response, lanes: tuple[str, ...]) -> Page[object]:
        """The page that an accepted answer holds, its items still JSON."""
        ...

    def unreadable(self, why: str, response: Response, lanes: tuple[str, ...]) -> Exception:
        """The error for an accepted answer that is not what it should be; ``why`` holds nothing of the answer."""
        ...


@frozen(kw_only=True, eq=False)
class Service:
    """One account at one provider, as its operations need it; a driver has it as ``service``."""

    #: The provider's name.
    provider: str
    #: What paths are appended to.
    base_url: str = field(repr=False)
    #: Credentials and what answers are wanted in; a JSON body adds its content type.
    headers: Mapping[str, str] = field(repr=False)
    #: What every request is throttled by.
    lanes: tuple[str, ...]
    #: What fills placeholders that are no arguments, from the settings.
    places: Mapping[str, str] = field(factory=dict, repr=False)
    reader: Reader = field(repr=False)
    #: JSON data as bytes.
    write: Callable[[object], bytes] = field(repr=False)
    #: JSON data as a value of a result's type, by the provider's own converter; raises `wamsg.operations.Unfit`.
    structure: Callable[[object, Any], Any] = field(repr=False)


class Caller(Protocol):
    """What carries out operations; a `wamsg.Client` is one."""

    async def call(self, operation: Operation[T], *, priority: Priority = Priority.INTERACTIVE) -> T:
        """What the operation yields; raises a `wamsg.errors.SendError`."""
        ...

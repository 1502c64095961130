"""Which handler an event goes to: the first one registered that fits it, and no other."""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from attrs import frozen

from wamsg.errors import ConfigError
from wamsg.model.event import Event, IncomingMessage
from wamsg.webhooks.bots.chat import Chat

EventT = TypeVar("EventT", bound=Event)
OnEvent = Callable[[EventT], Awaitable[None]]
OnMessage = Callable[[Chat], Awaitable[None]]
OnEventT = TypeVar("OnEventT", bound=Callable[..., Awaitable[None]])

_Fits = Callable[[IncomingMessage], "re.Match[str] | bool | None"]


@frozen
class Route:
    """A handler, and what it is for. One of ``on_event`` and ``on_message`` is given."""

    kind: type[Event]
    #: All must fit.
    conditions: tuple[_Fits, ...] = ()
    on_event: Callable[[Any], Awaitable[None]] | None = None
    on_message: OnMessage | None = None

    def fit(self, event: Event) -> Fit | None:
        """The fit of ``event``, or None."""
        if not isinstance(event, self.kind):
            return None
        found: re.Match[str] | None = None
        for condition in self.conditions:
            # A route with conditions is for incoming messages only.
            result = condition(event)  # type: ignore[arg-type]  # see above
            if not result:
                return None
            found = result if isinstance(result, re.Match) else found
        return Fit(self, found)


@frozen
class Fit:
    """A route that is for an event, and what its pattern found."""

    route: Route
    match: re.Match[str] | None


class Router:
    """Handlers in the order in which they were registered; the first that fits gets the event, the others do not.

    One event has one handler, so that a handler that fails is run again without repeating what another one did.
    """

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def on(self, kind: type[EventT]) -> Callable[[OnEvent[EventT]], OnEvent[EventT]]:
        """Register a handler for a class of events and those derived from it; it is given the event."""

        def register(handler: OnEvent[EventT]) -> OnEvent[EventT]:
            self._routes.append(Route(kind, on_event=_asynchronous(handler)))
            return handler

        return register

    def message(
        self,
        *,
        text: str | Iterable[str] | None = None,
        pattern: str | re.Pattern[str] | None = None,
        choice: str | Iterable[str] | None = None,
        content: type | tuple[type, ...] | None = None,
    ) -> Callable[[OnMessage], OnMessage]:
        """Register a handler for incoming messages; it is given a `Chat`. All that is named must fit.

        ``text`` is all of what was written, whatever its case and the space around it. ``pattern`` is looked for
        anywhere in it (text as a pattern ignores case; a compiled one does as it says), and ``chat.match`` is what it
        found. ``choice`` is the id of the button or row that was tapped, or the payload of a template's button.
        ``content`` is a class such as `wamsg.model.event.ReceivedMedia`. Of several texts, choices or classes any fits.
        """
        conditions = [
            *([] if content is None else [_of_class(content)]),
            *([] if text is None else [_written(text)]),
            *([] if choice is None else [_chosen(choice)]),
            *([] if pattern is None else [_found(pattern)]),
        ]

        def register(handler: OnMessage) -> OnMessage:
            self._routes.append(Route(IncomingMessage, tuple(conditions), on_message=_asynchronous(handler)))
            return handler

        return register

    def include(self, other: Router) -> None:
        """Take over the handlers that ``other`` has now, behind one's own."""
        self._routes.extend(list(other._routes))

    def find(self, event: Event) -> Fit | None:
        """The first route that is for ``event``; None if none is."""
        return next((fit for route in self._routes if (fit := route.fit(event)) is not None), None)


def _asynchronous(handler: OnEventT) -> OnEventT:
    if not (inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(type(handler).__call__)):
        raise ConfigError(f"a handler is an 'async def'; {getattr(handler, '__name__', handler)} is not")
    return handler


def _of_class(content: type | tuple[type, ...]) -> _Fits:
    return lambda message: isinstance(message.content, content)


def _written(texts: str | Iterable[str]) -> _Fits:
    wanted = {_plain(text) for text in _several(texts)}
    return lambda message: message.text is not None and _plain(message.text) in wanted


def _chosen(choices: str | Iterable[str]) -> _Fits:
    wanted = set(_several(choices))
    return lambda message: message.choice in wanted


def _found(pattern: str | re.Pattern[str]) -> _Fits:
    try:
        compiled = re.compile(pattern, re.IGNORECASE) if isinstance(pattern, str) else pattern
    except re.error as error:
        raise ConfigError(f"the pattern {pattern!r} is wrong: {error}", setting="pattern") from None
    return lambda message: None if message.text is None else compiled.search(message.text)


def _several(values: str | Iterable[str]) -> Iterable[str]:
    return (values,) if isinstance(values, str) else values


def _plain(text: str) -> str:
    # Keyboards differ in whether they write an accent as one character or as two.
    return unicodedata.normalize("NFC", text).strip().casefold()

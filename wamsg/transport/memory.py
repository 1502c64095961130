"""A transport without sockets, for tests and for trying a driver."""

from __future__ import annotations

from collections.abc import Callable

from wamsg.clock import Clock, SystemClock
from wamsg.dialect.memory import Memory
from wamsg.driver import Accepted, SandboxDialect, responder
from wamsg.errors import WamsgError
from wamsg.wire import Request, Response


class MemoryTransport:
    """Answers every request from a function and keeps what was asked in ``requests``, in order.

    ``handler`` may raise a `wamsg.errors.SendError` in place of an answer, as a real transport would.
    """

    def __init__(self, handler: Callable[[Request], Response]) -> None:
        self._handler = handler
        self._closed = False
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Response:
        """What the handler says to ``request``. Raises WamsgError after `aclose`."""
        if self._closed:
            raise WamsgError("this transport is closed; make a new one")
        self.requests.append(request)
        return self._handler(request)

    async def aclose(self) -> None:
        """Refuse every later request; closing twice is harmless."""
        self._closed = True


class SandboxTransport(MemoryTransport):
    """A provider's fake server in memory; keeps what it took in ``accepted``, in order.

    ``clock`` tells dialects that remember things how old they are.
    """

    def __init__(self, dialect: SandboxDialect, *, clock: Clock | None = None) -> None:
        super().__init__(self._respond)
        self._ask = responder(dialect)
        self._clock = clock or SystemClock()
        #: What the dialect knows of earlier requests.
        self.memory = Memory()
        self.accepted: list[Accepted] = []

    def _respond(self, request: Request) -> Response:
        # The request is already recorded, so that the first serial is 1 and none comes twice.
        answer = self._ask(request, len(self.requests), self.memory, self._clock.time())
        self.memory.keep()
        self.accepted.extend(answer.accepted)
        return answer.response

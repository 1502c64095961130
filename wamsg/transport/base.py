"""What the pipeline needs of an HTTP client: one verb."""

from __future__ import annotations

from typing import Protocol

from wamsg.wire import Request, Response


class Transport(Protocol):
    """Carries one request and brings its answer, whatever the answer says."""

    async def send(self, request: Request) -> Response:
        """The answer to ``request``, of any status.

        Raises `wamsg.errors.NotSent` if no byte of it left this machine, and `wamsg.errors.Unanswered` if it may
        have arrived and no complete answer came back; `wamsg.errors.InvalidMessage` for a file that cannot be read or
        has changed since it was looked at. Never repeats a request by itself.
        """
        ...

    async def aclose(self) -> None:
        """Give back what was opened here; closing twice is harmless."""
        ...

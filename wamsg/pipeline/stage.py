"""The one interface of the pipeline: every stage is a callable from a request to its answer, and stages stack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from wamsg.wire import Departure, Request, Response, Verdict

#: A stage, or a stack of them: takes a request, gives its answer, or raises `NotSent`, `Unanswered` or `Throttled`.
Stage = Callable[[Request], Awaitable[Response]]


def depart(inner: Stage) -> Stage:
    """Wrap ``inner`` so that a request with a departure waits for it; one without costs nothing."""

    async def departing(request: Request, departure: Departure) -> Response:
        await departure()
        return await inner(request)

    def departed(request: Request) -> Awaitable[Response]:
        return inner(request) if request.departure is None else departing(request, request.departure)

    return departed


def judge(inner: Stage, classify: Callable[[Response], Verdict]) -> Stage:
    """The innermost stage: puts the driver's verdict on every answer, so that the others need not know the driver."""

    async def judged(request: Request) -> Response:
        response = await inner(request)
        return response.judged(classify(response))

    return judged

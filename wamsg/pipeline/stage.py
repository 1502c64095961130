"""The one interface of the pipeline: every stage is a callable from a request to its answer, and stages stack."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from wamsg.wire import Request, Response, Verdict

#: A stage, or a stack of them: takes a request, gives its answer, or raises `NotSent`, `Unanswered` or `Throttled`.
Stage = Callable[[Request], Awaitable[Response]]


def judge(inner: Stage, classify: Callable[[Response], Verdict]) -> Stage:
    """The innermost stage: puts the driver's verdict on every answer, so that the others need not know the driver."""

    async def judged(request: Request) -> Response:
        response = await inner(request)
        return response.judged(classify(response))

    return judged

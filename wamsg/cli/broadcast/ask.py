"""A question to the person at the terminal."""

from __future__ import annotations

import asyncio
import sys

from wamsg.errors import ConfigError


def check_somebody_answers(*, reading_stdin: bool = False) -> None:
    """Raise `ConfigError` at once where a question could not be asked later."""
    if reading_stdin:
        raise ConfigError("recipients come from standard input, so nobody can be asked; pass --yes", setting="yes")
    if not sys.stdin.isatty():
        raise ConfigError("there is no terminal to ask at; pass --yes if you are sure", setting="yes")


async def agreed(question: str) -> bool:
    """Whether the answer is yes; anything else is no. Ctrl-C ends the waiting."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    # Not with input(): inside it the event loop would never hear of Ctrl-C.
    loop.add_reader(sys.stdin, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}

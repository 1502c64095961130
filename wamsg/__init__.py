"""Send WhatsApp messages through pluggable business providers.

::

    async with wamsg.connect("kaleyra") as messenger:
        result = await messenger.send(Text(body="hello"), to="+91..")
        async for outcome in wamsg.fan_out(messenger, Image(link=url), to="+91..,+91.."):
            print(outcome.recipient, outcome.status)
"""

from __future__ import annotations

from wamsg import errors, model
from wamsg.client import Client, connect
from wamsg.fanout import FanOut, collect, fan_out
from wamsg.messenger import Messenger
from wamsg.model import *  # noqa: F403 -- the model's __all__ is the list
from wamsg.pipeline import RetryPolicy
from wamsg.wire import Priority

__all__ = [  # noqa: PLE0604 -- strings all the same
    "Client",
    "FanOut",
    "Messenger",
    "Priority",
    "RetryPolicy",
    "collect",
    "connect",
    "errors",
    "fan_out",
    *model.__all__,
]


def __getattr__(name: str) -> str:
    # Read on demand: asking the installed metadata costs more than the rest of the import.
    if name == "__version__":
        from importlib import metadata

        return metadata.version("wamsg")
    raise AttributeError(f"module 'wamsg' has no attribute {name!r}")

"""Send WhatsApp messages through pluggable business providers.

::

    async with wamsg.connect("kaleyra") as messenger:
        result = await messenger.send(Text(body="hello"), to="+91..")
        async for outcome in wamsg.fan_out(messenger, Image(link=url), to="+91..,+91.."):
            print(outcome.recipient, outcome.status)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wamsg import errors, model
    from wamsg.client import Client, connect
    from wamsg.fanout import FanOut, collect, fan_out
    from wamsg.messenger import Messenger
    from wamsg.model import *  # noqa: F403 -- the model's __all__ is the list
    from wamsg.pipeline import RetryPolicy
    from wamsg.wire import Priority

    __version__: str
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

#: Where each name lives. It is imported when it is first asked for, so that a program which only defines messages
#: does not pay for asyncio, and `import wamsg` alone costs next to nothing. All other names are the model's.
_HOMES = {
    "Client": "wamsg.client",
    "FanOut": "wamsg.fanout",
    "Messenger": "wamsg.messenger",
    "Priority": "wamsg.wire",
    "RetryPolicy": "wamsg.pipeline",
    "collect": "wamsg.fanout",
    "connect": "wamsg.client",
    "errors": "wamsg",
    "fan_out": "wamsg.fanout",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        return import_module("importlib.metadata").version("wamsg")
    if name == "__all__":
        return [*_HOMES, *import_module("wamsg.model").__all__]
    if name == "errors":
        return import_module("wamsg.errors")
    home = import_module(_HOMES.get(name, "wamsg.model"))
    if name not in _HOMES and name not in home.__all__:
        raise AttributeError(f"module 'wamsg' has no attribute {name!r}")
    found: object = getattr(home, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *__getattr__("__all__")]  # type: ignore[misc]  # a list of names

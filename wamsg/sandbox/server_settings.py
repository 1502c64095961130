"""What a sandbox is started with: checked, and made what it works with."""

from __future__ import annotations

import ipaddress
import secrets

from wamsg.errors import ConfigError
from wamsg.sandbox.callbacks import Callbacks

#: Where ids begin: beyond what anybody counts to, and with room below 2**53, as ids are numbers in JSON too.
_FIRST_SERIALS = range(10**9, 10**12)


def loopback(host: str) -> str:
    """``host`` as an address of this machine. Raises `ConfigError`."""
    literal = "127.0.0.1" if host == "localhost" else host
    try:
        if ipaddress.ip_address(literal).is_loopback:
            return literal
    except ValueError:
        pass
    message = f"the sandbox takes any message from anyone, so it binds to this machine only: 127.0.0.1, not {host!r}"
    raise ConfigError(message, setting="host")


def port_number(port: object) -> int:
    """A port, or 0 for a free one. Raises `ConfigError`."""
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65_535:
        raise ConfigError(f"port must be a whole number from 0 to 65535, not {port!r}", setting="port")
    return port


def first_serial(given: object) -> int:
    """The number of the first request; a random one unless it is given. Raises `ConfigError`."""
    if given is None:
        return secrets.choice(_FIRST_SERIALS)
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < _FIRST_SERIALS.stop:
        message = f"serial must be a whole number from 1 to {_FIRST_SERIALS.stop - 1}, not {given!r}"
        raise ConfigError(message, setting="serial")
    return given


def script(callbacks: Callbacks | str | None) -> Callbacks | None:
    """What follows a message, of an address alone or in full. Raises `ConfigError`."""
    return Callbacks(url=callbacks) if isinstance(callbacks, str) else callbacks

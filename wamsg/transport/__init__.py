"""Ways to carry a request: over HTTP with aiohttp (`wamsg.transport.aiohttp`), or in memory (`wamsg.transport.memory`).

Nothing is imported here, so that whoever needs one of them does not load the other.
"""

from __future__ import annotations

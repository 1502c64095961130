"""A messenger made of a driver and a pipeline."""

from __future__ import annotations

from wamsg.client.client import Client
from wamsg.client.connection import connect

__all__ = ["Client", "connect"]

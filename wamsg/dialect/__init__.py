"""What the fake servers of providers are made of: a memory between requests, and declared operations served from it."""

from __future__ import annotations

from wamsg.dialect.memory import MOST_ROWS, Memory, Row, Table

__all__ = ["MOST_ROWS", "Memory", "Row", "Table"]

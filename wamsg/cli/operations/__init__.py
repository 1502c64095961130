"""A command for every operation that a provider declares; none of them is written by hand."""

from __future__ import annotations

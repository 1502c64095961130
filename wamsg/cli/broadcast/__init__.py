"""``wamsg broadcast``: plan, run, watch, stop, go on and account for what goes to many."""

from __future__ import annotations

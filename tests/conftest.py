"""What holds for every test: no deadline for generated examples, since a slow machine is no fault."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("wamsg", deadline=None)
settings.load_profile("wamsg")

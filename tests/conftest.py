"""What holds for every test: no deadline for generated examples, since a slow machine is no fault.

In CI the examples are the same at every run, so that what is landed is what was tried; elsewhere they differ.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("wamsg", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("wamsg")

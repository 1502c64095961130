"""Makes the provider `acme`, a distribution of its own, visible the way an installed one is: by its entry point."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: What stands here is what ``pip install --target`` would leave: a package and its ``.dist-info``.
ACME = Path(__file__).parents[1] / "third_party" / "acme"


@contextmanager
def visible(folder: Path = ACME) -> Iterator[None]:
    """Inside the block, the distributions in ``folder`` count as installed."""
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        importlib.invalidate_caches()


def environment(**more: str) -> dict[str, str]:
    """The environment of a process in which `acme` counts as installed and no setting of wamsg is set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAMSG_")}
    # The checkout itself: a process does not see the path that pytest set up.
    return {**kept, "PYTHONPATH": os.pathsep.join((str(ACME), str(ACME.parents[2]))), **more}

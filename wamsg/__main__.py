"""``python -m wamsg``."""

from __future__ import annotations

import sys

from wamsg.cli import main

if __name__ == "__main__":
    sys.exit(main())

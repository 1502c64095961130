"""What users of the library test with: a clock moved by hand, and the contract that every provider must pass.

`wamsg.testing.contract` needs the extra ``wamsg[testing]``.
"""

from __future__ import annotations

from wamsg.testing.clock import ManualClock

__all__ = ["ManualClock"]

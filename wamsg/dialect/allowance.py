"""A limit of a fake server's own, such as a hundred templates in an hour, kept in a table."""

from __future__ import annotations

from attrs import frozen

from wamsg.dialect.memory import Table


@frozen
class Allowance:
    """At most ``count`` in any ``seconds``."""

    count: int
    seconds: float

    def wait(self, table: Table, key: str, now: float) -> float:
        """0.0 and it is noted in ``table``, or the seconds after which there is room for one more."""
        row = table.get(key)
        times = [at for at in (row["times"] if row else ()) if at > now - self.seconds]
        if len(times) >= self.count:
            return float(times[0] + self.seconds - now)
        table.put(key, {"times": (*times, now)})
        return 0.0

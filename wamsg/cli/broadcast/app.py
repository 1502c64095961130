"""The commands of ``wamsg broadcast`` by name, each loaded when it is called."""

from __future__ import annotations

from cyclopts import App

app = App(name="broadcast", help_format="plaintext")
for _name, _target in (
    ("plan", "plan:plan"),
    ("run", "run:run"),
    ("resume", "resume:resume"),
    ("status", "status:status"),
    ("pause", "orders:pause"),
    ("cancel", "orders:cancel"),
    ("retry", "retry:retry"),
    ("report", "report:report"),
):
    app.command(f"wamsg.cli.broadcast.{_target}", name=_name)

"""The report as one HTML page that needs nothing else: no network, no script, no font."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

from wamsg.broadcast.report import sections_lines, sections_time
from wamsg.broadcast.report.causes import clip
from wamsg.broadcast.report.figures import clock_time, date_time, span
from wamsg.broadcast.report.markup import Markup, fill
from wamsg.broadcast.report.privacy import kept, masked
from wamsg.broadcast.report.sections_outcome import outcome, todo
from wamsg.broadcast.report.summary import Summary
from wamsg.broadcast.report.verdict import shown_ledger, verdict

#: How a file written here begins.
MARK = "<!doctype html>\n<!-- wamsg broadcast report -->\n"


def page(summary: Summary, *, ledger: str, show_numbers: bool = False) -> str:
    """``summary`` as a page; numbers are masked, in error texts too, unless ``show_numbers``.

    ``ledger`` is what ``--ledger`` was given, for the commands that the page advises.
    """
    shown: Callable[[str], str] = kept if show_numbers else masked
    plan = summary.broadcast.plan
    said = verdict(summary, ledger=ledger)
    where = shown_ledger(ledger)
    return fill(
        _file("page.html"),
        mark=Markup(MARK),
        style=Markup(_file("page.css")),
        title=f"{clip(plan.name)}: {said.phase.lower()}",
        name=clip(plan.name),
        tone=said.tone.value,
        phase=said.phase,
        when=_when(summary),
        sentence=said.sentence,
        outcome=outcome(summary, shown),
        todo=todo(said, shown),
        course=sections_time.course(summary),
        wrong=sections_lines.wrong(summary, shown),
        unknown=sections_lines.unknown(summary, shown, where),
        never=sections_lines.never(summary, shown, show_given=show_numbers),
        statuses=sections_lines.statuses(summary, shown),
        timeline=sections_time.timeline(summary, shown),
        about=sections_time.about(summary, shown, where),
        footer=_footer(summary, show_numbers=show_numbers),
    )


def _file(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _when(summary: Summary) -> str:
    broadcast = summary.broadcast
    if broadcast.started_at is None:
        return f"Planned {date_time(broadcast.plan.created_at)} UTC, not started"
    if broadcast.ended_at is None:
        return f"Started {date_time(broadcast.started_at)} UTC"
    took = span(max(0.0, broadcast.ended_at - broadcast.started_at))
    same_day = broadcast.started_at // 86_400 == broadcast.ended_at // 86_400
    end = clock_time(broadcast.ended_at) if same_day else date_time(broadcast.ended_at)
    return f"{date_time(broadcast.started_at)} to {end} UTC ({took})"


def _footer(summary: Summary, *, show_numbers: bool) -> str:
    numbers = "Phone numbers are shown in full: keep this page to yourself." if show_numbers else "Numbers are masked."
    return (
        f"Written {date_time(summary.taken_at)} UTC by wamsg. All times are UTC. {numbers} "
        "\u201cAccepted\u201d means that the provider took the message; "
        "whether it reached the phone is what comes back later."
    )

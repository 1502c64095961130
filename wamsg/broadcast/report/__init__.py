"""What became of a broadcast: a summary from one pass, a page for people, and every line's fate for programs."""

from __future__ import annotations

from wamsg.broadcast.report.course import Course, Stretch
from wamsg.broadcast.report.document import summary_to_dict
from wamsg.broadcast.report.html import page
from wamsg.broadcast.report.later import came_back
from wamsg.broadcast.report.lines import Lines
from wamsg.broadcast.report.row import row_of
from wamsg.broadcast.report.summary import Source, Summary, SummaryTaker, summarize
from wamsg.broadcast.report.table import Table, guarded, unguarded
from wamsg.broadcast.report.verdict import Advice, Tone, Verdict, adds_up, in_words, verdict
from wamsg.broadcast.report.write import Wanted, write_report

__all__ = [
    "Advice",
    "Course",
    "Lines",
    "Source",
    "Stretch",
    "Summary",
    "SummaryTaker",
    "Table",
    "Tone",
    "Verdict",
    "Wanted",
    "adds_up",
    "came_back",
    "guarded",
    "in_words",
    "page",
    "row_of",
    "summarize",
    "summary_to_dict",
    "unguarded",
    "verdict",
    "write_report",
]

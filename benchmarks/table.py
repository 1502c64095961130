"""Rows as an aligned Markdown table."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: With or without a unit: ``1,234``, ``0.94x``, ``+3.8 %``, ``12.3 us``.
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]*( ?[a-z%]+)?", re.IGNORECASE)


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns whose cells are all numbers are aligned to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    columns = list(zip(headings, *cells, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    numeric = [all(map(_NUMBER.fullmatch, column[1:])) for column in columns]
    rule = ["-" * (width - 1) + ":" if right else "-" * width for width, right in zip(widths, numeric, strict=True)]
    lines = [list(headings), rule, *cells]
    return "\n".join(_line(line, widths, numeric) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    padded = [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, width, right in zip(cells, widths, numeric, strict=True)
    ]
    return f"| {' | '.join(padded)} |"


def times(value: float) -> str:
    """A ratio, such as ``0.94x``."""
    return f"{value:.2f}x" if value < 9.995 else f"{value:.1f}x"


def verdict(*, met: bool) -> str:
    """Whether a goal is met, to be read at a glance."""
    return "yes" if met else "**no**"

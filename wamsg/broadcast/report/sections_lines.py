"""The parts of the page about lines: what went wrong, who is unknown, what was never a delivery, what came back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wamsg import errors
from wamsg.broadcast.report.causes import Cause, Group
from wamsg.broadcast.report.figures import count, counted, date_time, share
from wamsg.broadcast.report.later import by_rank, none_yet
from wamsg.broadcast.report.markup import Markup, fill, joined
from wamsg.broadcast.report.summary import Summary, Unknown
from wamsg.ledger import State

#: Rows of a table of groups.
_MOST = 50
#: People who are listed openly; the others are folded away.
_FIRST = 15

_WRONG = (
    '<div class="scroll"><table><thead><tr><th scope="col">Error</th><th scope="col">Code</th>'
    '<th scope="col" class="n">HTTP</th><th scope="col">Outcome</th><th scope="col" class="n">Recipients</th>'
    '<th scope="col">For instance</th></tr></thead><tbody>$rows</tbody></table></div>$rest'
)
_CAUSE = (
    '<tr><th scope="row" class="kind"><bdi>$kind</bdi>$meaning</th><td class="code"><bdi>$code</bdi></td>'
    '<td class="n">$http</td><td class="c">$state</td><td class="n">$lines</td><td class="wide"><bdi>$example</bdi>'
    "<small>line $line</small></td></tr>"
)
_PEOPLE = (
    '<div class="scroll"><table><thead><tr><th scope="col" class="n">Line</th><th scope="col">Number</th>'
    '<th scope="col">Sent (UTC)</th><th scope="col" class="n">Tries</th><th scope="col">Why</th></tr></thead>'
    "<tbody>$rows</tbody></table></div>"
)
_MORE_PEOPLE = "<details><summary>$left more</summary>$people</details>"
_PERSON = (
    '<tr><td class="n">$line</td><th scope="row" class="c">$number</th><td class="t">$sent</td>'
    '<td class="n">$attempts</td><td class="wide"><bdi>$why</bdi></td></tr>'
)
_LEFT_OUT = (
    '<p class="quiet">$left more are not listed here. All of them, with their numbers, are in the file of '
    "<code>$command</code>: the lines whose fate is unknown.</p>"
)
_INVALID = (
    '<h3>Invalid</h3><div class="scroll"><table><thead><tr><th scope="col">Why</th><th scope="col" class="n">Lines</th>'
    '<th scope="col" class="n">First line</th>$given</tr></thead><tbody>$rows</tbody></table></div>$rest'
)
_STATUSES = (
    '<table><thead><tr><th scope="col">Furthest status</th><th scope="col" class="n">Recipients</th>'
    '<th scope="col" class="n">Share of accepted</th></tr></thead><tbody>$rows</tbody></table>'
)
_STATUS = '<tr><th scope="row"><bdi>$name</bdi></th><td class="n">$number</td><td class="n">$share</td></tr>'
_QUIET = '<p class="quiet">$text</p>'


def wrong(summary: Summary, shown: Callable[[str], str]) -> Markup:
    """Errors by kind and code."""
    causes = summary.causes
    if not causes.groups:
        return fill(_QUIET, text="Nothing.")
    rest = causes.lines - sum(group.lines for group in causes.groups[:_MOST])
    more = f"{counted(rest, 'recipient')} more, with rarer causes; the CSV and JSON Lines exports hold all of them."
    rows = joined(_cause(group, shown) for group in causes.groups[:_MOST])
    return fill(_WRONG, rows=rows, rest=fill(_QUIET, text=more) if rest else "")


def unknown(summary: Summary, shown: Callable[[str], str], ledger: str) -> Markup:
    """The people whose outcome is not known, one by one."""
    number = summary.counts.states[State.UNKNOWN]
    if not number:
        return fill(_QUIET, text="Nobody. Every answer that was given is on record.")
    rest: object = ""
    if number > len(summary.unknown):
        left, command = (
            count(number - len(summary.unknown)),
            f"wamsg broadcast report --ledger {ledger} --csv fates.csv",
        )
        rest = fill(_LEFT_OUT, left=left, command=command)
    first, others = (_people(people, shown) for people in (summary.unknown[:_FIRST], summary.unknown[_FIRST:]))
    folded = fill(_MORE_PEOPLE, left=count(len(summary.unknown) - _FIRST), people=others) if others else ""
    return joined([first, folded, rest])


def never(summary: Summary, shown: Callable[[str], str], *, show_given: bool) -> Markup:
    """Invalid, duplicate and suppressed lines; what stood in an invalid one only with ``show_given``."""
    counts = summary.counts
    if not counts.invalid + counts.duplicate + counts.suppressed:
        return fill(_QUIET, text="None. Every line of the input is a recipient of its own.")
    others = (
        f"{counted(counts.duplicate, 'duplicate')}: the first line with the same number counts. "
        f"{counted(counts.suppressed, 'line')} suppressed: on the list of those who must not be messaged."
    )
    invalid = _invalid(summary, shown, show_given=show_given) if counts.invalid else ""
    return fill("$invalid<p>$others</p>", invalid=invalid, others=others)


def statuses(summary: Summary, shown: Callable[[str], str]) -> Markup:
    """What the provider's callbacks reported."""
    found, accepted = summary.counts.statuses, summary.counts.states[State.ACCEPTED]
    if not found:
        text = "No status came back. Whether messages were delivered and read is known once callbacks are received."
        return fill(_QUIET, text=text)
    numbers = [*by_rank(found), ("none yet", none_yet(found, accepted=accepted))]
    rows = (
        fill(_STATUS, name=shown(name), number=count(number), share=share(number, accepted)) for name, number in numbers
    )
    return fill(_STATUSES, rows=joined(rows))


def _cause(group: Group[Cause], shown: Callable[[str], str]) -> Markup:
    cause = group.key
    return fill(
        _CAUSE,
        kind=shown(cause.kind or "none"),
        meaning=_meaning(cause.kind),
        code=shown(cause.code or "\u2013"),
        http=cause.http_status if cause.http_status is not None else "\u2013",
        # Only a failure that was told afterwards makes an accepted one a cause.
        state="accepted, failed later" if cause.state is State.ACCEPTED else cause.state.name.lower(),
        lines=count(group.lines),
        example=shown(group.example) or "\u2013",
        line=count(group.first_line),
    )


def _meaning(kind: str | None) -> Markup:
    """The first sentence that our own errors say about themselves."""
    error = getattr(errors, kind or "", None)
    if not (isinstance(error, type) and issubclass(error, errors.WamsgError) and error.__doc__):
        return Markup()
    return fill("<small>$text</small>", text=error.__doc__.partition("\n")[0].replace("``", "").replace("`", ""))


def _people(people: Sequence[Unknown], shown: Callable[[str], str]) -> Markup:
    return fill(_PEOPLE, rows=joined(_person(person, shown) for person in people)) if people else Markup()


def _person(person: Unknown, shown: Callable[[str], str]) -> Markup:
    why = f"{person.kind}: {person.detail}" if person.kind else person.detail
    return fill(
        _PERSON,
        line=count(person.line),
        number=shown(f"+{person.address}") if person.address is not None else "\u2013",
        sent=date_time(person.sent_at),
        attempts=count(person.attempts),
        why=shown(why) or "\u2013",
    )


def _invalid(summary: Summary, shown: Callable[[str], str], *, show_given: bool) -> Markup:
    groups = summary.invalid.groups[:_MOST]
    rows = (
        fill(
            '<tr><th scope="row" class="wide">$why</th><td class="n">$lines</td><td class="n">$line</td>$given</tr>',
            why=shown(group.key),
            lines=count(group.lines),
            line=count(group.first_line),
            given=fill('<td class="wide"><bdi>$text</bdi></td>', text=group.example or "nothing") if show_given else "",
        )
        for group in groups
    )
    rest = summary.invalid.lines - sum(group.lines for group in groups)
    return fill(
        _INVALID,
        rows=joined(rows),
        given=Markup('<th scope="col">What stood there</th>' if show_given else ""),
        rest=fill(_QUIET, text=f"{counted(rest, 'line')} more, for rarer reasons.") if rest else "",
    )

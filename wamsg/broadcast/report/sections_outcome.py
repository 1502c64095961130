"""The first screen of the page: how many of what, and what to do."""

from __future__ import annotations

from collections.abc import Callable

from wamsg.broadcast.report.charts import Part, breakdown
from wamsg.broadcast.report.figures import count, share
from wamsg.broadcast.report.later import came_back, failed_later
from wamsg.broadcast.report.markup import Markup, fill, joined
from wamsg.broadcast.report.summary import Summary
from wamsg.broadcast.report.verdict import Advice, Verdict, adds_up
from wamsg.ledger import Counts, State

#: In the order in which they are read; the class gives the colour, the last text says what the word means.
_STATES = (
    (State.ACCEPTED, "accepted", "accepted", "the provider took the message"),
    (State.REJECTED, "rejected", "rejected", "refused; nothing was sent"),
    (State.UNKNOWN, "unknown", "unknown", "may or may not have been messaged"),
    (State.SENDING, "unknown", "in flight", "left, no answer on record yet"),
    (State.DEFERRED, "waiting", "deferred", "surely not accepted; waits for a later try"),
    (State.PENDING, "waiting", "pending", "not tried yet"),
    (State.EXPIRED, "never", "expired", "its time had passed before it was sent"),
    (State.SKIPPED, "never", "skipped", "cancelled or suppressed before it was sent"),
)

_ROW = (
    '<tr><th scope="row"><span class="key $colour"></span>$label<small>$meaning</small></th>'
    '<td class="n">$number</td><td class="n">$share</td></tr>'
)
_TABLE = (
    '<table><thead><tr><th scope="col">Line of the input</th><th scope="col" class="n">Lines</th>'
    '<th scope="col" class="n">Share</th></tr></thead><tbody>$rows</tbody></table>'
)
_SUM = '<p class="sum"><b>$begin:</b> $numbers</p>'
_ADVICE = '<li class="$kind"><span class="word">$word</span>$what$command</li>'
_COMMAND = "<code>$command</code>"


def outcome(summary: Summary, shown: Callable[[str], str]) -> Markup:
    """A bar, a table, the sum and what came back."""
    counts = summary.counts
    if not counts.rows:
        return Markup("<p>The input has no line, so there is nothing to count.</p>")
    parts = _parts(counts)
    rows = (
        fill(_ROW, colour=part.colour, label=part.label, meaning=meaning, number=count(part.number), share=part_share)
        for part, meaning in parts
        for part_share in [share(part.number, counts.rows)]
    )
    return joined(
        (
            breakdown([part for part, _ in parts], counts.rows),
            fill(_TABLE, rows=joined(rows)),
            fill(_SUM, begin="It adds up", numbers=adds_up(counts)),
            _later(counts, shown),
        )
    )


def _later(counts: Counts, shown: Callable[[str], str]) -> Markup:
    told = came_back(counts.statuses, accepted=counts.states[State.ACCEPTED])
    begin, _, numbers = told.partition(": ")
    return fill(_SUM, begin=begin.capitalize(), numbers=shown(numbers)) if told else Markup()


def todo(said: Verdict, shown: Callable[[str], str]) -> Markup:
    """What a person must or may do, with the command."""
    if not said.advice:
        return Markup("<p>Nothing. Every recipient\u2019s outcome is known and nobody waits.</p>")
    items = joined(_advice(advice, shown) for advice in said.advice)
    calm = "" if any(advice.must for advice in said.advice) else "<p>Nothing has to be done.</p>"
    return fill('$calm<ul class="advice">$items</ul>', calm=Markup(calm), items=items)


def _advice(advice: Advice, shown: Callable[[str], str]) -> Markup:
    # Broken between its words where it does not fit, and never inside of "--only".
    words = joined((fill("<span>$word</span>", word=word) for word in advice.command.split(" ")), between=" ")
    command = fill(_COMMAND, command=words) if advice.command else ""
    kind, word = ("must", "Needs you") if advice.must else ("may", "If you like")
    return fill(_ADVICE, kind=kind, word=word, what=shown(advice.what), command=command)


def _parts(counts: Counts) -> list[tuple[Part, str]]:
    """The always interesting three, and whatever else is not zero."""
    always = {State.ACCEPTED, State.REJECTED, State.UNKNOWN}
    late = failed_later(counts)
    # Apart from the others, so that a bar of messages that never arrived is not the bar of a success.
    numbers = {**counts.states, State.ACCEPTED: counts.states[State.ACCEPTED] - late}
    parts = [
        (Part(colour, label, numbers[state]), meaning)
        for state, colour, label, meaning in _STATES
        if numbers[state] or state in always
    ]
    if late:
        parts.insert(1, (Part("rejected", "accepted, failed later", late), "taken, and told afterwards to have failed"))
    refused = (
        (Part("never", "invalid", counts.invalid), "holds no usable number"),
        (Part("never", "duplicate", counts.duplicate), "a number that stands further up already"),
        (Part("never", "suppressed", counts.suppressed), "on the list of those not to be messaged"),
    )
    return parts + [(part, meaning) for part, meaning in refused if part.number]

"""The parts of the page about time: the charts, the timeline, and the facts of the broadcast."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from wamsg.broadcast.report import charts
from wamsg.broadcast.report.causes import clip
from wamsg.broadcast.report.course import Course, Stretch
from wamsg.broadcast.report.figures import clock_time, count, counted, date_time, rate, span
from wamsg.broadcast.report.happenings import Halt, Happening
from wamsg.broadcast.report.markup import Markup, escape, fill, joined
from wamsg.broadcast.report.summary import Summary
from wamsg.ledger import State

_LONGEST_MESSAGE = 20_000

_FIGURE = '<figure><figcaption><h3>$name</h3><p>$unit</p></figcaption><ul class="legend">$legend</ul>$plot</figure>'
_KEY = '<li><span class="key $colour"></span>$label</li>'
_FACT = "<div><dt>$name</dt><dd>$value</dd></div>"
_STRETCHES = (
    '<details><summary>The numbers behind the charts</summary><div class="scroll"><table><thead><tr>'
    '<th scope="col">From (UTC)</th><th scope="col" class="n">Sent</th><th scope="col" class="n">Accepted</th>'
    '<th scope="col" class="n">Rejected</th><th scope="col" class="n">Unknown</th>'
    '<th scope="col" class="n">Half within</th><th scope="col" class="n">95 % within</th>'
    '<th scope="col" class="n">99 % within</th></tr></thead><tbody>$rows</tbody></table></div></details>'
)
_STRETCH = (
    '<tr><th scope="row" class="t">$start</th><td class="n">$sent</td><td class="n">$accepted</td>'
    '<td class="n">$rejected</td><td class="n">$unknown</td><td class="n">$p50</td><td class="n">$p95</td>'
    '<td class="n">$p99</td></tr>'
)
_TIMELINE = (
    '<div class="scroll"><table><thead><tr><th scope="col">When (UTC)</th><th scope="col">What</th>'
    '<th scope="col">Why</th></tr></thead><tbody>$rows</tbody></table></div>'
)
_HAPPENING = (
    '<tr><td class="t">$when</td><th scope="row" class="kind"><bdi>$kind</bdi>$times</th>'
    '<td class="wide"><bdi>$detail</bdi></td></tr>'
)
_LEFT_OUT = '<tr><td colspan="3" class="quiet">$left_out more are left out here.</td></tr>'


def course(summary: Summary) -> Markup:
    """Rate and waiting times, with the pauses."""
    taken, halts = summary.course, summary.timeline.halts
    if not taken.stretches:
        return Markup('<p class="quiet">Nothing was sent yet, so there is nothing to draw.</p>')
    pieces = [facts(_course_facts(summary), big=True), _throughput(taken, halts)]
    if taken.latency.measured:
        pieces.append(_waiting(taken, halts))
    else:
        pieces.append(Markup('<p class="quiet">No request was answered, so there is no waiting time to draw.</p>'))
    rows = joined(_stretch(stretch) for stretch in taken.stretches)
    return joined([*pieces, fill(_STRETCHES, rows=rows)])


def timeline(summary: Summary, shown: Callable[[str], str]) -> Markup:
    """What happened to the broadcast as a whole."""
    told = summary.timeline
    if not told.early:
        return Markup('<p class="quiet">Nothing has happened to it yet.</p>')
    gap = [fill(_LEFT_OUT, left_out=count(told.left_out))] if told.left_out else []
    rows = [*(_happening(each, shown) for each in told.early), *gap, *(_happening(each, shown) for each in told.late)]
    return fill(_TIMELINE, rows=joined(rows))


def about(summary: Summary, shown: Callable[[str], str], ledger: str) -> Markup:
    """What it is, frozen as it was planned."""
    broadcast, plan = summary.broadcast, summary.broadcast.plan
    found = facts(
        (
            ("Provider", plan.provider),
            ("Recipients from", clip(plan.source) or "not said"),
            ("Planned", f"{date_time(plan.created_at)} UTC"),
            ("Ledger", fill("<code>$ledger</code>", ledger=ledger)),
            ("Broadcast", f"number {broadcast.id}"),
            ("Fingerprint", fill("<code>$digest</code>", digest=broadcast.fingerprint or "not frozen yet")),
        )
    )
    return joined([found, _document("The message", plan.message, shown), _document("The options", plan.options, shown)])


def facts(pairs: Iterable[tuple[str, object]], *, big: bool = False) -> Markup:
    """Names and their values."""
    items = joined(fill(_FACT, name=name, value=value) for name, value in pairs)
    return fill('<dl class="facts$big">$items</dl>', big=" big" if big else "", items=items)


def _course_facts(summary: Summary) -> Iterable[tuple[str, object]]:
    taken = summary.course
    yield "Rate while sending", rate(taken.average)
    if taken.peak > taken.average:
        yield "Highest rate", rate(taken.peak)
    if taken.latency.measured:
        yield "Half answered within", span(taken.latency.p50)
        yield "99 % answered within", span(taken.latency.p99)
    yield "Requests in all", count(max(summary.attempts, taken.sent))
    halted = _halted(summary)
    if halted:
        yield "Paused or stopped for", span(halted)


def _halted(summary: Summary) -> float:
    return sum(
        max(0.0, (halt.until if halt.until is not None else summary.taken_at) - halt.start)
        for halt in summary.timeline.halts
    )


def _throughput(taken: Course, halts: tuple[Halt, ...]) -> Markup:
    states = set().union(*(stretch.states for stretch in taken.stretches))
    keys = [("accepted", "accepted")]
    keys += [("rejected", "rejected")] if State.REJECTED in states else []
    keys += [("waiting", "to be tried again, or given up")] if states & _WAITING else []
    keys += [("unknown", "unknown or in flight")] if states & {State.UNKNOWN, State.SENDING} else []
    unit = f"Messages a second, mean of each {span(taken.width)}, by when the last request to each recipient left"
    return _figure("Rate", unit, keys, halts, charts.throughput(taken, halts))


_WAITING = frozenset({State.DEFERRED, State.EXPIRED, State.SKIPPED, State.PENDING})


def _waiting(taken: Course, halts: tuple[Halt, ...]) -> Markup:
    keys = [("p50", "half answered within"), ("p95", "95 % within"), ("p99", "99 % within")]
    unit = f"From the request to the provider\u2019s answer, each {span(taken.width)}, on a logarithmic scale"
    return _figure("Time to an answer", unit, keys, halts, charts.waiting(taken, halts))


def _figure(name: str, unit: str, keys: list[tuple[str, str]], halts: tuple[Halt, ...], plot: Markup) -> Markup:
    keys = keys + ([("halt", "paused or stopped")] if halts else [])
    legend = joined(fill(_KEY, colour=colour, label=label) for colour, label in keys)
    return fill(_FIGURE, name=name, unit=unit, legend=legend, plot=plot)


def _stretch(stretch: Stretch) -> Markup:
    measured = stretch.latency.measured
    times = {name: span(getattr(stretch.latency, name)) if measured else "\u2013" for name in ("p50", "p95", "p99")}
    return fill(
        _STRETCH,
        start=date_time(stretch.start),
        sent=count(stretch.sent),
        accepted=count(stretch.states[State.ACCEPTED]),
        rejected=count(stretch.states[State.REJECTED]),
        unknown=count(stretch.states[State.UNKNOWN] + stretch.states[State.SENDING]),
        **times,
    )


def _happening(happening: Happening, shown: Callable[[str], str]) -> Markup:
    when = date_time(happening.first)
    times = ""
    if happening.times > 1:
        times = fill(
            "<small>$times, until $last</small>",
            times=counted(happening.times, "time"),
            last=clock_time(happening.last),
        )
    return fill(_HAPPENING, when=when, kind=shown(happening.kind), times=times, detail=shown(happening.detail))


def _document(name: str, document: object, shown: Callable[[str], str]) -> Markup:
    if not document:
        return Markup()
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
    cut = text[:_LONGEST_MESSAGE] + ("\n\u2026" if len(text) > _LONGEST_MESSAGE else "")
    lines = Markup("\n").join(escape(line) for line in shown(cut).split("\n"))
    return fill(
        "<details><summary>$name</summary><pre><code>$text</code></pre></details>", name=name, text=Markup(lines)
    )

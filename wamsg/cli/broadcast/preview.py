"""A plan before it is frozen: counts, what is wrong, three messages, how long it takes."""

from __future__ import annotations

from collections.abc import Iterator

from wamsg.broadcast import MessageTemplate, Options, Planned
from wamsg.broadcast.message import examples
from wamsg.broadcast.policy import Estimate, estimate
from wamsg.broadcast.report import adds_up
from wamsg.broadcast.report.figures import rate as rate_text
from wamsg.broadcast.report.privacy import masked
from wamsg.cli.broadcast.book import title
from wamsg.cli.broadcast.counting import counts_to_dict
from wamsg.cli.broadcast.senders import Senders
from wamsg.cli.output import printable
from wamsg.ledger import Counts


def duration(counts: Counts, options: Options, senders: Senders) -> Estimate:
    """How long it takes for all that is left."""
    return estimate(counts.open, senders.rates, daily_quota=options.daily_quota, window=options.window)


def lines(planned: Planned, template: MessageTemplate, options: Options, senders: Senders) -> Iterator[str]:
    """For people."""
    counts = planned.counts
    plan = planned.broadcast.plan
    yield f"{title(planned.broadcast)} through {senders.provider.title}, recipients from {printable(plan.source)}"
    yield adds_up(counts)
    for row in planned.invalid:
        yield f"  line {row.line} is invalid: {masked(printable(row.why))}"
    if counts.invalid > len(planned.invalid):
        yield f"  and {counts.invalid - len(planned.invalid):,} more; `wamsg broadcast report --csv FILE` has them all"
    if planned.examples:
        yield f"the first {len(planned.examples)} of the messages:"
    for text in examples(template, planned.examples):
        yield from (f"  {line}" for line in text.split("\n"))
        yield ""
    yield f"to send it takes: {duration(counts, options, senders)}{_pace(senders)}"


def to_dict(planned: Planned, template: MessageTemplate, options: Options, senders: Senders) -> dict[str, object]:
    """The fields of the event ``planned``."""
    takes = duration(planned.counts, options, senders)
    return {
        "broadcast": planned.broadcast.id,
        "name": planned.broadcast.plan.name,
        "provider": planned.broadcast.plan.provider,
        "fingerprint": planned.broadcast.fingerprint,
        **counts_to_dict(planned.counts),
        "first_invalid": [{"line": row.line, "why": masked(row.why)} for row in planned.invalid],
        "examples": examples(template, planned.examples),
        "seconds": takes.sending,
        "days": takes.days,
    }


def _pace(senders: Senders) -> str:
    if senders.rate is None:
        return ""
    each = rate_text(senders.rate.count / senders.rate.seconds)
    many = len(senders.chosen)
    return f", at {each}" if many == 1 else f", at {each} of each of {many} senders"

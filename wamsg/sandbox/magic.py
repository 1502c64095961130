"""Recipients that meet a fault without any script, whatever the provider; docs/sandbox.md lists them for users."""

from __future__ import annotations

from collections.abc import Mapping

from wamsg.sandbox.faults import Fault, FaultBody, FaultKind

#: By the last five digits of the recipient. Providers' own magic numbers start with 4 and 5, these with 99.
MAGIC: Mapping[str, Fault] = {
    fault.recipient: fault
    for fault in (
        Fault(recipient="99001", kind=FaultKind.ACCEPTED_THEN_CUT),
        Fault(recipient="99002", kind=FaultKind.CUT_BEFORE),
        Fault(recipient="99003", kind=FaultKind.SLOW_HEADERS, seconds=30.0),
        Fault(recipient="99004", kind=FaultKind.HTML_200),
        Fault(recipient="99005", kind=FaultKind.STATUS, status=503),
        # Accepted, and yet the gateway says 502: what a sender must not take for "not sent".
        Fault(recipient="99006", kind=FaultKind.STATUS, status=502, body=FaultBody.HTML, accept=True),
        Fault(recipient="99007", kind=FaultKind.CUT_DURING),
        Fault(recipient="99429", kind=FaultKind.THROTTLE, retry_after=1.0, first=1),
    )
    if fault.recipient is not None
}

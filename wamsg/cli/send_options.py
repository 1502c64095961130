"""What ``wamsg send`` takes beside the message itself."""

from __future__ import annotations

from typing import Annotated

from attrs import frozen
from cyclopts import Group, Parameter

from wamsg.cli.kinds.pairs import Input, Repeated

_SENDING = Group("To whom and how", sort_key=1)


@Parameter(name="*", group=_SENDING)
@frozen(kw_only=True)
class SendOptions:
    """Everything about a send but its content and its provider."""

    to: Annotated[str | None, Parameter(help='numbers with country code: "+91..,+91.."')] = None
    to_file: Annotated[
        Input | None, Parameter(allow_leading_hyphen=True, help="one number per line; - for standard input")
    ] = None
    limit: Annotated[str | None, Parameter(help="such as 80/s, 60/min or none; else the provider's own")] = None
    timeout: Annotated[float, Parameter(help="seconds for one attempt")] = 30.0
    concurrency: Annotated[int, Parameter(help="sends under way at once")] = 64
    reply_to: Annotated[str | None, Parameter(help="id of the message that this one answers")] = None
    option: Annotated[
        tuple[str, ...], Repeated, Parameter(help="key=text or key:=JSON of a field that only this provider knows")
    ] = ()
    json: Annotated[bool, Parameter(negative=(), help="a JSON object per recipient; the count on standard error")] = (
        False
    )
    show_numbers: Annotated[bool, Parameter(negative=(), help="do not mask numbers")] = False


USUAL = SendOptions()

"""``wamsg send``: what it takes, before and after the kind of message."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, CycloptsError, Group, Parameter
from cyclopts.exceptions import UnknownOptionError

from wamsg.cli.kinds import KINDS
from wamsg.cli.send_options import USUAL, SendOptions
from wamsg.cli.settings import NO_PROVIDER_OPTIONS, ProviderOptions
from wamsg.errors import ConfigError

_KINDS = Group("Kinds of message (wamsg send KIND --help shows more)", sort_key=0)

app = App(name="send", help_format="plaintext", group_commands=_KINDS)
for _name, _function in KINDS.items():
    app.command(_function, name=_name)


@app.meta.default
def send(
    *words: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    options: SendOptions = USUAL,
    about: ProviderOptions = NO_PROVIDER_OPTIONS,
) -> int:
    """Read the options around the kind, let the kind make the content, deliver it."""
    from wamsg.cli.delivery import deliver

    if not words:
        raise ConfigError(f"say what to send: {', '.join(KINDS)}; see wamsg send --help")
    try:
        make, bound, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        # Read apart from the options around it, the kind knows neither them nor where it stands.
        error.command_chain = ("send", *(error.command_chain or ()))
        if isinstance(error, UnknownOptionError):
            error.argument_collection.extend(command.assemble_argument_collection())
        raise
    return deliver(make(*bound.args, **bound.kwargs), options, about)


#: The options around the kinds; what the name ``send`` stands for.
command = app.meta

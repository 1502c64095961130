"""The commands by name, each loaded when it is called, and what becomes of every error."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Group

from wamsg import registry
from wamsg.cli.complaint import sentence
from wamsg.cli.output import NONE_ACCEPTED, STOPPED, USAGE, mute, tell
from wamsg.errors import ConfigError, InvalidMessage, LedgerError, Unsupported, WamsgError

_BROKEN_PIPE = 141
_HELP = """Send WhatsApp messages through business providers.

For instance:
  wamsg demo                                    needs no account
  wamsg send --to +919812340001 text "hello"    to one, or to many
  wamsg broadcast run sale.toml customers.csv --ledger sale.ledger
  wamsg doctor --provider kaleyra               are the settings good?

Settings come from WAMSG_PROVIDER and WAMSG_<PROVIDER>_<SETTING>, or
from ~/.config/wamsg/config.toml; `wamsg doctor` shows which are missing.
"""

_SEND = """Send one message to one or many recipients.

For instance:
  wamsg send --to "+919812340001,+919812340002" text "hello"
  wamsg send image --file sale.png --caption "Today" --to-file list.txt
  wamsg send template order_ready --language en --to +919812340001

Options stand before or after the kind. Write a value that starts with
a dash as --caption=-5%, a text that does behind --. Exit codes: 0 all
accepted, 1 none, 2 wrong input and nothing sent, 4 some rejected,
5 some unknown, 130 stopped by Ctrl-C.
"""

_BROADCAST = """Send to many, and know of each what became of it.

For instance:
  wamsg broadcast run sale.toml customers.csv --ledger sale.ledger
  wamsg broadcast status --ledger sale.ledger
  wamsg broadcast report --ledger sale.ledger --html sale.html

The ledger is a file that remembers everything: a broadcast that was
stopped, or whose process died, goes on with `resume`, and nobody gets
it twice. `wamsg broadcast run --help` tells the exit codes.
"""

_POLL = """Read statuses from a provider that calls nobody back, into a ledger.

For instance:
  wamsg poll --ledger sale.ledger --provider wacr          until Ctrl-C
  wamsg poll --ledger sale.ledger --provider wacr --once   what has changed
  wamsg broadcast run sale.toml customers.csv --ledger sale.ledger \\
      --poll 60                                  while it is sent

Statuses settle the deliveries of the ledger's broadcasts, as those that
come by `wamsg webhooks` do. It makes a few calls a minute, which count
against the account's limit, and goes on where it stood. See
docs/callbacks.md.
"""

_WEBHOOKS = """Receive what a provider calls back, into a ledger, until Ctrl-C.

For instance:
  wamsg webhooks --ledger sale.ledger --provider kaleyra --port 8080
  wamsg broadcast run sale.toml customers.csv --ledger sale.ledger \\
      --callbacks                                in another terminal

Statuses settle the deliveries of the ledger's broadcasts; whoever opts
out is suppressed. Only calls that prove who they are from are taken: set
WAMSG_<PROVIDER>_CALLBACK_SECRET first. See docs/callbacks.md.
"""


def _version() -> str:
    import wamsg

    return wamsg.__version__


#: Name, where its function stands, and its help.
_COMMANDS = (
    ("send", "wamsg.cli.send:command", _SEND),
    ("providers", "wamsg.cli.providers:providers", "List the providers and what each can express."),
    ("doctor", "wamsg.cli.doctor:doctor", "Check settings, then ask the provider whether they are good."),
    ("sandbox", "wamsg.cli.sandbox:sandbox", "Run a local server that answers like the providers."),
    ("broadcast", "wamsg.cli.broadcast.app:app", _BROADCAST),
    ("webhooks", "wamsg.cli.webhooks:webhooks", _WEBHOOKS),
    ("poll", "wamsg.cli.poll:poll", _POLL),
    ("suppress", "wamsg.cli.suppress:app", "Say who must not be messaged by broadcasts."),
    ("demo", "wamsg.cli.demo:demo", "Watch a fan-out and a broadcast that survives its death, on this machine only."),
)
_RESERVED = frozenset(name for name, _, _ in _COMMANDS)
_PROVIDERS = Group("Providers: what they offer beside sending", sort_key=1)


def _app(first: str) -> App:
    """Everything that can be asked for; of the providers only the one that is the ``first`` word is loaded."""
    app = App(
        name="wamsg",
        help=_HELP,
        help_format="plaintext",
        version=_version,
        suppress_keyboard_interrupt=False,
    )
    for name, target, text in _COMMANDS:
        app.command(target, name=name, help=text)
    # A provider that is called like a command of ours stays reachable for sending.
    for name in registry.names():
        if name not in _RESERVED:
            app.command(_provider(name, load=name == first))
    return app


def _provider(name: str, *, load: bool) -> App:
    if not load:
        return App(name=name, help=f"Contacts, templates and whatever else {name} has.", group=_PROVIDERS)
    from wamsg.cli.operations.commands import provider_app

    return provider_app(name, _PROVIDERS)


def run(argv: Sequence[str]) -> int:
    """Carry out ``argv``; every error that a user can mend is one sentence on standard error."""
    words = list(argv)
    try:
        app = _app(words[0] if words else "")
        code = app(words, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError as error:
        return _complain(sentence(error), USAGE)
    except (ConfigError, InvalidMessage, Unsupported, LedgerError) as error:
        return _complain(str(error), USAGE)
    except WamsgError as error:
        return _complain(str(error), NONE_ACCEPTED)
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        mute()
        return _BROKEN_PIPE
    return code if isinstance(code, int) else 0


def _complain(text: str, code: int) -> int:
    tell(text)
    return code

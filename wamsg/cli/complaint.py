"""What the command-line library has to complain about, in one sentence that shows no value: it may be a secret."""

from __future__ import annotations

import difflib
import re

from cyclopts import CycloptsError
from cyclopts.exceptions import (
    CoercionError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

_COMMAND = re.compile(r"[a-z][a-z-]{0,19}")


def sentence(error: CycloptsError) -> str:
    """What to change."""
    if isinstance(error, UnknownOptionError):
        return _unknown_option(error)
    if isinstance(error, UnknownCommandError):
        return _unknown_command(error)
    if isinstance(error, UnusedCliTokensError):
        return "there is an argument too many; a text with spaces goes in quotes, one that starts with a dash behind --"
    if isinstance(error, CoercionError):
        return f"{_name(error)} must be {_wanted(error)}"
    if isinstance(error, RepeatArgumentError):
        return f"{error.token.keyword} is given twice; give it once"
    if isinstance(error, MissingArgumentError):
        what = "needs a value" if error.keyword else "is missing"
        return f"{error.keyword or _name(error)} {what}; see {_help(error)}"
    return f"the command line cannot be read; see {_help(error)}"


def _unknown_option(error: UnknownOptionError) -> str:
    given = (error.token.keyword or error.token.value).partition("=")[0]
    known = [name for argument in error.argument_collection for name in argument.names]
    if not given.startswith("--"):
        return "there is no such option; a text that starts with a dash goes behind --"
    close = difflib.get_close_matches(given, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"see {_help(error)}"
    return f"there is no option {given}; {hint}"


def _unknown_command(error: UnknownCommandError) -> str:
    given = (error.unused_tokens or [""])[0]
    known = [name for name in (error.app or ()) if not name.startswith("-")]
    # A slip such as "--set token SECRET" ends up here as well: only what looks like a command is repeated.
    word = f" {given!r}" if _COMMAND.fullmatch(given) else ""
    close = difflib.get_close_matches(given, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
    return f"there is no such command{word}; {hint}"


def _name(error: CycloptsError) -> str:
    if error.argument is None:
        return "a value"
    # What may be given by its place is shown in capitals, as in the help.
    name = error.argument.name
    return name if error.argument.index is None else name.removeprefix("--").upper()


def _wanted(error: CoercionError) -> str:
    words = {float: "a number", int: "a whole number", bool: "given without a value"}
    return words.get(error.target_type, "of another kind") if error.target_type else "of another kind"


def _help(error: CycloptsError) -> str:
    return f"wamsg {' '.join(error.command_chain or ())} --help".replace("  ", " ")

"""Values as people type them: what a text stands for, by the rule of its argument."""

from __future__ import annotations

import re
from functools import singledispatch
from typing import Any

from wamsg.model import File
from wamsg.operations.rules import Attachment, Flag, Whole

_NUMBER = re.compile(r"-?[0-9]{1,18}")
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


@singledispatch
def typed(rule: Any, text: str) -> object:
    """What ``text`` stands for; a text that stands for nothing is left for the rule's ``check`` to complain about.

    A provider's own rule that takes something other than text has a method ``typed`` of its own.
    """
    own = getattr(rule, "typed", None)
    return text if own is None else own(text)


@typed.register
def _(rule: Whole, text: str) -> object:  # noqa: ARG001 -- the dispatcher's signature
    return int(text) if _NUMBER.fullmatch(text) else text


@typed.register
def _(rule: Flag, text: str) -> object:  # noqa: ARG001 -- the dispatcher's signature
    return _FLAGS.get(text.lower(), text)


@typed.register
def _(rule: Attachment, text: str) -> object:  # noqa: ARG001 -- the dispatcher's signature
    return File.at(text)

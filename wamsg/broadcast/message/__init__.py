"""The message of a broadcast: a document with placeholders, and the content that each recipient gets."""

from __future__ import annotations

from wamsg.broadcast.message.checker import Checker
from wamsg.broadcast.message.placeholder import Values
from wamsg.broadcast.message.preview import describe, examples
from wamsg.broadcast.message.read import read_message
from wamsg.broadcast.message.template import MessageTemplate

__all__ = ["Checker", "MessageTemplate", "Values", "describe", "examples", "read_message"]

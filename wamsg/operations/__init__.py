"""Operations beyond sending: what a declaration says, and everything that is made of it.

A provider declares each operation once, as a typed signature with its facts; the Python surface, plain operations for
`wamsg.Client.call`, the command line, the docs and the tests come from that.
"""

from __future__ import annotations

from wamsg.operations.arguments import KEEP, Argument, At, Items, Keep, Named, Place, Record, Several, Words, rule_of
from wamsg.operations.declaration import Declaration, Evidence, Lane
from wamsg.operations.missing import Missing
from wamsg.operations.pages import Cursors, Numbered, Offset, Page, Paging
from wamsg.operations.request import make, text
from wamsg.operations.result import Done, Result, Unfit, private, teach
from wamsg.operations.rules import Attachment, Choice, Document, Flag, Link, Moment, Phone, Rule, Text, Whole
from wamsg.operations.service import Caller, Reader, Service
from wamsg.operations.surface import Resource, Surface, declarations_of, listing, operation, resources_of
from wamsg.operations.typed import typed
from wamsg.operations.walk import walk

__all__ = [
    "KEEP",
    "Argument",
    "At",
    "Attachment",
    "Caller",
    "Choice",
    "Cursors",
    "Declaration",
    "Document",
    "Done",
    "Evidence",
    "Flag",
    "Items",
    "Keep",
    "Lane",
    "Link",
    "Missing",
    "Moment",
    "Named",
    "Numbered",
    "Offset",
    "Page",
    "Paging",
    "Phone",
    "Place",
    "Reader",
    "Record",
    "Resource",
    "Result",
    "Rule",
    "Service",
    "Several",
    "Surface",
    "Text",
    "Unfit",
    "Whole",
    "Words",
    "declarations_of",
    "listing",
    "make",
    "operation",
    "private",
    "resources_of",
    "rule_of",
    "teach",
    "text",
    "typed",
    "walk",
]

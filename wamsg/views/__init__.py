"""What several providers know, in words that are no provider's: was it sent, what became of it, which templates stand.

A provider implements a view as an inquiry, which asks for operations and awaits nothing; `inquire` carries it out.
"""

from __future__ import annotations

from wamsg.views.approved import ApprovedButton, ApprovedTemplate, HeaderKind, Parameters
from wamsg.views.components import from_components, parameters_of
from wamsg.views.inquiry import Call, Inquiry, inquire
from wamsg.views.lookup import Absent, CannotSay, Finding, Found, Known, Search, Sought
from wamsg.views.misfit import Flaw, Misfit, misfits
from wamsg.views.statuses import StatusList, StatusOrder, StatusPage

__all__ = [
    "Absent",
    "ApprovedButton",
    "ApprovedTemplate",
    "Call",
    "CannotSay",
    "Finding",
    "Flaw",
    "Found",
    "HeaderKind",
    "Inquiry",
    "Known",
    "Misfit",
    "Parameters",
    "Search",
    "Sought",
    "StatusList",
    "StatusOrder",
    "StatusPage",
    "from_components",
    "inquire",
    "misfits",
    "parameters_of",
]

"""What is done for each of the declared operations, all 43."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from wamsg.dialect.served import Call
from wamsg.driver import Answer
from wamsg.providers.wacr.sandbox import account, comments, contacts, labels, messages, otp, sends, templates

HANDLERS: Mapping[str, Callable[[Call], Answer]] = MappingProxyType(
    {
        **account.HANDLERS,
        **comments.HANDLERS,
        **contacts.HANDLERS,
        **labels.HANDLERS,
        **messages.HANDLERS,
        **otp.HANDLERS,
        **sends.HANDLERS,
        **templates.HANDLERS,
    }
)

"""WA.cr's fake server: every operation of the provider, remembered from one request to the next."""

from __future__ import annotations

from wamsg.providers.wacr.sandbox.dialect import WacrSandbox
from wamsg.providers.wacr.sandbox.magic import MAGIC, MISSING_CONTACT, UNDELIVERABLE
from wamsg.providers.wacr.sandbox.tokens import TOKEN, TOKEN_WITHOUT_SENDING

__all__ = ["MAGIC", "MISSING_CONTACT", "TOKEN", "TOKEN_WITHOUT_SENDING", "UNDELIVERABLE", "WacrSandbox"]

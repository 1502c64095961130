"""Tokens: which account, with which scopes, under which plan. Everything stands in the token itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from attrs import frozen

from wamsg.wire import Headers, Request

#: A token with every scope, and one with ``account:read`` alone. docs/sandbox.md tells what can be added to the first.
TOKEN, TOKEN_WITHOUT_SENDING = "sandbox-token", "sandbox-token-read-only"

#: There are nine accounts, as what is remembered of each must be bounded.
_TOKEN = re.compile(r"(?P<account>sandbox-token(?:-[2-9])?)(?::(?P<words>.+))?")
_SCOPE = re.compile(r"[a-z]+:[a-z]+")
_LIMIT = re.compile(r"(?P<name>[a-z_]+)=(?P<count>-1|[0-9]{1,9})")

#: Everything that a plan counts, with the sandbox's own figures; -1 is unlimited, as on
#: https://docs.app.wa.cr/get-plan-limits-28559823e0
LIMITS: Mapping[str, int] = MappingProxyType(
    {"contacts": -1, "conversations": -1, "campaigns": 10, "staff": 5, "api_calls_per_minute": 60}
)
#: Everything that a plan has or lacks.
FEATURES = (
    "whatsapp_templates",
    "bulk_messaging",
    "chatbot",
    "advanced_analytics",
    "api_access",
    "custom_branding",
)
_PLAN: Mapping[str, int] = MappingProxyType({**LIMITS, **dict.fromkeys(FEATURES, 1)})


@frozen(kw_only=True)
class Token:
    """What a token stands for."""

    account: str
    #: None is all of them.
    scopes: frozenset[str] | None = None
    plan: Mapping[str, int] = _PLAN

    def may(self, scope: str | None) -> bool:
        """Whether it is enough for what needs that scope."""
        return scope is None or self.scopes is None or scope in self.scopes


@lru_cache(maxsize=64)
def read_token(text: str) -> Token | None:
    """The token in a text such as ``sandbox-token-2:contacts:read+contacts=10``; None if it is none of ours."""
    if text == TOKEN_WITHOUT_SENDING:
        return Token(account=TOKEN, scopes=frozenset({"account:read"}))
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    words = found["words"].split("+") if found["words"] else []
    scopes = frozenset(word for word in words if _SCOPE.fullmatch(word))
    limits = {limit["name"]: int(limit["count"]) for word in words if (limit := _LIMIT.fullmatch(word))}
    if len(scopes) + len(limits) < len(words) or not limits.keys() <= _PLAN.keys():
        return None
    return Token(account=found["account"], scopes=scopes or None, plan=MappingProxyType({**_PLAN, **limits}))


def bearer(request: Request) -> str:
    """The text of the token, or nothing."""
    scheme, _, token = Headers(request.headers).get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def plan_of(request: Request) -> Mapping[str, int]:
    """The plan of a request that was let in."""
    token = read_token(bearer(request))
    return token.plan if token is not None else _PLAN

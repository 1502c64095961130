"""The fake server's account: who it is, what is used up, what its plan allows."""

from __future__ import annotations

from wamsg.dialect.served import Call
from wamsg.driver import Answer
from wamsg.providers.wacr.sandbox import tables
from wamsg.providers.wacr.sandbox.answers import Data, success, when
from wamsg.providers.wacr.sandbox.messages import conversations
from wamsg.providers.wacr.sandbox.tokens import FEATURES, LIMITS, plan_of


def _info(_call: Call) -> Answer:
    data = {
        "id": 1,
        "name": "Sandbox",
        "subdomain": "sandbox",
        "status": "active",
        "created_at": when(tables.BEGINNING),
        "subscription": {"plan_name": "Free", "plan_id": None, "status": None, "expires_at": None},
    }
    return success(data, "Account information retrieved successfully")


def _usage(call: Call) -> Answer:
    plan = plan_of(call.request)
    counts = {"contacts": len(tables.contacts(call)), "conversations": len(conversations(call)), "campaigns": 0}
    used = {name: _used(count, plan[name]) for name, count in {**counts, "staff": 1}.items()}
    return success(used, "Usage statistics retrieved successfully")


def _used(current: int, limit: int) -> Data:
    unlimited = limit == -1
    return {
        "current": current,
        "limit": limit,
        "remaining": None if unlimited else max(0, limit - current),
        "percentage_used": 0.0 if unlimited else round(min(100.0, 100 * current / limit), 2) if limit else 100.0,
        "is_unlimited": unlimited,
    }


def _limits(call: Call) -> Answer:
    plan = plan_of(call.request)
    limits = {name: {"limit": plan[name], "feature_name": name, "is_unlimited": plan[name] == -1} for name in LIMITS}
    features = {name: plan[name] != 0 for name in FEATURES}
    return success({"limits": limits, "features": features}, "Plan limits retrieved successfully")


HANDLERS = {"account.info": _info, "account.usage": _usage, "account.limits": _limits}

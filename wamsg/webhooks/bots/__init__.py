"""Handlers that answer people: which function is for what, replies, and the 24 hours in which they may go out."""

from __future__ import annotations

from wamsg.webhooks.bots.bot import Bot
from wamsg.webhooks.bots.chat import Chat
from wamsg.webhooks.bots.router import Router
from wamsg.webhooks.bots.window import ServiceWindow, WindowMessenger

__all__ = ["Bot", "Chat", "Router", "ServiceWindow", "WindowMessenger"]

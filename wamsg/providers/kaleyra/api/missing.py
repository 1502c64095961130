"""What Kaleyra's documentation names and does not show; nothing of it is guessed at."""

from __future__ import annotations

from wamsg.operations import Missing

_TITLE = "the page is known by its title alone"
_NO_PAGE = "no page of it was found"

MISSING = (
    Missing(title="delete templates in bulk", why="what it selects by is known, its address is not"),
    Missing(title="template analytics", why=_TITLE),
    Missing(title="one template by its id", why=_NO_PAGE),
    Missing(title="one callback profile by its id; change one, delete one", why=_TITLE),
    Missing(title="list consent records", why="its filters are known, its address is not"),
    Missing(title="add and change numbers", why="what is asked is known; what is answered and must follow is not"),
    Missing(title="verify a number, ask for its code again", why=_TITLE),
    Missing(title="flows: create, change, list, deprecate, migrate, keys", why=_TITLE),
    Missing(title="flows: publish, delete", why="their addresses are known; bodies and answers are not"),
    Missing(title="groups", why=_TITLE),
    Missing(title="voice calls and consent to them", why=_TITLE),
    Missing(title="payments: status, refund", why=_TITLE),
    Missing(title="fetch and delete media", why=_NO_PAGE),
    Missing(title="messages and their status", why=f"{_NO_PAGE}; callbacks tell the status"),
    Missing(title="whether a number is on WhatsApp", why=_NO_PAGE),
)

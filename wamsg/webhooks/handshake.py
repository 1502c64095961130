"""The question that Meta asks once, when an address is registered.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started (verification requests)
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping

from wamsg.errors import ConfigError, NotVerified
from wamsg.settings import Secret

#: What is said back must not be able to mean anything to a browser.
_CHALLENGE = re.compile(r"[\w.-]{1,256}", re.ASCII)


class Handshake:
    """Answers with the challenge if the verify token is right; without a token it answers nobody."""

    def __init__(self, token: Secret | str | None) -> None:
        text = token.reveal() if isinstance(token, Secret) else token
        tokens = [] if text is None else text.split(",")
        if not all(tokens):
            raise ConfigError("verify_token holds an empty token", setting="verify_token")
        self._tokens = [each.encode() for each in tokens]

    @staticmethod
    def is_asked(query: Mapping[str, str]) -> bool:
        """Whether a GET asks it, rather than bringing an event."""
        return "hub.mode" in query

    def answer(self, query: Mapping[str, str]) -> str:
        """The challenge. Raises `NotVerified`."""
        given = query.get("hub.verify_token", "").encode(errors="surrogatepass")
        # A list, not a generator: all are compared, whichever one fits.
        right = any([hmac.compare_digest(token, given) for token in self._tokens])  # noqa: C419 -- see above
        challenge = query.get("hub.challenge", "")
        if not right or query["hub.mode"] != "subscribe" or not _CHALLENGE.fullmatch(challenge):
            raise NotVerified("the verify token is wrong, or the question is not one that is asked")
        return challenge

"""What a provider's documentation names without showing enough of it to be declared."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class Missing:
    """One operation, or a handful that belong together, of which nothing is declared."""

    #: As the provider's documentation calls it.
    title: str
    #: What is not known of it, as the end of a sentence.
    why: str

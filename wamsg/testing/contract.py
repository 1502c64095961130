"""`DriverContract`: the tests that every provider must pass, ours and anyone's.

::

    from wamsg.testing.contract import DriverContract

    class TestMine(DriverContract):
        provider = my_provider.provider

Run it with pytest; it needs the extra ``wamsg[testing]``. A failure says which rule is broken and by what.
"""

from __future__ import annotations

from wamsg.testing.contract_answers import AnswersContract
from wamsg.testing.contract_encode import EncodeContract
from wamsg.testing.contract_inbound import InboundContract
from wamsg.testing.contract_sandbox import SandboxContract
from wamsg.testing.contract_secrets import SecretsContract
from wamsg.testing.contract_settings import SettingsContract
from wamsg.testing.contract_statuses import StatusesContract

__all__ = ["DriverContract"]


class DriverContract(
    SettingsContract,
    SecretsContract,
    EncodeContract,
    AnswersContract,
    SandboxContract,
    InboundContract,
    StatusesContract,
):
    """Everything that wamsg relies on in a provider; a subclass names the `wamsg.driver.Provider` in ``provider``."""

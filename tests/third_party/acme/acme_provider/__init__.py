"""Acme (a company that does not exist): JSON, an API token, images uploaded before they are sent."""

from __future__ import annotations

from acme_provider.config import EXAMPLE, NAME, Settings
from acme_provider.driver import AcmeDriver
from acme_provider.sandbox import AcmeSandbox
from wamsg.driver import Provider

provider = Provider(
    name=NAME,
    title="Acme",
    docs="https://docs.acme.example/",
    settings=Settings,
    driver=AcmeDriver,
    limits={"account": "20/s"},
    sandbox=AcmeSandbox(),
    example=EXAMPLE,
)

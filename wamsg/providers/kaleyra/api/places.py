"""Where Kaleyra's pages are, and the arguments that several resources share."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from wamsg.operations import Offset, Text, Whole

DOCS = "https://developers.kaleyra.io/docs/"
REFERENCE = "https://developers.kaleyra.io/reference/"
#: The pages show paths, arguments and rules; what stands below their sample requests could not be read.
AS_META = "the page's answer could not be read; its fields are those of Meta's API, which Kaleyra passes on"

WabaId: TypeAlias = Annotated[str, Text(64, pattern=r"[A-Za-z0-9_-]+"), "WhatsApp Business Account ID"]

#: https://developers.kaleyra.io/docs/platform-apis-get-callback-profiles-detail, which names 25 as the default.
PAGING = Offset(offset="offset", size="limit")
PageSize: TypeAlias = Annotated[int, Whole(1, 1000), "how many in one request"]
PageStart: TypeAlias = Annotated[int, Whole(0), "how many to pass over"]

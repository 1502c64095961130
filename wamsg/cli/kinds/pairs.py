"""Reading the little notations of the command line: ``id=title``, ``0=text``, and "a link, a path or an id"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, TypedDict

from attrs import frozen
from cyclopts import Parameter

from wamsg.errors import ConfigError
from wamsg.model import Document, Image, Video

#: An option that can be given several times.
Repeated = Parameter(negative=(), show_default=False)
#: Values that may start with a dash: places on the map, and "-" for standard input.
Degrees = Annotated[float, Parameter(allow_leading_hyphen=True)]
Input = Annotated[Path, Parameter(allow_leading_hyphen=True)]


class Source(TypedDict, total=False):
    """One of the three places that media come from."""

    link: str
    id: str
    file: Path


def pair(option: str, text: str, example: str) -> tuple[str, str]:
    """``name=value`` as two texts. Raises `ConfigError`; never shows the text, which may hold a secret."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ConfigError(f"{option} takes {example}", setting=option)
    return name.strip(), value


def pairs(option: str, texts: Sequence[str], example: str) -> dict[str, str]:
    """Every ``name=value``; the same name twice is refused."""
    found: dict[str, str] = {}
    for text in texts:
        name, value = pair(option, text, example)
        if name in found:
            raise ConfigError(f"{option} {name}=.. is given twice; give it once", setting=option)
        found[name] = value
    return found


def numbered(option: str, texts: Sequence[str], example: str) -> list[tuple[int, str]]:
    """Every ``0=value``: the 0-based number of a template's button, and what fills it."""
    found = []
    for text in texts:
        number, value = pair(option, text, example)
        if not (number.isascii() and number.isdigit()):
            raise ConfigError(f"{option} takes {example}; the number counts buttons from 0", setting=option)
        found.append((int(number), value))
    return found


def source(text: str) -> Source:
    """``https://..`` is a link, ``id:..`` a provider's media id, anything else the path of a local file."""
    if text.lower().startswith(("https://", "http://")):
        return {"link": text}
    if text.startswith("id:"):
        return {"id": text.removeprefix("id:")}
    return {"file": Path(text)}


_MEDIA_HELP = "header: a link, the path of a local file, or id:MEDIA_ID"


@Parameter(name="*")
@frozen(kw_only=True)
class HeaderOptions:
    """What stands above the body; at most one of them."""

    text: Annotated[str | None, Parameter(name=["--header", "--header-text"], help="text header")] = None
    image: Annotated[str | None, Parameter(name="--header-image", help=f"image {_MEDIA_HELP}")] = None
    video: Annotated[str | None, Parameter(name="--header-video", help=f"video {_MEDIA_HELP}")] = None
    document: Annotated[str | None, Parameter(name="--header-document", help=f"document {_MEDIA_HELP}")] = None

    def header(self) -> str | Image | Video | Document | None:
        """The one that was given, or None. Raises `ConfigError` for several."""
        makers: dict[str, Callable[[str], str | Image | Video | Document]] = {
            "text": str,
            "image": lambda value: Image(**source(value)),
            "video": lambda value: Video(**source(value)),
            "document": lambda value: Document(**source(value)),
        }
        given = {name: value for name in makers if (value := getattr(self, name)) is not None}
        if len(given) > 1:
            raise ConfigError("give one header: --header, --header-image, --header-video or --header-document")
        return next((makers[name](value) for name, value in given.items()), None)


NO_HEADER = HeaderOptions()

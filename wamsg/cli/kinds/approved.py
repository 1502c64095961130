"""Templates, and content that stands in a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from wamsg.cli.kinds.pairs import NO_HEADER, HeaderOptions, Input, Repeated, numbered, pairs
from wamsg.cli.reading import read_json, read_text, read_toml
from wamsg.codec import content_from_dict
from wamsg.errors import ConfigError
from wamsg.model import Content, CopyCode, QuickReply, Template, TemplateButton, UrlButton


def template(
    name: Annotated[str, Parameter(help="the approved template's name")],
    headers: HeaderOptions = NO_HEADER,
    *,
    language: Annotated[str, Parameter(help="the approved translation, such as en or pt_BR")],
    body: Annotated[tuple[str, ...], Repeated, Parameter(help="value for {{1}}, then {{2}} ..; repeat it")] = (),
    param: Annotated[tuple[str, ...], Repeated, Parameter(help="name=value of a named parameter; repeat it")] = (),
    url_button: Annotated[tuple[str, ...], Repeated, Parameter(help="0=text that ends the first button's URL")] = (),
    quick_reply: Annotated[tuple[str, ...], Repeated, Parameter(help="0=payload of the first button")] = (),
    copy_code: Annotated[tuple[str, ...], Repeated, Parameter(help="0=CODE that the first button copies")] = (),
) -> Template:
    """An approved template.

    wamsg send --to +91.. template order_ready --language en --body Ann --body "42"
    """
    if body and param:
        raise ConfigError("a template's parameters are positional (--body) or named (--param), not both")
    return Template(
        name=name,
        language=language,
        header=headers.header(),
        body=pairs("--param", param, "name=value") if param else body,
        buttons=_buttons(url_button, quick_reply, copy_code),
    )


def _buttons(urls: tuple[str, ...], replies: tuple[str, ...], codes: tuple[str, ...]) -> tuple[TemplateButton, ...]:
    found: list[TemplateButton] = []
    found += [UrlButton(index=index, text=text) for index, text in numbered("--url-button", urls, "0=text")]
    found += [QuickReply(index=index, payload=text) for index, text in numbered("--quick-reply", replies, "0=payload")]
    found += [CopyCode(index=index, code=text) for index, text in numbered("--copy-code", codes, "0=CODE")]
    return tuple(sorted(found, key=lambda button: button.index))


def from_file(
    file: Annotated[Input, Parameter(help="a .json or .toml file, or - for JSON on standard input")],
) -> Content:
    """Any content as JSON or TOML.

    echo '{"type": "text", "body": "hello"}' | wamsg send --to +91.. json -

    Local files that it names are read only from the folder of FILE (of `-`: from the current one) and below.
    """
    if str(file) == "-":
        return content_from_dict(
            read_json(read_text(sys.stdin.buffer, "standard input"), "standard input"), files=Path()
        )
    with_path = read_text(file, str(file))
    document = read_toml(with_path, str(file)) if file.suffix == ".toml" else read_json(with_path, str(file))
    return content_from_dict(document, files=file.parent)

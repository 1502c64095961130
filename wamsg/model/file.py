"""A local file (or bytes) to be sent, looked at once when it is named."""

from __future__ import annotations

import stat
from pathlib import Path

from attrs import field, frozen

from wamsg.errors import InvalidMessage
from wamsg.model.checks import check_line
from wamsg.model.filetype import HEAD, FileType, agree, sniff


@frozen(kw_only=True)
class File:
    """What is to be sent, with the facts that drivers judge it by; build it with `at` or `of`.

    The content is not kept for a path: it is streamed when it is sent, and refused if its size has changed by then.
    """

    name: str
    type: FileType
    #: In bytes.
    size: int
    path: Path | None = None
    data: bytes | None = field(default=None, repr=False)
    #: Nanoseconds since 1970 of the last change, for files at a path.
    modified: int = 0

    @classmethod
    def at(cls, path: str | Path) -> File:
        """The regular file at ``path``; reads its size and its first 4 KiB.

        Raises `InvalidMessage` if it cannot be read, is empty, is of no known type, or is not what its ending says.
        """
        if not isinstance(path, str | Path):
            raise InvalidMessage(f"file must be a path, not {type(path).__name__}", field="file")
        path = Path(path)
        name = check_line("file", path.name)
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):
                raise InvalidMessage(f"{path} is not a file", field="file")
            with path.open("rb") as stream:
                head = stream.read(HEAD)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            if isinstance(error, InvalidMessage):
                raise
            raise InvalidMessage(f"cannot read {path}: {why}", field="file") from error
        kind = _judge(name, head)
        return cls(name=name, type=kind, size=facts.st_size, path=path, modified=facts.st_mtime_ns)

    @classmethod
    def of(cls, data: bytes | bytearray | memoryview, name: str | None = None) -> File:
        """These bytes under ``name``; without a name they are called after what they are, such as ``file.png``."""
        if not isinstance(data, bytes | bytearray | memoryview):
            raise InvalidMessage(f"file data must be bytes, not {type(data).__name__}", field="file")
        data = bytes(data)
        if name is not None:
            check_line("file name", name)
        kind = _judge(name or "", data[:HEAD])
        return cls(name=name or f"file.{kind.extensions[0]}", type=kind, size=len(data), data=data)

    @property
    def extension(self) -> str:
        """The ending in lower case, without the dot."""
        return _extension(self.name)


def as_file(value: object) -> object:
    """Paths, strings and bytes become a `File`; anything else is left for the validator to judge."""
    if isinstance(value, str | Path):
        return File.at(value)
    return File.of(value) if isinstance(value, bytes | bytearray) else value


def _judge(name: str, head: bytes) -> FileType:
    shown = name or "the file"
    if not head:
        raise InvalidMessage(f"{shown} is empty", field="file")
    extension = _extension(name)
    kind = sniff(head, extension)
    if kind is None:
        raise InvalidMessage(f"{shown} is of no type that WhatsApp carries", field="file")
    if extension and not agree(kind, extension):
        raise InvalidMessage(f"{name} is called .{extension} but holds {kind.label}; rename it", field="file")
    return kind


def _extension(name: str) -> str:
    return Path(name).suffix.removeprefix(".").lower()

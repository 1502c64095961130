"""Where a provider's settings come from: argument, then environment, then file; each wrong one is a sentence.

A provider declares an attrs class with `setting`; `resolve` fills it and remembers the source of every value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, NoReturn, TypeVar
from urllib.parse import urlsplit

import attrs
from attrs import frozen

from wamsg.errors import ConfigError
from wamsg.wire import Basic, Bearer, HmacSha256, Scheme, SharedHeader

SettingsT = TypeVar("SettingsT")
_META = "wamsg"
#: A name, or an IPv6 address without its brackets.
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+(?:%[a-z0-9]+)?")


class Secret:
    """A string that no repr, str, f-string or traceback shows; ``reveal()`` gives it.

    It refuses to be pickled: a pickle is a file or a queue in which the secret would stand readable.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(****)"

    def __str__(self) -> str:
        return "****"

    def __format__(self, spec: str) -> str:
        return format("****", spec)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled; read the settings again where they are needed")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: object) -> Secret:
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@frozen
class _About:
    help: str
    secret: bool


def setting(
    help: str,  # noqa: A002 -- reads as documentation at every call
    *,
    secret: bool = False,
    default: Any = attrs.NOTHING,
    converter: Callable[[Any], Any] | None = None,
) -> Any:
    """A field of a settings class.

    ``converter`` gets the value as given (text, from the environment; anything that TOML has, from a file) and raises
    ValueError with a sentence for a wrong one; without it only text is taken. A ``secret`` is checked for line breaks
    and kept as a `Secret`. A ``default`` of None stands for "not given".
    """
    convert = _secret if secret else converter or _text
    return attrs.field(default=default, converter=convert, repr=not secret, metadata={_META: _About(help, secret)})


@frozen
class Setting:
    """What is known of one setting, for help texts and for `doctor`."""

    name: str
    env: str
    help: str
    secret: bool
    required: bool


def settings_of(provider: str, cls: type[Any]) -> tuple[Setting, ...]:
    """The settings that a provider's class declares, in order."""
    return tuple(
        Setting(
            name=item.name,
            env=env_name(provider, item.name),
            help=item.metadata[_META].help,
            secret=item.metadata[_META].secret,
            required=item.default is attrs.NOTHING,
        )
        for item in attrs.fields(cls)
        if _META in item.metadata
    )


def env_name(provider: str, name: str) -> str:
    """The environment variable of a setting, such as ``WAMSG_KALEYRA_API_KEY``."""
    return f"WAMSG_{provider}_{name}".upper().replace("-", "_")


@frozen
class Resolved(Generic[SettingsT]):
    """Settings, and where each came from (``argument``, an environment variable's name, ``file``, ``default``)."""

    values: SettingsT
    sources: Mapping[str, str]


def resolve(
    provider: str,
    cls: type[SettingsT],
    *,
    given: Mapping[str, object],
    environ: Mapping[str, str],
    file: Mapping[str, object] | None = None,
    beside: type[Any] | None = None,
) -> Resolved[SettingsT]:
    """Fill ``cls``: argument before environment before file before default.

    Raises `ConfigError` that names the setting for a missing, unknown or wrong value. None and an empty environment
    variable count as not given. What ``beside`` declares may stand in the same ``file`` and is left to it.
    """
    known = settings_of(provider, cls)
    others = {item.name for item in settings_of(provider, beside)} if beside else set()
    _refuse_unknown(provider, known, [*(name for name in file or {} if name not in others), *given])
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    for item in known:
        value, source = locate(item, given, environ, file or {})
        sources[item.name] = source
        if source != "default":
            values[item.name] = value
        elif item.required:
            message = f"{provider}: {item.name} is missing; pass {item.name}=.. or set {item.env} ({item.help})"
            raise ConfigError(message, setting=item.name)
    return Resolved(_build(provider, cls, values), sources)


def locate(
    item: Setting, given: Mapping[str, object], environ: Mapping[str, str], file: Mapping[str, object]
) -> tuple[object, str]:
    """A setting's value as given, and where that was: ``argument``, the variable's name, ``file`` or ``default``."""
    if given.get(item.name) is not None:
        return given[item.name], "argument"
    if environ.get(item.env):
        return environ[item.env], item.env
    if file.get(item.name) is not None:
        return file[item.name], "file"
    return None, "default"


def _refuse_unknown(provider: str, known: tuple[Setting, ...], names: Iterable[str]) -> None:
    allowed = [item.name for item in known]
    for name in names:
        if name not in allowed:
            message = f"{provider} has no setting {name!r}; it has {', '.join(allowed)}"
            raise ConfigError(message, setting=name)


def _build(provider: str, cls: type[SettingsT], values: Mapping[str, object]) -> SettingsT:
    # One by one, so that the sentence can say which one is wrong.
    for item in attrs.fields(cls):  # type: ignore[arg-type]  # every settings class is an attrs class
        if item.name in values and item.converter is not None:
            try:
                item.converter(values[item.name])
            except (ValueError, TypeError) as error:
                message = f"{provider}: {item.name} {error}; change {env_name(provider, item.name)} or {item.name}=.."
                raise ConfigError(message, setting=item.name) from None
    try:
        return cls(**values)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{provider}: {error}") from None


def _secret(value: object) -> Secret | None:
    # attrs converts defaults too, and None as a default is a secret that need not be given.
    if value is None:
        return None
    return Secret(header_text(value.reveal() if isinstance(value, Secret) else value))


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"must be text, not {type(value).__name__}")


def header_text(value: object) -> str:
    """Text that may stand in a header or an address: printable ASCII without spaces. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {type(value).__name__}")  # noqa: TRY004 -- converters speak ValueError
    if not value:
        raise ValueError("must not be empty")
    if any(character in value for character in "\r\n"):
        raise ValueError("holds a line break")
    if not all(33 <= ord(character) <= 126 for character in value):
        raise ValueError("holds a space or a character outside ASCII")
    return value


def path_segment(value: object) -> str:
    """Text that may be one piece of an address's path: letters, digits, ``-``, ``_``, ``.``. Raises ValueError."""
    text = header_text(value)
    if not all(character.isalnum() or character in "-_." for character in text) or set(text) == {"."}:
        raise ValueError("may hold only letters, digits, '-', '_' and '.'")
    return text


def header_name(value: object) -> str:
    """The name of a header, in lower case (RFC 9110, 5.6.2). Raises ValueError."""
    text = header_text(value)
    if not all(character.isalnum() or character in "!#$%&'*+-.^_`|~" for character in text):
        raise ValueError("may hold only letters, digits and '-'")
    return text.lower()


def base_url(value: object) -> str:
    """An address without trailing slash, query or user; https, or http on loopback. Raises ValueError."""
    text = header_text(value).rstrip("/")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("is not an address") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as https://host.example")
    # Looked for in the text: a lone "?" is no query to urlsplit, yet swallows the path that is added later.
    if any(mark in text for mark in "?#@"):
        raise ValueError("must not hold a user, a query or a fragment")
    if port == 0 or parts.netloc.endswith(":") or not _HOST.fullmatch(parts.hostname):
        raise ValueError("must have a host name or address, and a port from 1 to 65535 if any")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("must start with https:// (http:// only reaches this machine)")
    return text


def choice(*allowed: str) -> Callable[[object], str]:
    """A converter that takes one of ``allowed``, whatever the case."""

    def convert(value: object) -> str:
        if isinstance(value, str) and value.lower() in allowed:
            return value.lower()
        raise ValueError(f"must be one of {', '.join(allowed)}")

    return convert


def _is_loopback(host: str) -> bool:
    import ipaddress

    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_SEVERAL = "; several, separated by commas, while it is changed"


@frozen(kw_only=True)
class CallbackSettings:
    """How callbacks prove where they come from: every secret that is set must be shown, and without any none is taken.

    A provider's own class for `wamsg.driver.Inbound` derives from it.
    """

    callback_token: Secret | None = setting(f"bearer token of callbacks{_SEVERAL}", secret=True, default=None)
    callback_header: str = setting(
        "header of callbacks that holds callback_secret", default="x-callback-secret", converter=header_name
    )
    callback_secret: Secret | None = setting(f"value of callback_header{_SEVERAL}", secret=True, default=None)
    callback_login: Secret | None = setting(
        f"user:password of callbacks with basic authentication{_SEVERAL}", secret=True, default=None
    )
    callback_app_secret: Secret | None = setting(
        f"key of the signature X-Hub-Signature-256 of callbacks{_SEVERAL}", secret=True, default=None
    )

    def schemes(self) -> tuple[Scheme, ...]:
        """What a caller has to prove. Raises `ConfigError` for an empty secret or a login without a colon."""
        if self.callback_login is not None and not all(":" in pair for pair in _pieces(self.callback_login)):
            raise ConfigError("callback_login must be user:password", setting="callback_login")
        made: list[tuple[str, Secret | None, Callable[[list[str]], Scheme]]] = [
            ("callback_token", self.callback_token, Bearer),
            ("callback_secret", self.callback_secret, lambda values: SharedHeader(self.callback_header, values)),
            ("callback_login", self.callback_login, Basic),
            ("callback_app_secret", self.callback_app_secret, HmacSha256),
        ]
        return tuple(_scheme(name, secret, make) for name, secret, make in made if secret is not None)


def _pieces(secret: Secret) -> list[str]:
    return secret.reveal().split(",")


def _scheme(name: str, secret: Secret, make: Callable[[list[str]], Scheme]) -> Scheme:
    try:
        return make(_pieces(secret))
    except ValueError as error:
        raise ConfigError(f"{name} {error}", setting=name) from None

"""The settings of a home: the environment first, then `nightlight.toml` in the home, then the default.

The names are those of `docs/settings.md`; in the file they stand in lower case without the prefix.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

Network = IPv4Network | IPv6Network

KEEP_CONNECTION = 600  # seconds; opening one for each request costs more than most requests

PREFIX = "NIGHTLIGHT_"
_COUNTRY = re.compile(r"[A-Z]{2}")
_ONION = re.compile(r"(?:[a-z0-9-]+\.)*[a-z2-7]{56}\.onion")  # version 3 (rend-spec-v3)
NAMES = (
    "home",
    "database_url",
    "base_url",
    "name",
    "country",
    "email_from",
    "email_url",
    "proxy",
    "dns",
    "rdap",
    "egress_allow",
    "trusted_proxies",
    "clock",
    "limits",
    "onion",
    "lmtp",
)


DATABASE_URLS = "NIGHTLIGHT_DATABASE_URL: use sqlite:///path or postgresql://user:password@host/name"


class ConfigError(ValueError):
    """A setting that can't be used; the message names the setting and what would be right."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where notices leave: one SMTP server."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool


@dataclass(frozen=True, slots=True)
class Config:
    """What an operator settled, typed. `countries[0]` is the hotline's own; more are those it may write to."""

    home: Path
    database_url: str
    base_url: str
    name: str
    countries: tuple[str, ...]
    email_from: str
    mail: MailServer | None
    proxy: str | None
    direct: bool
    dns: str | None
    rdap: str | None
    egress_allow: tuple[Network, ...]
    trusted_proxies: tuple[Network, ...]
    clock: str | None
    limits: bool
    onion: str | None = None
    lmtp: tuple[str, int] | None = None

    @property
    def base_host(self) -> str:
        """The host name of the public address."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def onion_host(self) -> str:
        """The name of the onion service; empty where there is none."""
        return urlsplit(self.onion or "").hostname or ""


def read(environment: Mapping[str, str] = os.environ) -> Config:
    """Reads the settings. Raises ConfigError on the first that can't be used."""
    home = Path(environment.get("NIGHTLIGHT_HOME") or "~/.nightlight").expanduser()
    stored = _file(home / "nightlight.toml")
    values = {name: environment.get(PREFIX + name.upper()) or stored.get(name, "") for name in NAMES}
    base_url = values["base_url"] or "http://localhost:8000"
    base = _address("BASE_URL", base_url, ("http", "https"), "http://host or https://host")
    proxy = values["proxy"] or None
    direct = proxy == "direct"
    if proxy and not direct:
        _address(
            "PROXY", proxy, ("http", "socks5"), "http://host:port, socks5://host:port or the word direct"
        )
    if values["limits"] not in ("", "on", "off"):
        raise ConfigError("NIGHTLIGHT_LIMITS: use on or off")
    return Config(
        home=home,
        database_url=values["database_url"] or f"sqlite:///{home / 'nightlight.sqlite3'}",
        base_url=base_url.rstrip("/"),
        name=values["name"] or "Nightlight",
        countries=_countries(values["country"]),
        email_from=_sender(values["email_from"] or f"hotline@{base.hostname}"),
        mail=_mail(values["email_url"]),
        proxy=None if direct else proxy,
        direct=direct,
        dns=_resolver(values["dns"]),
        rdap=values["rdap"] or None,
        egress_allow=_networks("EGRESS_ALLOW", values["egress_allow"]),
        trusted_proxies=_networks("TRUSTED_PROXIES", values["trusted_proxies"]),
        clock=values["clock"] or None,
        limits=values["limits"] != "off",
        onion=_onion(values["onion"]),
        lmtp=_door(values["lmtp"]),
    )


def database(url: str) -> dict[str, object]:
    """The Django database setting for `sqlite:///PATH` or `postgresql://user:pass@host:port/name?host=DIR`."""
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        raise ConfigError(DATABASE_URLS) from None
    if parts.scheme == "sqlite" and parts.path.strip("/"):
        # Four slashes are an absolute path, three a path from where the command was started.
        path = str(Path(unquote(parts.path)[1:]).absolute())
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "CONN_MAX_AGE": KEEP_CONNECTION,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # recursive_triggers: without it INSERT OR REPLACE slips past the audit triggers.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
            },
        }
    if parts.scheme in ("postgresql", "postgres"):
        options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "CONN_MAX_AGE": KEEP_CONNECTION,
            "CONN_HEALTH_CHECKS": True,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(options.pop("host", "") or parts.hostname or ""),
            "PORT": str(port or options.pop("port", "")),
            "OPTIONS": {name: unquote(value) for name, value in options.items()},
        }
    raise ConfigError(DATABASE_URLS)


def _file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    unknown = sorted(set(content) - set(NAMES))
    if unknown:
        raise ConfigError(f"{path}: unknown setting {unknown[0]!r}; known are {', '.join(NAMES)}")
    return {name: _text(path, name, value) for name, value in content.items()}


def _text(path: Path, name: str, value: object) -> str:
    """A value of the file as the environment would say it: lists with commas, true and false as on and off."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    raise ConfigError(f"{path}: {name} is a text")


def _address(name: str, text: str, schemes: tuple[str, ...], like: str) -> SplitResult:
    """A server as a setting names it, never repeated in the error: it may hold a password. Raises ConfigError."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ConfigError(f"NIGHTLIGHT_{name}: use {like}") from None
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise ConfigError(f"NIGHTLIGHT_{name}: use {like}")
    return parts


def _resolver(text: str) -> str | None:
    try:
        ip_address(text.strip("[]"))  # without a port
    except ValueError:
        if text:
            _address("DNS", f"dns://{text}", ("dns",), "host:port")
    return text or None


def _countries(text: str) -> tuple[str, ...]:
    found = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    if wrong := [each for each in found if not _COUNTRY.fullmatch(each)]:
        raise ConfigError(
            f"NIGHTLIGHT_COUNTRY: {wrong[0]!r} is no country; use two letters each, such as NL,DE"
        )
    return found


def _sender(text: str) -> str:
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", text):
        raise ConfigError("NIGHTLIGHT_EMAIL_FROM: use an e-mail address, such as hotline@hotline.example")
    return text


def _onion(text: str) -> str | None:
    if not text:
        return None
    like = "http:// and the 56 letters of the service, ending in .onion"
    parts = _address("ONION", text, ("http", "https"), like)
    if not _ONION.fullmatch(parts.hostname or "") or parts.path.strip("/") or parts.query:
        raise ConfigError(f"NIGHTLIGHT_ONION: use {like}")
    return f"{parts.scheme}://{parts.netloc}"


def _door(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    parts = _address("LMTP", f"lmtp://{text}", ("lmtp",), "host:port")
    if parts.port is None:
        raise ConfigError("NIGHTLIGHT_LMTP: use host:port")
    return parts.hostname or "", parts.port


def _mail(url: str) -> MailServer | None:
    if not url:
        return None
    parts = _address("EMAIL_URL", url, ("smtp", "smtp+starttls"), "smtp://user:password@host:port")
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or 25,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+starttls",
    )


def _networks(name: str, text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ConfigError(f"NIGHTLIGHT_{name}: {error}") from error

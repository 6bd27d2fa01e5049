"""Whether what a home needs of others answers: mail, resolver, RDAP, egress proxy. Asked with short time-outs."""

import smtplib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from nightlight.accounts import rehearsal
from nightlight.casebook import egress
from nightlight.hosting.bootstrap import Bootstrap, BootstrapError
from nightlight.net.resolve import CannotTell, NoSuchName
from nightlight.server.findings import Finding, missing, ok, warn
from nightlight.work.home import is_rehearsal

SECONDS = 5
NOBODY = "nightlight-doctor.invalid"  # RFC 6761: every resolver that works says that there is no such name


def mail() -> Iterator[Finding]:
    """Greets the mail server, as the sender of notices will; sends nothing."""
    server = settings.NIGHTLIGHT.mail
    if server is None:
        yield missing(
            "mail",
            "no mail server is set: notices stay queued",
            "set NIGHTLIGHT_EMAIL_URL to smtp://user:password@host:port",
        )
        return
    where = f"{server.host}:{server.port}"
    try:
        if is_rehearsal():
            rehearsal.check(settings.NIGHTLIGHT)
        with smtplib.SMTP(server.host, server.port, settings.NIGHTLIGHT.base_host, SECONDS) as connection:
            code, _ = connection.ehlo()
    except rehearsal.RehearsalRefused as error:
        yield missing("mail", str(error), "name a server on this machine")
        return
    except (OSError, smtplib.SMTPException) as error:
        yield missing(
            "mail",
            f"{where} does not answer ({type(error).__name__})",
            "start it, or correct NIGHTLIGHT_EMAIL_URL",
        )
        return
    if code == 250:
        yield ok("mail", f"{where} answers")
    else:
        yield missing("mail", f"{where} refuses our greeting with {code}", "ask whoever runs the mail server")


def resolver() -> Iterator[Finding]:
    """Asks for a name that does not exist: a resolver that works says so."""
    which = settings.NIGHTLIGHT.dns or "the system's resolver"
    try:
        egress.resolver().addresses(NOBODY)
    except NoSuchName:
        yield ok("resolver", f"{which} answers")
    except (CannotTell, OSError, ValueError) as error:
        yield missing("resolver", f"{which}: {error}", "set NIGHTLIGHT_DNS to a host:port that answers")
    else:
        yield warn(
            "resolver",
            f"{which} gives an address for a name that does not exist",
            "pages whose name is gone would look as if they were up: use a resolver that does not rewrite answers",
        )


def rdap() -> Iterator[Finding]:
    """Loads the bootstrap that says which registry knows which network."""
    source = settings.NIGHTLIGHT.rdap
    try:
        loaded = Bootstrap.load(source, egress.fetcher())
    except (BootstrapError, OSError) as error:
        yield missing(
            "rdap",
            f"the bootstrap can't be read: {error}",
            "correct NIGHTLIGHT_RDAP, or let IANA's four files through",
        )
        return
    yield ok("rdap", f"{source or 'IANA'}: {len(loaded.networks)} networks, {len(loaded.origins)} services")


def proxy() -> Iterator[Finding]:
    """The way out: a proxy that listens, or the explicit word `direct`."""
    config = settings.NIGHTLIGHT
    if config.proxy:
        parts = urlsplit(config.proxy)
        where = f"{parts.hostname}:{parts.port or (1080 if parts.scheme == 'socks5' else 80)}"
        try:
            host, _, port = where.rpartition(":")
            socket.create_connection((host, int(port)), timeout=SECONDS).close()
        except OSError as error:
            yield missing(
                "egress",
                f"the proxy {where} does not answer ({type(error).__name__})",
                "start it, or correct NIGHTLIGHT_PROXY",
            )
        else:
            yield ok("egress", f"through {where}")
    elif config.direct:
        yield warn(
            "egress",
            "direct: suspected sites see this machine's address",
            "set NIGHTLIGHT_PROXY, so that they see another and this network stays out of their logs",
        )
    elif is_rehearsal():
        yield warn(
            "egress",
            "no proxy: a rehearsal fetches from documentation networks only",
            "set NIGHTLIGHT_PROXY for the small internet",
        )
    else:
        yield missing(
            "egress", "no way out is set: nothing is fetched", "set NIGHTLIGHT_PROXY, or to the word direct"
        )

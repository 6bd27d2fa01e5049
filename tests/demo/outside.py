"""A clock moved by hand, and a visitor who sees the small internet only from outside."""

import csv
import http.client
import io
import smtplib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import dns.resolver

from nightlight.demo.internet import SmallInternet

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ROBOT = "Nightlight/0.1 (+https://hotline.example/)"


class Clock:
    """Shows the moment it was set to."""

    def __init__(self) -> None:
        self.moment = MONDAY

    def __call__(self) -> datetime:
        return self.moment

    def goes_on(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visitor got."""

    status: int
    text: str
    location: str | None
    body: bytes


class Visitor:
    """Looks at pages as the product does (DNS, then the vetted address through the proxy) and sends mail."""

    def __init__(self, internet: SmallInternet) -> None:
        self.settings = internet.environment()

    def addresses(self, host: str, kind: str = "A", *, tcp: bool = False) -> list[str]:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = (
            ["127.0.0.1"],
            int(self.settings["NIGHTLIGHT_DNS"].split(":")[1]),
        )
        return [record.to_text() for record in resolver.resolve(host, kind, tcp=tcp, lifetime=60)]

    def looks_at(self, url: str, *, agent: str = PERSON, address: str = "") -> Seen:
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.asks_proxy(
            f"http://{address or self.addresses(parts.netloc)[0]}{path}", parts.netloc, agent
        )

    def asks_proxy(self, target: str, host: str, agent: str = PERSON, method: str = "GET") -> Seen:
        proxy = http.client.HTTPConnection(self.proxy, timeout=60)
        try:
            proxy.request(method, target, headers={"Host": host, "User-Agent": agent})
            answer = proxy.getresponse()
            body = answer.read()
        finally:
            proxy.close()
        return Seen(answer.status, body.decode("utf-8", "replace"), answer.headers["Location"], body)

    @property
    def proxy(self) -> str:
        return urlsplit(self.settings["NIGHTLIGHT_PROXY"]).netloc

    def writes(
        self, to: str, *urls: str, link: str = "", message_id: str = "", subject: str = "Notice NL-1"
    ) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "hotline@nightlight-hotline.example", to, subject
        if message_id:
            message["Message-ID"] = message_id
        message.set_content(f"Please remove what the table names.\n\nAnswer here: {link}\n")
        if urls:
            table = io.StringIO(newline="")
            csv.writer(table).writerows([("serial", "url"), *(("NL-1", url) for url in urls)])
            message.add_attachment(table.getvalue(), subtype="csv", filename="addresses.csv")
        with self.post() as server:
            server.send_message(message)

    def post(self) -> smtplib.SMTP:
        parts = urlsplit(self.settings["NIGHTLIGHT_EMAIL_URL"])
        return smtplib.SMTP(parts.hostname or "", parts.port or 0, local_hostname="hotline.test", timeout=60)

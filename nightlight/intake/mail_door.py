"""The mail door: a mail server beside us hands mails over by LMTP (RFC 2033), and each becomes a report.

"250" is said only once the report is durable; until then the mail server keeps the mail and tries again. The same mail
handed over again within a day, because that answer was lost, is the same report. The mail server in front limits who
may send how much; whatever floods come through are held by triage like any other.
"""

import asyncio
import hashlib
import logging
from asyncio import AbstractServer

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections

from nightlight.intake import mail, repeats

log = logging.getLogger(__name__)

CALLER = "mail"  # for which a mail's digest is the key
LATER = "451 4.3.0 Not kept yet; please try again later"


class Lines(LMTP):
    """LMTP that takes lines of any length: what some programs write beyond RFC 5321's 1000 bytes would be refused for
    good, and the report with it. The size of the whole mail is limited all the same."""

    line_length_limit = mail.LARGEST


class Door:
    """What aiosmtpd calls for each mail."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """One answer for each recipient, as LMTP asks; they all stand for one report."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content or "").encode("utf-8", "replace")
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(None, _keep_in_thread, raw, envelope.mail_from or "")
        return "\r\n".join([answer] * max(len(envelope.rcpt_tos), 1))


def keep(raw: bytes, sender: str) -> str:
    """Makes a report of a mail; returns what to answer."""
    try:
        arrived, dropped = mail.report(raw, sender)
        repeats.once(CALLER, hashlib.sha256(raw).hexdigest(), [arrived])
    except Exception as error:
        log.warning("a mail is not kept yet", extra={"error": type(error).__name__})
        return LATER
    return f"250 2.0.0 Kept as a report; {dropped} attachments were not kept" if dropped else "250 2.0.0 Kept"


def _keep_in_thread(raw: bytes, sender: str) -> str:
    close_old_connections()
    try:
        return keep(raw, sender)
    finally:
        close_old_connections()


async def open_door(host: str, port: int) -> AbstractServer:
    """Listens there until the server it returns is closed."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: Lines(Door(), data_size_limit=mail.LARGEST, hostname="nightlight", ident="LMTP"), host, port
    )

"""What people paste where an address is asked for: often a whole mail. Its words are kept, and nothing else of it.

The source of a mail (RFC 5322, RFC 2045) hides its addresses behind quoted-printable and base64, and may carry
pictures. Only its text is read; attachments that are no text are dropped here, before anything is stored.
"""

import re
from email import message_from_string, policy
from email.message import EmailMessage
from html import unescape

MOST_PARTS = 50

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,40}:\s")
_OF_A_MAIL = re.compile(
    r"^(?:MIME-Version|Content-Type|Content-Transfer-Encoding|Received|Return-Path):", re.I | re.M
)
_LINK = re.compile(r"""<(?:a|area)\b[^>]*?\bhref\s*=\s*["']?([^"'>\s]+)[^>]*>""", re.I)
_UNREAD = re.compile(r"<(style|script|head)\b.*?</\1\s*>", re.I | re.S)
_TAG = re.compile(r"<[^>]*>")


def unpacked(text: str) -> str:
    """The text as it is or, where it is the source of a mail, the mail's subject and words."""
    source = text.lstrip("\ufeff \t\r\n")
    head = source.replace("\r\n", "\n").partition("\n\n")[0]
    if not _HEADER.match(source) or not _OF_A_MAIL.search(head):
        return text
    mail = message_from_string(source, policy=policy.default)
    words = [str(mail.get("Subject", "")), *(_words(part) for part in _text_parts(mail))]
    found = "\n".join(filter(None, words))
    return found if found.strip() else text


def _text_parts(mail: EmailMessage) -> list[EmailMessage]:
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    return parts[:MOST_PARTS]


def _words(part: EmailMessage) -> str:
    try:
        content = part.get_content()
    except (LookupError, ValueError):  # a character set or an encoding that nobody knows
        return ""
    if part.get_content_subtype() != "html":
        return str(content)
    shown = _LINK.sub(lambda link: f" {link[1]} ", _UNREAD.sub(" ", str(content)))
    return unescape(_TAG.sub(" ", shown))

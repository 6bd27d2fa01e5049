"""The texts of notices that a manager may put in other words, and how a notice would look with them.

What a notice must hold is article 16(2) of Regulation (EU) 2022/2065: why the content is illegal, where exactly it is,
who writes, and the statement of good faith.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from nightlight.casebook import texts
from nightlight.casebook.texts import Text, Wording
from nightlight.takedown import message
from nightlight.takedown.laws import all_laws, law_named
from nightlight.takedown.models import Notice

MUST = frozenset({"serial", "addresses", "reason", "law", "link", "good_faith", "sender"})
MAY = frozenset({"step", "opening", "preserve"})
RETRACTS = frozenset({"serial", "withdrawn", "addresses", "sender"})
_PAGE = message.Page("https://example.example/a/17", datetime(2026, 1, 5, 9, tzinfo=UTC), None)


def register() -> None:
    """Called once, when Django starts."""
    texts.register(_all())


def preview(key: str, words: str) -> str:
    """A notice about a made-up address with these words in place of the text `key`."""
    step, role, law = Notice.Step.NOTICE, Notice.Role.HOST, all_laws()[-1]
    last = key.split(".")[-1]
    if key.startswith("law."):
        law = law_named(key.split(".")[1])
    elif key in ("notice.retraction", "notice.withdrawn"):
        step = Notice.Step.RETRACTION
    elif last in Notice.Step.values:
        step = Notice.Step(last)
    elif last in Notice.Role.values:
        role = Notice.Role(last)
    notice = Notice(serial="N-2026-0001", role=role, step=step, law=law.id)
    config, held = settings.NIGHTLIGHT, Wording({key: words})
    sender = message.Sender(config.name, config.email_from, config.base_host)
    link = f"{config.base_url}/notice/…/"
    subject = f"[{notice.serial}] {held.of(f'notice.subject.{step}')} (1)"
    return f"{subject}\n\n{message.body(notice, [_PAGE], law, sender=sender, link=link, words=held)}"


def _all() -> Iterator[Text]:
    yield Text(
        "notice.body", _("A notice and its reminders, as a whole"), message.BODY, MUST, MAY, preview=preview
    )
    yield Text(
        "notice.retraction", _("A retraction, as a whole"), message.RETRACTION, RETRACTS, preview=preview
    )
    for step in Notice.Step:
        label = format_lazy("{}: {}", _("Subject"), step.label)
        built_in = message.SUBJECTS[step]
        yield Text(f"notice.subject.{step}", label, built_in, one_line=True, preview=preview)
    for role in Notice.Role:
        label = format_lazy("{}: {}", _("Opening, to"), role.label)
        yield Text(f"notice.opening.{role}", label, message.OPENING[role], preview=preview)
    for step in Notice.Step:
        if built_in := message.STEPS[step]:
            label = format_lazy("{}: {}", _("First words"), step.label)
            yield Text(f"notice.step.{step}", label, built_in, preview=preview)
    yield Text("notice.reason", _("Why the content is illegal"), message.REASON, preview=preview)
    yield Text("notice.good_faith", _("Statement of good faith"), message.GOOD_FAITH, preview=preview)
    yield Text("notice.withdrawn", _("That a notice is withdrawn"), message.WITHDRAWN, preview=preview)
    for law in all_laws():
        label = format_lazy("{}: {}", _("Law"), law.id)
        yield Text(f"law.{law.id}", label, law.text, preview=preview)
        if law.preserve:
            label = format_lazy("{}: {}", _("Please preserve"), law.id)
            yield Text(f"law.{law.id}.preserve", label, law.preserve, preview=preview)

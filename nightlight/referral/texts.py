"""The texts of the mail that tells an authority of a referral: its number and where to sign in, no facts."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from nightlight.casebook import texts
from nightlight.casebook.texts import Text, filled
from nightlight.referral.models import Message
from nightlight.referral.tell import BODIES, SUBJECTS


def register() -> None:
    """Called once, when Django starts."""
    texts.register(_all())


def preview(key: str, words: str) -> str:
    """The words with a made-up referral."""
    config = settings.NIGHTLIGHT
    values = {"number": "R-2026-0001", "link": f"{config.base_url}/desk/referrals/"}
    return f"{filled(words, values)}\n\n{config.name}\n"


def _all() -> Iterator[Text]:
    for kind in Message.Kind:
        number = frozenset({"number"})
        label = format_lazy("{}: {}", _("Referral, subject"), kind.label)
        yield Text(f"referral.subject.{kind}", label, SUBJECTS[kind], number, one_line=True, preview=preview)
        label = format_lazy("{}: {}", _("Referral, mail"), kind.label)
        yield Text(f"referral.body.{kind}", label, BODIES[kind], number | {"link"}, preview=preview)

"""Good news from the casebook: pages that a person confirmed and that are gone."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from nightlight.accounts.models import Person
from nightlight.casebook import good_news
from nightlight.casebook.good_news import News
from nightlight.casebook.words import State

MOST = 100


def register() -> None:
    """Called once, when Django starts."""
    good_news.register("gone", _gone)


def _gone(person: Person, since: datetime) -> Iterator[News]:
    gone = good_news.confirmed_by(person).filter(state=State.GONE, gone_at__gte=since).order_by("-gone_at")
    for case, at, confirmed in gone.values_list("pk", "gone_at", "by_you")[:MOST]:
        words = _("The page you confirmed on %(day)s is gone.") % {"day": good_news.on_the_day(confirmed)}
        yield News(case, at, words)

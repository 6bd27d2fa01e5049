"""Good news from police and child protection, where whoever recorded it said that it may be told."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nightlight.accounts.models import Person
from nightlight.casebook import good_news
from nightlight.casebook.good_news import News
from nightlight.referral.models import Outcome, What

MOST = 100

TOLD: dict[str, Promise] = {
    What.CHILD_SAFEGUARDED: _("In a case you confirmed on %(day)s a child is safe now."),
    What.CHILD_IDENTIFIED: _("In a case you confirmed on %(day)s a child was found."),
    What.ARREST: _("In a case you confirmed on %(day)s police made an arrest."),
    What.SUSPECT_IDENTIFIED: _("In a case you confirmed on %(day)s police know whom to ask."),
}


def register() -> None:
    """Called once, when Django starts."""
    good_news.register("outcomes", _outcomes)


def _outcomes(person: Person, since: datetime) -> Iterator[News]:
    mine = good_news.confirmed_by(person)
    found = Outcome.objects.filter(
        tellable=True, what__in=list(TOLD), at__gte=since, case__in=mine.values("pk")
    )
    rows = list(found.order_by("-at")[:MOST])
    days = dict(mine.filter(pk__in=[row.case_id for row in rows]).values_list("pk", "by_you"))
    for row in rows:
        yield News(row.case_id, row.at, TOLD[row.what] % {"day": good_news.on_the_day(days[row.case_id])})

"""The plain recount of domains, files, lists, notices, referrals, corrections and second looks: each asked of the
records as they stood before a moment."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate

from nightlight.assess.agreement import sample
from nightlight.casebook.models import Assessment, Case, Media
from nightlight.casebook.words import Outcome
from nightlight.referral.models import Referral
from nightlight.sharing.models import Change
from nightlight.stats import dated, entries, files
from nightlight.stats.cells import Cell, day_of
from nightlight.stats.ledger_models import Domain
from nightlight.takedown.models import Notice


def count(found: Counter[Cell], end: datetime) -> None:
    """Adds every cell of these tables, as known before `end`."""
    final = Assessment.objects.filter(is_final=True, at__lt=end)
    _domains(found, final)
    _files(found, final)
    for day, role, step, n in _by_day(Notice.objects.filter(sent_at__lt=end), "sent_at", "role", "step"):
        found["notices", day, role, step, ""] += n
    corrected = Assessment.objects.filter(role__in=dated.CORRECTIONS, at__lt=end)
    for day, role, n in _by_day(corrected, "at", "role"):
        found["corrections", day, role, "", ""] += n
    for day, name, op, n in _by_day(Change.objects.filter(at__lt=end), "at", "list_name", "op"):
        found["list", day, name, entries.PUT_ON if op == Change.Op.PUT else entries.TAKEN_OFF, ""] += n
    for step in dated.REFERRED:
        done = Referral.objects.filter(**{"prepared_at__lt": end, f"{step}_at__lt": end})
        for day, to, n in _by_day(done, "prepared_at", "to"):
            found["referrals", day, to, step, ""] += n
    for first, second in sample()[0]:
        if second.at < end:
            found.update(dated.agreed(first, second))


def _by_day(rows: "QuerySet[Any]", moment: str, *columns: str) -> "QuerySet[Any]":
    """How many rows there are of each day and each value of these columns."""
    days = rows.order_by().annotate(on=TruncDate(moment, tzinfo=UTC))
    found: QuerySet[Any] = days.values_list("on", *columns).annotate(n=Count("pk"))
    return found


def _domains(found: Counter[Cell], final: "QuerySet[Assessment]") -> None:
    newest = final.filter(case=OuterRef("pk")).order_by("-at", "-pk").values("outcome")[:1]
    first = Min("assessments__at", filter=Q(assessments__in=final, assessments__outcome=Outcome.CONFIRMED))
    standing = Case.objects.exclude(location=None).annotate(stands=Subquery(newest))
    rows = standing.filter(stands=Outcome.CONFIRMED).annotate(on=first)
    numbers = dict(Domain.objects.values_list("domain_index", "pk"))
    for at, tld, digest in rows.values_list("on", "location__tld", "location__domain_index"):
        found["domain", day_of(at), tld, str(numbers.get(digest, digest[:32])), ""] += 1


def _files(found: Counter[Cell], final: "QuerySet[Assessment]") -> None:
    later = final.filter(case=OuterRef("case"), at__gt=OuterRef("at"))
    standing = final.filter(~Exists(later), outcome=Outcome.CONFIRMED)
    rows = Media.objects.filter(assessments__in=standing).annotate(on=Min("assessments__at"))
    for at, mime in rows.values_list("on", "mime"):
        found["file", day_of(at), files.kind_of(mime), "", ""] += 1

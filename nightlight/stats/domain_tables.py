"""Unique domains and their endings, told from keyed digests: no address is opened (T15).

Of cases of our own only: what an imported line is about is sealed whole.
"""

from datetime import UTC, datetime, time

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery

from nightlight.casebook.models import Assessment, Case
from nightlight.casebook.words import Outcome
from nightlight.stats import measures, records
from nightlight.stats.books import Books, Rows

TOP = 10
REST = "other"


def endings(books: Books) -> Rows:
    """The commonest endings of confirmed pages, with how many pages and how many different domains."""
    final = Assessment.objects.filter(is_final=True, at__lt=records.end_of(books.as_of))
    newest = final.filter(case=OuterRef("pk")).order_by("-at", "-pk").values("outcome")[:1]
    right = final.filter(case=OuterRef("pk"), outcome=Outcome.CONFIRMED)
    rows = (
        Case.objects.exclude(location=None)
        .filter(Exists(right))
        .annotate(
            stands=Subquery(newest),
            on=Min(
                "assessments__at",
                filter=Q(assessments__is_final=True, assessments__outcome=Outcome.CONFIRMED),
            ),
        )
        .filter(stands=Outcome.CONFIRMED, on__lt=records.end_of(books.last or books.as_of))
    )
    if books.first:
        rows = rows.filter(on__gte=datetime.combine(books.first, time(), UTC))
    counted = (
        Case.objects.filter(pk__in=rows.values("pk"))
        .order_by()
        .values_list("location__tld")
        .annotate(pages=Count("pk"), domains=Count("domain_index", distinct=True))
    )
    found = sorted(counted, key=lambda row: (-row[1], row[0]))
    shown = [*found[:TOP]]
    if len(found) > TOP:
        shown.append((REST, *(sum(row[place] for row in found[TOP:]) for place in (1, 2))))
    whole = sum(pages for _tld, pages, _domains in found)
    return [
        {"tld": tld or "none", "domains": domains, "count": pages, "share": measures.share(pages, whole)}
        for tld, pages, domains in shown
    ]

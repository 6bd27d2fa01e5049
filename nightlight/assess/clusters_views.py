"""The page of clusters: which cases that are to be decided are alike, so that one decision can serve many."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.assess import clusters, queue
from nightlight.assess.clusters import By, Cluster

MOST_PAGES = 500
LABELS: dict[By, str | Promise] = {
    By.SAME: _("The same media"),
    By.NEAR: _("Nearly the same media"),
    By.HOST: _("The same host"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A cluster as the page shows it: `rows` are cases of the queue, none of their media."""

    cluster: Cluster
    rows: tuple[queue.Row, ...]

    @property
    def more(self) -> int:
        """How many of its cases are not named."""
        return self.cluster.size - len(self.rows)


@allow(Permission.CASE_ASSESS)
@require_GET
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """Clusters of one kind, the largest first."""
    by = next((each for each in By if each == request.GET.get("by")), By.SAME)
    number = _number(request.GET.get("page", ""))
    found, more = clusters.page(by, number)
    rows = {
        row.case.pk: row for row in queue.rows([pk for each in found for pk in each.cases], person(request))
    }
    words = {
        "by": by,
        "kinds": [(each, LABELS[each]) for each in By],
        "lines": [Line(each, tuple(rows[pk] for pk in each.cases if pk in rows)) for each in found],
        "at_once": clusters.AT_ONCE,
        "next": number + 1 if more and number < MOST_PAGES else None,
    }
    return render(request, "assess/clusters.html", words)


def _number(text: str) -> int:
    return min(int(text), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 6 else 1

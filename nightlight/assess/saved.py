"""Saved views: a person's own names for ways to see the queue."""

import json
from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.assess import filters
from nightlight.assess.decision import Refused
from nightlight.assess.filters import Filters
from nightlight.assess.models import SavedView
from nightlight.audit import log
from nightlight.work import clock

MOST = 20
LONGEST_NAME = 60


@transaction.atomic
def save(by: Person, name: str, chosen: Filters, domain: str = "") -> SavedView:
    """Keeps a view under a name; the same name again replaces it. `domain` is the site in clear, sealed here: its
    digest would be worth nothing after the index keys rotate. Raises Refused."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused("name", f"a view needs a name of at most {LONGEST_NAME} letters")
    Person.objects.select_for_update().get(pk=by.pk)  # of two savings of one person, one after the other
    mine = views_of(by)
    view = next((each for each in mine if each.name == name), None)
    if view is None and len(mine) >= MOST:
        raise Refused("name", f"you have {MOST} views; delete one first")
    view = view or SavedView(by=by)
    view.name, view.at = name, clock.now()
    view.filters = json.dumps({**asdict(chosen), "domain": domain})
    view.save()
    log.record("assess.view_saved", by=by, about=view)
    return view


@transaction.atomic
def delete(by: Person, view_id: UUID) -> None:
    """Forgets a view of this person; nothing happens if it is another's."""
    if SavedView.objects.filter(pk=view_id, by=by).delete()[0]:
        log.record("assess.view_deleted", by=by, rows=[str(view_id)])


def views_of(person: Person) -> list[SavedView]:
    """A person's views, by name."""
    return sorted(SavedView.objects.filter(by=person), key=lambda view: view.name.casefold())


def chosen(view: SavedView) -> Filters:
    """What a view shows, with the digest of its site as the keys make it today."""
    kept = json.loads(view.filters)
    return filters.read({**kept, "domain": filters.domain_digest(kept["domain"]) if kept["domain"] else ""})

"""The records that a few tables read row by row: answers about children whom cases know, looks at media, appeals."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from nightlight.accounts.models import Person
from nightlight.assess.models import Appeal, Sight
from nightlight.casebook.models import Case, Child, Media
from nightlight.referral.models import Outcome
from nightlight.stats.children import OF_CHILDREN
from nightlight.stats.ledger_models import Mark
from nightlight.work.ids import new_id

AT_ONCE = 5000
PEOPLE, LOOKS = 40, 70  # who look, and how often each does in a day: once for each of 2,740 cases
KEPT = 35  # days after which looks are forgotten
APPEALS = 2000


def fill(answers: int, first: date, last: date) -> None:
    """Writes them; each answer about a case and a child of its own. What they add to the ledger counts for nothing
    here, so they are not counted."""
    random = Random(2)  # noqa: S311 - not a secret
    people = [
        Person.objects.create_user(f"p{n}@hotline.test", None, roles=["analyst"]) for n in range(PEOPLE)
    ]
    for start in range(0, answers, AT_ONCE):
        _answers(random, people[0], min(AT_ONCE, answers - start), first, last)
    _looks(people, last)
    case = Case.objects.first() or Case.objects.create(**_case(_at(first)))
    Appeal.objects.bulk_create(
        Appeal(case=case, received_at=_at(first) + timedelta(days=n % 900), reference_digest=f"{n:064x}")
        for n in range(APPEALS)
    )
    Mark.objects.all().delete()


def _answers(random: Random, by: Person, count: int, first: date, last: date) -> None:
    days = [first + timedelta(days=random.randrange((last - first).days)) for _ in range(count)]
    cases = Case.objects.bulk_create(Case(**_case(_at(day))) for day in days)
    children = Child.objects.bulk_create(
        Child(label=f"C-{new_id().hex[:29]}", created_at=_at(day)) for day in days
    )
    tied = Case.children.through
    tied.objects.bulk_create(
        tied(case=case, child=child) for case, child in zip(cases, children, strict=True)
    )
    Outcome.objects.bulk_create(
        Outcome(case=case, day=day, what=random.choice(OF_CHILDREN), by=by, at=_at(day))
        for case, day in zip(cases, days, strict=True)
    )


def _case(at: datetime) -> dict[str, object]:
    return {"kind": "material", "priority": 5, "received_at": at, "changed_at": at, "state": "confirmed"}


def _looks(people: list[Person], last: date) -> None:
    case = Case.objects.create(**_case(_at(last)))
    media = Media.objects.create(sha256="0" * 64, mime="image/png", first_seen=_at(last))
    for back in range(KEPT):
        morning = _at(last - timedelta(days=back))
        Sight.objects.bulk_create(
            Sight(person=person, case=case, media=media, at=morning + timedelta(minutes=n))
            for person in people
            for n in range(LOOKS)
        )


def _at(day: date) -> datetime:
    return datetime.combine(day, time(8), UTC)

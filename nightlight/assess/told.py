"""Who was told what a look found, and so takes no look in that round any more."""

from nightlight.accounts.models import Person
from nightlight.assess.told_models import ToldLook
from nightlight.audit import log
from nightlight.casebook.models import Assessment, Case
from nightlight.work import clock


def knows(person: Person, look: Assessment) -> bool:
    """Whether this person was told what a look of this look's round found."""
    return ToldLook.objects.filter(
        case=look.case_id, episode=look.episode, round=look.round, person=person
    ).exists()


def tell(person: Person, case: Case) -> None:
    """Writes down that they are told, in the caller's transaction."""
    number = 1 + Assessment.objects.filter(case=case, is_final=True).count()
    row, new = ToldLook.objects.get_or_create(
        case=case, episode=case.episode, round=number, person=person, defaults={"at": clock.now()}
    )
    if new:
        log.record("assess.told", by=person, about=case, round=row.round)

"""What stands on the office's page: every place of administration, by what it is for, with how it stands where that
costs one question."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nightlight.accounts import mandate
from nightlight.accounts.models import Handed, Person
from nightlight.accounts.permissions import Permission
from nightlight.casebook import retention
from nightlight.casebook.models import Hold, MessageText
from nightlight.intake.models import ContactRequest
from nightlight.work import clock
from nightlight.work.models import Work

P, L = Permission, gettext_lazy


@dataclass(frozen=True, slots=True)
class Door:
    """A page of administration: its name, where it is, who may enter, what it is for, and how things stand there."""

    label: Promise
    path: str
    permission: Permission
    says: Promise
    state: Callable[[Person], str] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Doors that belong together."""

    label: Promise
    doors: tuple[Door, ...]


def sections_for(person: Person) -> Iterator[tuple[Promise, list[tuple[Door, str]]]]:
    """The sections with the doors this person may enter, each with how it stands."""
    for section in SECTIONS:
        doors = [door for door in section.doors if person.may(door.permission)]
        if doors:
            yield section.label, [(door, door.state(person) if door.state else "") for door in doors]


def _open(person: Person) -> str:
    return _("%(n)d of %(all)d open") % {"n": len(mandate.opened()), "all": len(mandate.Switch)}


def _holds(person: Person) -> str:
    count = Hold.objects.filter(lifted_at=None, until__gt=clock.now()).count()
    return ngettext("%(n)d active", "%(n)d active", count) % {"n": count}


def _contacts(person: Person) -> str:
    count = ContactRequest.objects.filter(state=ContactRequest.State.ASKED).count()
    return _waiting(count)


def _duties(person: Person) -> str:
    mine = Handed.objects.filter(to=person, done_at=None).count()
    loose = Handed.objects.filter(to=None, done_at=None).count() if person.may(P.PEOPLE_MANAGE) else 0
    return _waiting(mine + loose)


def _texts(person: Person) -> str:
    count = MessageText.objects.filter(ended_at=None).count()
    return ngettext("%(n)d changed", "%(n)d changed", count) % {"n": count} if count else _("built in")


def _rules(person: Person) -> str:
    count = retention.live_rules().count()
    return ngettext("%(n)d rule", "%(n)d rules", count) % {"n": count} if count else _("off: no rule yet")


def _dead(person: Person) -> str:
    count = Work.objects.filter(state=Work.State.DEAD).count()
    return ngettext("%(n)d needs a person", "%(n)d need a person", count) % {"n": count} if count else ""


def _waiting(count: int) -> str:
    return ngettext("%(n)d waits", "%(n)d wait", count) % {"n": count} if count else _("nothing waits")


SECTIONS: tuple[Section, ...] = (
    Section(
        L("The right to act"),
        (
            Door(
                L("Mandate"),
                "/desk/mandate/",
                P.MANDATE_RECORD,
                L("What this hotline may do, and by what right."),
                _open,
            ),
            Door(
                L("Checklist of the mandate"),
                "/desk/office/checklist/",
                P.SETTINGS_READ,
                L("Everything that must be settled, to print and sign."),
            ),
            Door(L("Routes"), "/desk/routes/", P.ROUTE_MANAGE, L("Whom to tell in which country.")),
            Door(
                L("Police holds"),
                "/desk/holds/",
                P.CASE_HOLD,
                L("What police asked to hold back, and until when."),
                _holds,
            ),
            Door(
                L("Settings"),
                "/desk/settings/",
                P.SETTINGS_READ,
                L("Every switch, how it stands, and what happens without it."),
            ),
        ),
    ),
    Section(
        L("People"),
        (
            Door(
                L("People and tokens"),
                "/desk/people/",
                P.PEOPLE_MANAGE,
                L("Who works here, with which roles; somebody leaves."),
            ),
            Door(L("Rota"), "/desk/rota/", P.ROTA_SET, L("Who is on duty for urgent reports, and when.")),
            Door(
                L("Handed over"),
                "/desk/duties/",
                P.MATRIX_READ,
                L("What somebody who left had open and is yours now."),
                _duties,
            ),
            Door(
                L("Who may do what"), "/desk/matrix/", P.MATRIX_READ, L("The one table that every page asks.")
            ),
            Door(
                L("Networks"),
                "/desk/networks/",
                P.NETWORK_MANAGE,
                L("Where desk tokens work from, and media are shown."),
            ),
            Door(L("Devices"), "/desk/devices/", P.NETWORK_MANAGE, L("The machines media are shown on.")),
            Door(
                L("Limits of care"),
                "/desk/wellbeing/limits/",
                P.CARE_SET,
                L("How long anybody sees material, and that it is kept."),
            ),
        ),
    ),
    Section(
        L("Texts and records"),
        (
            Door(
                L("Message texts"),
                "/desk/texts/",
                P.TEXT_MANAGE,
                L("The words of notices and other mail, by country and language."),
                _texts,
            ),
            Door(
                L("How long contents are kept"),
                "/desk/retention/",
                P.RETENTION_MANAGE,
                L("Rules by kind and country, and what they erased."),
                _rules,
            ),
            Door(
                L("Record of processing"),
                "/desk/office/processing/",
                P.SETTINGS_READ,
                L("GDPR article 30, to print."),
            ),
            Door(
                L("Classification schemes"),
                "/desk/schemes/",
                P.GRADING_MANAGE,
                L("What the desk grades by, and what a grade becomes in another scheme."),
            ),
            Door(
                L("Second looks"),
                "/desk/second-look/",
                P.GRADING_MANAGE,
                L("What asks for a second look beyond the default."),
            ),
            Door(
                L("Time to undo"),
                "/desk/together/time/",
                P.GRADING_MANAGE,
                L("How long a decision for many cases can be undone."),
            ),
            Door(
                L("Agreement"),
                "/desk/agreement/",
                P.GRADING_MANAGE,
                L("How far first and second looks agree. It is about nobody in particular."),
            ),
            Door(L("Training"), "/desk/training/", P.CASE_ASSESS, L("Drawn shapes to practise grading on.")),
            Door(L("Members"), "/desk/members/", P.SHARING_MANAGE, L("Who takes our lists.")),
            Door(
                L("Editions"),
                "/desk/editions/",
                P.STATS_PUBLISH,
                L("Freeze and sign the numbers of a period, for everyone."),
            ),
            Door(
                L("Design"),
                "/desk/design/",
                P.MATRIX_READ,
                L("What our pages are made of, by day and by night."),
            ),
        ),
    ),
    Section(
        L("Looking over our shoulder"),
        (
            Door(
                L("Review"),
                "/desk/review/",
                P.AUDIT_REVIEW,
                L("Reveals, searches, exports and identity reads, for somebody outside the desk."),
            ),
            Door(
                L("Contacts to approve"),
                "/desk/contacts/approvals/",
                P.REPORTER_APPROVE,
                L("Whether a reporter's contact may be read."),
                _contacts,
            ),
            Door(
                L("Contacts you asked for"),
                "/desk/contacts/",
                P.REPORTER_READ,
                L("What you asked to read, and how it was answered."),
            ),
            Door(L("Log"), "/desk/audit/", P.AUDIT_READ, L("Everything that anybody did.")),
            Door(
                L("Due work"),
                "/desk/work/",
                P.WORK_READ,
                L("What must still happen, and what failed."),
                _dead,
            ),
        ),
    ),
)

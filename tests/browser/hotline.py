"""A hotline in the middle of a day, as its own verbs leave it: what the pages of the desk have to show.

Shapes, neutral words and reserved names only; no media exist, only the digests of made-up bytes.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.test import Client

from nightlight.accounts import networks, tokens
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Role
from nightlight.assess import appeal, verbs
from nightlight.assess.appeal_models import Appeal
from nightlight.assess.decision import Decision
from nightlight.audit.sequencer import sequence_once
from nightlight.casebook.models import Case
from nightlight.casebook.words import Age, MadeBy, Outcome, ReportKind, Severity, Sex, SiteType
from nightlight.fingerprint import digests
from nightlight.intake import verbs as intake
from nightlight.referral import verbs as referral
from nightlight.takedown import desk, packing
from nightlight.takedown import verbs as takedown
from nightlight.takedown.models import Notice, Route
from nightlight.triage import verbs as triage
from nightlight.triage.flood_models import Flood
from nightlight.triage.models import Alarm, Reading
from nightlight.triage.reading import Seen, Shown
from nightlight.triage.weighing import MOST
from nightlight.work import clock
from nightlight.work.models import Work
from tests.takedown.conftest import look
from tests.takedown.small_web import traced

PASSWORD = "correct horse battery"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
K = ReportKind

# The pages of the desk that need nothing to be open, and those about oneself.
PAGES = tuple(
    f"/desk/{name}"
    for name in (
        "",
        "?order=clock&kind=material",
        "together/",
        "alike/",
        "waiting/",
        "search/",
        "alarms/",
        "calls/",
        "floods/",
        "appeals/",
        "referrals/",
        "members/",
        "notices/",
        "routes/",
        "work/",
        "audit/",
        "rota/",
        "mandate/",
        "people/",
        "networks/",
        "devices/",
        "wellbeing/",
        "wellbeing/limits/",
        "matrix/",
        "overview/",
        "editions/",
        "office/",
        "office/checklist/",
        "office/processing/",
        "design/",
        "settings/",
        "texts/",
        "texts/notice.body/",
        "retention/",
        "review/",
        "duties/",
        "holds/",
        "contacts/",
        "contacts/approvals/",
        "schemes/",
        "second-look/",
        "together/time/",
        "agreement/",
        "training/1/",
    )
)
OWN = tuple(f"/desk/account/{name}" for name in ("", "logout/", "password/change/"))


@dataclass(frozen=True, slots=True)
class Day:
    """The people of this hotline and what is before them. `provider` is the path of a notice's page."""

    mira: Person  # an analyst
    jonas: Person  # another, so that there is a second look
    ada: Person  # has every role, so that she sees every page
    open: Case
    second: Case
    noticed: Case
    waiting: Case
    appeal: Appeal
    reference: str
    provider: str


def person(name: str, *roles: Role) -> Person:
    """Somebody who works here; the address follows from the name."""
    email = f"{name.split()[0].lower()}@hotline.test"
    return Person.objects.create_user(email, PASSWORD, name=name, roles=list(roles))


def everyone(name: str = "Ada Brandt") -> Person:
    """Somebody with every role a person can have, so that they see every page."""
    return person(name, *[role for role in Role if role != Role.MEMBER])


def session(who: Person) -> str:
    """The value of a session cookie of theirs, as signing in would give it."""
    client = Client()
    client.force_login(who, backend=BACKEND)
    return client.cookies["session"].value


def reported(
    address: str = "", kind: ReportKind = K.MATERIAL, text: str = "", *, now: bool = False, times: int = 1
) -> Case:
    """A case as triage opens it from so many reports, some minutes after the one before."""
    for _ in range(times):
        clock.run(clock.now() + timedelta(minutes=7), None)
        sent = intake.receive(kind, urls=[address] if address else [], text=text, happening_now=now)
        sorted_ = triage.sort(sent.report.pk)
    found = (sorted_.opened + sorted_.merged)[0]
    return Case.objects.get(pk=found.pk)


def read(case: Case, title: str, words: str, *media: str) -> None:
    """The page as the machine first read it, with so many made-up pictures."""
    shown = tuple(Shown(digests(f"{case.pk}/{name}".encode()), "image/png") for name in media)
    triage.record_reading(case.pk, Seen(Reading.Outcome.READ, 200, title, words, len(shown) + 1, shown))


def confirmed(severity: Severity, **fields: object) -> Decision:
    """A decision that confirms, with every grade given."""
    grades = {"age": Age.A11_13, "sex": Sex.GIRLS, "made_by": MadeBy.ADULT_PRESENT}
    return Decision(Outcome.CONFIRMED, severity, site_type=SiteType.IMAGE_HOST, **(grades | fields))  # type: ignore[arg-type]


def told(case: Case) -> Notice:
    """A notice about a confirmed case that its host has got."""
    traced(case)
    look(case)
    notice = takedown.queue_notice(case.pk)
    assert notice
    notice.state, notice.sent_at = Notice.State.SENT, notice.created_at
    notice.why_not = ""
    notice.save(update_fields=["state", "sent_at", "why_not"])
    return notice


def provider_path(notice: Notice) -> str:
    """Where the provider reads a notice, without the host."""
    return re.sub(r"^https?://[^/]+", "", packing.link(notice))


def busy_day() -> Day:
    """Fills a rehearsal home: cases in every state a page shows, and what managers and members did."""
    mira = person("Mira Lund", Role.ANALYST)
    jonas = person("Jonas Okafor", Role.ANALYST)
    ada = everyone()

    reported("", K.LIVE_STREAM, "A stream that looks wrong is on. I wrote down the name.", now=True)
    first = reported("http://quickpic.example/v/20418", text="A link in a group chat.", times=3)
    read(first, "Album 20418", "Holiday album, 12 of 12. Shared by a guest.", "one", "two")
    reported("", K.OWN_IMAGE, "Somebody has a picture of me and keeps writing.")
    reported("", K.GROOMING, "An account in a game asks my child to move to another chat.")
    for address, times in (
        ("https://board.example/t/88121?page=4", 2),
        ("http://files.test/d/harbour-set.zip", 1),
        ("https://cards.example/seaside/17", 1),
    ):
        reported(address, times=times)
    verbs.take(reported("https://forum.test/thread/5521").pk, jonas)

    second = reported("http://images.example/i/aa71")
    read(second, "aa71", "No words but a number.", "one")
    verbs.decide(second.pk, jonas, confirmed(Severity.A, note="The harbour wall of two other cases."))

    noticed = reported("http://album.test/a/7", times=2)
    read(noticed, "Album 7", "Dunes, seen from the harbour wall at noon.")
    verbs.decide(noticed.pk, mira, confirmed(Severity.B))
    noticed.refresh_from_db()
    notice = told(noticed)
    look(noticed)
    referral.prepare(noticed.pk)

    waiting = reported("http://mirror.test/a/7")
    verbs.decide(waiting.pk, mira, confirmed(Severity.C))
    waiting.refresh_from_db()
    in_doubt = told(waiting)
    packing.doubt(in_doubt, [waiting])

    made = appeal.make(
        Appeal.Who.OWNER,
        "The album was deleted a week ago, and the page now shows our terms.",
        address="http://album.test/a/7",
        contact="owner@album.test",
    )
    appeal.link(made.appeal.pk, "http://album.test/a/7", ada)
    _rules(ada)
    sequence_once()
    return Day(
        mira, jonas, ada, first, second, noticed, waiting, made.appeal, made.reference, provider_path(notice)
    )


def _rules(by: Person) -> None:
    """A route, a network, a member with its token, and a piece of work that died."""
    desk.add_route(country="CA", kind="", first=Route.First.PARTNER, contact="desk@partner.example", by=by)
    networks.name("192.0.2.0/24", by)
    token = tokens.issue("Quickpic Ltd", ["member"])
    Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/lists/urls")
    dead = Work.objects.filter(task="referral.tell").earliest("pk")
    dead.state, dead.attempts, dead.last_error = Work.State.DEAD, 8, "TimeoutError"
    dead.save()


def flooded() -> Flood:
    """More reports in the same words than people send within an hour, and what the desk sees of the last of them."""
    for number in range(MOST[Flood.What.TEXT] + 2):
        sent = intake.receive(K.MATERIAL, text=f"Look at this page number {number}")
        triage.sort(sent.report.pk)
    return Flood.objects.get()


def pages_of_the_desk(day: Day) -> list[str]:
    """Every page of the desk, filled, as somebody who may see all of them walks through."""
    cases = [f"/desk/cases/{case.pk}/" for case in (day.open, day.second, day.noticed, day.waiting)]
    return [
        *PAGES,
        *cases,
        f"/desk/cases/{day.open.pk}/together/",
        f"/desk/appeals/{day.appeal.pk}/",
        f"/desk/alarms/{Alarm.objects.earliest('pk').pk}/",
        f"/desk/people/{day.mira.pk}/",
        f"/desk/people/{day.mira.pk}/leaving/",
        *OWN,
    ]

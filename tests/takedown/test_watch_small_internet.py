"""The whole way out, with nothing put in its place: DNS, registries, proxy, mail and sites of the small internet."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.casebook import events
from nightlight.casebook.models import Case
from nightlight.casebook.words import State
from nightlight.demo.internet import SmallInternet
from nightlight.demo.pictures import picture
from nightlight.takedown import rules
from nightlight.takedown.models import Check
from nightlight.takedown.verdict import Reason
from tests.conftest import MONDAY
from tests.takedown.small_web import case_about, confirm

DAY = timedelta(days=1)
WAITING = State.WAITING

# A page, its picture, and how its case stands four and twelve days after it was confirmed.
COURSES = {
    "http://pixelbarn.test/a/m1x7?page=2": ("14.png", (State.GONE, "", 1), (State.GONE, "", 1)),
    "http://alpenfiles.test/file/ae10": ("38.png", (State.GONE, "", 1), (State.GONE, "", 1)),
    "http://driftpage.test/set/5": ("35.png", (State.GONE, "", 1), (State.GONE, "", 1)),
    "http://hoplink.test/x2": ("27.png", (WAITING, "moved", 1), (WAITING, "moved", 1)),
    "http://parked-lane.test/tour/1": ("40.png", (WAITING, "changed", 1), (WAITING, "changed", 1)),
    "http://hermit-pages.example/room/2": (
        "22.png",
        (WAITING, "cannot_tell", 1),
        (WAITING, "cannot_tell", 1),
    ),
    "http://returning-gallery.test/room/14": ("41.png", (State.GONE, "", 1), (State.GONE, "", 2)),
}


def test_every_way_a_page_can_go_is_told_apart(
    home: None,
    internet: SmallInternet,
    someone: Callable[..., Person],
    work_until: Callable[[datetime | None], int],
) -> None:
    analyst = someone("analyst")
    rules.switch(rules.FOLLOW_MOVES, on=True, by=someone("manager"))
    cases: dict[str, Case] = {}
    for url, (name, _, _) in COURSES.items():
        cases[url] = case = case_about(url)
        decision = confirm(case, analyst, picture(name)[1])
        with transaction.atomic():
            events.case_confirmed.send(sender=Case, case=case, assessment=decision)

    work_until(MONDAY + 4 * DAY)
    early = {url: stands(case) for url, case in cases.items()}
    work_until(MONDAY + 12 * DAY)
    late = {url: stands(case) for url, case in cases.items()}

    assert early == {url: course[1] for url, course in COURSES.items()}
    assert late == {url: course[2] for url, course in COURSES.items()}
    reasons = {url: set(case.checks.values_list("reason", flat=True)) for url, case in cases.items()}
    assert Reason.REMOVED_TEXT in reasons["http://alpenfiles.test/file/ae10"]
    assert Reason.OTHER_NETWORK in reasons["http://driftpage.test/set/5"]
    assert Reason.REDIRECT_OTHER_HOST in reasons["http://hoplink.test/x2"]
    assert Reason.ROBOTS in reasons["http://hermit-pages.example/room/2"]
    assert not Check.objects.filter(reason=Reason.PROXY).exists()


def stands(case: Case) -> tuple[str, str, int]:
    case.refresh_from_db()
    return case.state, case.waiting_for, case.episode

"""A shift in processes of its own: `python -m tests.assess.shift prepare CASES PEOPLE | work EMAIL | judge`.

The database is NIGHTLIGHT_DATABASE_URL, the home NIGHTLIGHT_HOME. An analyst waits for a line on standard input,
so that all begin at once, then takes the next case and decides it until none is free, and prints each decision.
"""

import json
import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nightlight.server.settings")

import django

django.setup()

from nightlight.accounts.models import Person  # noqa: E402
from nightlight.assess import verbs  # noqa: E402
from nightlight.assess.decision import Decision  # noqa: E402
from nightlight.assess.next_case import take_next  # noqa: E402
from nightlight.casebook import tally  # noqa: E402
from nightlight.casebook.models import Assessment, Case, Location  # noqa: E402
from nightlight.casebook.words import Outcome, ReportKind, Severity  # noqa: E402
from nightlight.work import clock  # noqa: E402


def say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def prepare(cases: int, people: int) -> None:
    """Every third case is about what two people must see."""
    from django.core.management import call_command

    from nightlight.work.home import establish
    from nightlight.work.models import Home

    call_command("migrate", verbosity=0)
    establish(Home.Kind.REHEARSAL)
    now = clock.now()
    for number in range(cases):
        host = f"site{number}.example"
        place = Location.objects.create(
            url=f"http://{host}/", host=host, domain=host, tld="example", first_seen=now
        )
        Case.objects.create(
            location=place,
            kind=ReportKind.MATERIAL,
            priority=number % 3,
            received_at=now,
            changed_at=now,
        )
    for number in range(people):
        Person.objects.create_user(f"p{number}@hotline.test", f"correct horse {number}", roles=["analyst"])


def work(email: str) -> None:
    """Until none is free."""
    by = Person.objects.get(email=email)
    say("ready")
    sys.stdin.readline()
    while claim := take_next(by):
        case = claim.case
        for_two = case.priority == 0
        decision = Decision(Outcome.CONFIRMED, Severity.A) if for_two else Decision(Outcome.NOT_FOUND)
        look = verbs.decide(case.pk, by, decision)
        say({"case": str(case.pk), "look": str(look.pk), "for_two": for_two})


def judge() -> None:
    """What the database holds in the end."""
    looks = [
        {"look": str(look.pk), "case": str(look.case_id), "by": str(look.by_id), "final": look.is_final}
        for look in Assessment.objects.all()
    ]
    states = {str(pk): state for pk, state in Case.objects.values_list("pk", "state")}
    say({"looks": looks, "states": states, "tally": tally.by_state()})


if __name__ == "__main__":
    acts = {
        "prepare": lambda: prepare(*map(int, sys.argv[2:])),
        "work": lambda: work(sys.argv[2]),
        "judge": judge,
    }
    acts[sys.argv[1]]()

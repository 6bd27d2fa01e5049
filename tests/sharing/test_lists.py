"""What gets on the lists, what comes off, and why."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from nightlight.casebook import events, states
from nightlight.casebook.models import Case, Hold
from nightlight.casebook.words import State
from nightlight.sharing import verbs
from nightlight.sharing.models import Change, Entry, Reason
from nightlight.work import clock
from nightlight.work.ids import new_id
from tests.casebook import cases

pytestmark = pytest.mark.usefixtures("home")
Work = Callable[..., int]


def _reasons(list_name: str) -> list[str]:
    return list(Change.objects.filter(list_name=list_name).order_by("pk").values_list("reason", flat=True))


def _listed(list_name: str) -> set[str]:
    return set(
        Entry.objects.filter(list_name=list_name, state=Entry.State.LISTED).values_list("type", flat=True)
    )


def _hold(case: Case) -> Hold:
    hold = Hold.objects.create(
        case=case, until=clock.now() + timedelta(days=3), by=cases.analyst(), at=clock.now()
    )
    states.move(case, State.ON_HOLD)
    events.hold_placed.send(sender=Case, case=case, hold=hold)
    return hold


def _lift(hold: Hold, to: State) -> None:
    hold.lifted_at = clock.now()
    hold.save()
    states.move(hold.case, to)
    events.hold_lifted.send(sender=Case, case=hold.case, hold=hold)


def test_an_open_case_puts_nothing_on_any_list(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.medium(case)

    verbs.settle(case.pk)

    assert Entry.objects.count() == 0


def test_a_confirmed_address_is_listed_once_however_often_it_is_announced(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    look = cases.confirm(case)
    events.case_confirmed.send(sender=Case, case=case, assessment=look)

    work_until()

    assert _listed("urls") == {"url"}
    assert Change.objects.count() == 1


def test_the_hashes_of_a_media_are_listed_when_two_people_confirmed_it(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    media = cases.medium(case)

    cases.confirm(case, cases.analyst(), cases.analyst(), media=(media,))
    work_until()

    assert _listed("hashes") == {"sha256", "sha1", "md5", "pdq"}


def test_one_person_alone_lists_no_hash_even_if_it_is_announced(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    media = cases.medium(case)
    look = cases.confirm(case, cases.analyst(), media=(media,))

    events.media_confirmed.send(sender=type(media), media=media, case=case, assessment=look)
    work_until()

    assert _listed("hashes") == set()


def test_a_correction_takes_everything_of_the_case_off_with_its_reason(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case, cases.analyst(), cases.analyst(), media=(cases.medium(case),))
    work_until()

    cases.correct(case)
    work_until()

    assert _listed("urls") | _listed("hashes") == set()
    assert _reasons("urls") == ["", Reason.CORRECTED]
    assert _reasons("hashes").count(Reason.CORRECTED) == 4


def test_a_hash_stays_while_another_case_of_two_people_stands(work_until: Work) -> None:
    first, second = cases.page_case("http://shapes.example/a"), cases.page_case("http://other.example/b")
    media = cases.medium(first)
    cases.medium(second)
    cases.confirm(first, cases.analyst(), cases.analyst(), media=(media,))
    cases.confirm(second, cases.analyst(), cases.analyst(), media=(media,))
    work_until()

    cases.correct(first)
    work_until()
    after_first = _listed("hashes")
    cases.correct(second)
    work_until()

    assert after_first == {"sha256", "sha1", "md5", "pdq"}
    assert _listed("hashes") == set()


def test_looks_from_before_a_correction_no_longer_count(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    media = cases.medium(case)
    cases.confirm(case, cases.analyst(), cases.analyst(), media=(media,))
    cases.correct(case)
    states.move(case, State.OPEN)

    cases.confirm(case, cases.analyst())
    work_until()

    assert _listed("hashes") == set()
    assert _listed("urls") == {"url"}


def test_a_page_that_is_gone_leaves_the_url_list_and_its_media_stay_on_the_hash_list(
    work_until: Work,
) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case, cases.analyst(), cases.analyst(), media=(cases.medium(case),))
    work_until()

    cases.gone(case)
    work_until()

    assert _reasons("urls") == ["", Reason.GONE]
    assert len(_listed("hashes")) == 4


def test_a_page_that_came_back_is_listed_again_under_the_same_id(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case)
    work_until()
    cases.gone(case)
    work_until()

    cases.returned(case)
    work_until()

    assert _listed("urls") == {"url"}
    assert [change.op for change in Change.objects.order_by("pk")] == ["put", "delete", "put"]
    assert Entry.objects.get().episode == 2


def test_while_police_hold_a_case_nothing_of_it_is_listed(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case, cases.analyst(), cases.analyst(), media=(cases.medium(case),))
    work_until()

    hold = _hold(case)
    work_until()
    during = _listed("urls") | _listed("hashes")
    _lift(hold, State.CONFIRMED)
    work_until()

    assert during == set()
    assert Reason.HOLD in _reasons("urls") and Reason.HOLD in _reasons("hashes")
    assert _listed("urls") == {"url"} and len(_listed("hashes")) == 4


def test_a_case_confirmed_just_before_a_hold_is_not_listed(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case)

    _hold(case)
    work_until()

    assert Change.objects.count() == 0


def test_an_appeal_may_take_a_case_off_until_it_is_decided(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case)
    work_until()

    events.delisting_asked.send(sender=Case, case=case)
    work_until()
    during = _listed("urls")
    events.delisting_ended.send(sender=Case, case=case)
    work_until()

    assert during == set()
    assert _reasons("urls") == ["", Reason.APPEAL, ""]


def test_an_older_delisting_request_that_is_worked_off_late_changes_nothing() -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case)
    asked, ended = new_id(), new_id()
    verbs.delist(case.pk, ended, active=False)

    verbs.delist(case.pk, asked, active=True)

    assert _listed("urls") == {"url"}


def test_a_page_whose_return_nobody_has_looked_at_is_not_listed(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case)
    cases.gone(case)
    work_until()
    states.move(case, State.WAITING, waiting_for="returned")

    events.page_returned.send(sender=Case, case=case)
    work_until()

    assert _listed("urls") == set()


def test_a_new_grading_is_a_new_put_with_the_new_labels(work_until: Work) -> None:
    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case, severity="C")
    work_until()

    cases.confirm(case, cases.analyst(), severity="B")
    work_until()

    entry = Entry.objects.get()
    assert entry.labels["severity"] == "B"
    assert [change.op for change in entry.changes.order_by("pk")] == ["put", "put"]


def test_every_change_is_an_entry_of_the_log(work_until: Work) -> None:
    from nightlight.audit.models import Entry as LogEntry

    case = cases.page_case("http://shapes.example/a")
    cases.confirm(case)
    work_until()

    found = LogEntry.objects.get(pk=Change.objects.get().audit_entry)

    assert (found.verb, found.about, found.facts["case"]) == (
        "sharing.put",
        f"entry:{Entry.objects.get().pk}",
        str(case.pk),
    )

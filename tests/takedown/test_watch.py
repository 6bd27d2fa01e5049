"""Watching over days of the hotline's clock: a site on loopback changes, and the Case follows."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.casebook import events, states
from nightlight.casebook.models import Case, Hold
from nightlight.casebook.words import State
from nightlight.hosting.contact import Contact, Scope
from nightlight.hosting.rdap import Network
from nightlight.hosting.trace import HostingTrace
from nightlight.takedown import answers, desk, rhythm, rules, tracing, verbs, watch
from nightlight.takedown.models import Answer, Check, Notice, Rule
from nightlight.takedown.verdict import Reason
from nightlight.work import clock
from nightlight.work.models import Work
from tests.conftest import MONDAY
from tests.takedown.conftest import Mail
from tests.takedown.small_web import (
    ELSEWHERE,
    HOME,
    OTHER,
    PICTURE,
    SmallWeb,
    case_about,
    confirm,
    html,
    small_web,
)

UP, GONE, CHANGED = Check.State.UP, Check.State.GONE, Check.State.CHANGED
MOVED, CANNOT_TELL = Check.State.MOVED, Check.State.CANNOT_TELL
CHAIRS = "<title>Chairs</title><p>Benches, tables and lanterns for sale</p>"

WorkUntil = Callable[[datetime | None], int]
Somebody = Callable[..., Person]

# Who holds which address, as a registry would say.
HOLDERS = {
    HOME: ("192.0.2.0", "192.0.2.31", "NET-HOME", "abuse@host.example"),
    ELSEWHERE: ("198.51.100.0", "198.51.100.63", "NET-ELSEWHERE", "abuse@other.example"),
    "203.0.113.9": ("203.0.113.0", "203.0.113.63", "NET-THIRD", "abuse@other.example"),
}


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallWeb]:
    with small_web(tmp_path, monkeypatch) as found:

        def look_up(host: str) -> HostingTrace:
            addresses = tuple(found.names.known.get(host, ()))
            networks = tuple(_network(address) for address in addresses)
            contacts = tuple(contact for network in networks for contact in network.contacts)
            return HostingTrace(host, addresses, (), networks, "DE", "Host", contacts, "", True, ())

        monkeypatch.setattr(tracing, "look_up", look_up)
        yield found


def _network(address: str) -> Network:
    start, end, handle, email = HOLDERS[address]
    return Network(
        handle, handle, "Host", start, end, "DE", 64496, (Contact(email, "Host", "", Scope.NETWORK),), None
    )


@pytest.fixture
def case(home: None, web: SmallWeb, mail: Mail, someone: Somebody) -> Case:
    """A Case that an analyst just confirmed, announced as `assess` does."""
    found = case_about(web.url)
    decision = confirm(found, someone("analyst"), PICTURE)
    with transaction.atomic():
        events.case_confirmed.send(sender=Case, case=found, assessment=decision)
    return found


@pytest.fixture
def announced() -> list[str]:
    """The names of the announcements that watching makes, in order."""
    heard: list[str] = []
    for name in ("page_gone", "page_returned"):

        def hear(name: str = name, **more: object) -> None:
            heard.append(name)

        getattr(events, name).connect(hear, weak=False)
    return heard


def said(case: Case) -> list[tuple[str, str]]:
    """Every look of the present episode: its kind and state."""
    case.refresh_from_db()
    rows = Check.objects.filter(case=case, episode=case.episode).order_by("at", "id")
    return [(row.kind, row.state) for row in rows]


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


def stands(case: Case) -> tuple[str, str]:
    case.refresh_from_db()
    return case.state, case.waiting_for


def test_the_first_look_is_taken_before_the_notice_leaves(
    case: Case, mail: Mail, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))

    first = Check.objects.get(case=case)
    notice = Notice.objects.get()
    assert (first.kind, first.state, first.reason) == (Check.Kind.FIRST, UP, Reason.SAME_MEDIA)
    assert notice.sent_at and first.at <= notice.created_at <= notice.sent_at
    assert stands(case) == (State.NOTICED, "")
    assert len(mail.deliveries()) == 1


def test_a_removed_page_is_gone_after_exactly_three_looks_six_hours_apart(
    case: Case, web: SmallWeb, work_until: WorkUntil, announced: list[str]
) -> None:
    work_until(MONDAY + hours(1))
    web.remove()

    work_until(MONDAY + hours(17.9))
    before = stands(case)
    work_until(MONDAY + hours(18.1))

    assert before == (State.NOTICED, "")
    assert stands(case) == (State.GONE, "")
    assert said(case) == [("first", UP), ("look", GONE), ("look", GONE), ("look", GONE)]
    times = list(Check.objects.filter(case=case, kind="look").order_by("at").values_list("at", flat=True))
    assert times == [MONDAY + hours(6), MONDAY + hours(12), MONDAY + hours(18)]
    assert case.gone_at == times[0]
    assert announced == ["page_gone"]
    assert Notice.objects.get().state == Notice.State.CLOSED


def test_a_weaker_six_hour_rule_would_be_seen_here(
    case: Case, web: SmallWeb, work_until: WorkUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rhythm, "APART", hours(3))
    monkeypatch.setattr(rhythm, "PACE", ((timedelta(days=14), hours(3)),))
    work_until(MONDAY + hours(1))
    web.remove()

    work_until(MONDAY + hours(17.9))

    assert (
        stands(case)[0] == State.GONE
    )  # as it must not be with the rule of the contract; see the test above


def test_a_removal_note_with_status_200_counts_as_gone(
    case: Case, web: SmallWeb, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    web.note()

    work_until(MONDAY + hours(20))

    assert stands(case) == (State.GONE, "")
    assert {row.reason for row in Check.objects.filter(case=case, kind="look")} == {Reason.REMOVED_TEXT}


def test_a_page_that_blinks_is_not_gone(case: Case, web: SmallWeb, work_until: WorkUntil) -> None:
    work_until(MONDAY + hours(1))
    web.remove()
    work_until(MONDAY + hours(13))
    web.show()
    work_until(MONDAY + hours(19))
    web.remove()

    work_until(MONDAY + hours(35))
    before = stands(case)
    work_until(MONDAY + hours(36))

    assert [state for _, state in said(case)] == [UP, GONE, GONE, UP, GONE, GONE, GONE]
    assert before == (State.NOTICED, "")
    assert stands(case) == (State.GONE, "")


def test_a_page_that_was_gone_at_the_first_look_is_told_to_nobody(
    case: Case, web: SmallWeb, mail: Mail, work_until: WorkUntil
) -> None:
    web.remove()

    work_until(MONDAY + hours(20))

    assert said(case) == [("first", GONE), ("look", GONE), ("look", GONE), ("look", GONE)]
    assert stands(case) == (State.GONE, "")
    assert (Notice.objects.count(), mail.deliveries()) == (0, [])


def test_a_page_that_was_only_away_at_the_first_look_is_told_once_it_is_up(
    case: Case, web: SmallWeb, mail: Mail, work_until: WorkUntil
) -> None:
    web.remove()
    work_until(MONDAY + hours(1))
    web.show()

    work_until(MONDAY + hours(7))

    assert stands(case) == (State.NOTICED, "")
    assert len(mail.deliveries()) == 1


def test_where_the_first_look_is_kept_out_the_notice_still_goes(
    case: Case, web: SmallWeb, mail: Mail, work_until: WorkUntil
) -> None:
    web.remove(403)

    work_until(MONDAY + hours(1))

    assert said(case) == [("first", CANNOT_TELL)]
    assert stands(case) == (State.NOTICED, "")
    assert len(mail.deliveries()) == 1


def test_a_page_that_moved_closes_its_notice_and_waits(
    case: Case, web: SmallWeb, mail: Mail, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    web.move()

    work_until(MONDAY + hours(31))

    assert stands(case) == (State.WAITING, "moved")
    assert [state for _, state in said(case)] == [UP, MOVED, MOVED]
    assert Notice.objects.get().state == Notice.State.CLOSED
    assert len(mail.deliveries()) == 1


def test_a_rule_of_a_manager_follows_a_move_to_the_new_host(
    case: Case, web: SmallWeb, mail: Mail, someone: Somebody, work_until: WorkUntil
) -> None:
    rules.switch(rules.FOLLOW_MOVES, on=True, by=someone("manager"))
    work_until(MONDAY + hours(1))
    web.move()

    work_until(MONDAY + hours(7))
    followed = stands(case)
    web.new_host.replies.clear()
    work_until(MONDAY + hours(25))

    assert followed == (State.NOTICED, "")
    assert [message.mailbox for message in mail.deliveries()] == ["abuse@host.example", "abuse@other.example"]
    assert stands(case) == (State.GONE, "")


def test_a_rule_is_off_until_a_manager_switches_it_and_the_newest_word_holds(
    home: None, someone: Somebody
) -> None:
    manager = someone("manager")
    before = rules.is_on(rules.FOLLOW_MOVES)

    rules.switch(rules.FOLLOW_MOVES, on=True, by=manager)
    between = rules.is_on(rules.FOLLOW_MOVES)
    rules.switch(rules.FOLLOW_MOVES, on=False, by=manager)

    assert (before, between, rules.is_on(rules.FOLLOW_MOVES)) == (False, True, False)
    assert Rule.objects.count() == 2
    assert Entry.objects.filter(verb="takedown.switch", actor=f"person:{manager.pk}").count() == 2


def test_a_page_that_flees_for_ever_is_followed_only_a_few_times(
    case: Case, web: SmallWeb, someone: Somebody, work_until: WorkUntil
) -> None:
    rules.switch(rules.FOLLOW_MOVES, on=True, by=someone("manager"))
    web.move()
    moment = MONDAY
    for turn in range(watch.MOST_FOLLOWED + 1):
        web.names.known["album.test"] = [(HOME, ELSEWHERE)[turn % 2]]
        moment += hours(6.5)
        work_until(moment)

    moment += hours(6.5)
    web.names.known["album.test"] = ["203.0.113.9"]
    work_until(moment)

    assert stands(case) == (State.WAITING, "moved")
    assert said(case).count(("look", MOVED)) == watch.MOST_FOLLOWED + 1


def test_a_redirect_to_another_host_is_for_a_person_whatever_the_rule_says(
    case: Case, web: SmallWeb, someone: Somebody, work_until: WorkUntil
) -> None:
    rules.switch(rules.FOLLOW_MOVES, on=True, by=someone("manager"))
    work_until(MONDAY + hours(1))
    web.internet.site("chairs.test", "203.0.113.9", {"/": html(CHAIRS)})
    web.names.known["chairs.test"] = ["203.0.113.9"]
    web.site.replies["/a/7"] = html("", 302, Location="http://chairs.test/")

    work_until(MONDAY + hours(7))

    assert stands(case) == (State.WAITING, "moved")
    assert Notice.objects.get().state == Notice.State.CLOSED


def test_another_page_at_the_address_is_for_a_person(
    case: Case, web: SmallWeb, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    web.show(CHAIRS, picture_of=None)

    work_until(MONDAY + hours(7))

    assert stands(case) == (State.WAITING, "changed")


def test_a_case_that_waits_is_still_watched(case: Case, web: SmallWeb, work_until: WorkUntil) -> None:
    work_until(MONDAY + hours(1))
    web.show(CHAIRS, picture_of=None)
    work_until(MONDAY + hours(7))
    web.remove()

    work_until(MONDAY + hours(43))

    assert [state for _, state in said(case)] == [UP, CHANGED, GONE, GONE, GONE]
    assert stands(case) == (State.GONE, "")


def test_what_people_confirm_anew_is_what_later_looks_must_find(
    case: Case, web: SmallWeb, someone: Somebody, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    web.show(CHAIRS, picture_of=OTHER)
    work_until(MONDAY + hours(7))
    decision = confirm(case, someone("analyst"), OTHER)
    with transaction.atomic():
        states.move(case, State.CONFIRMED)
        events.case_confirmed.send(sender=Case, case=case, assessment=decision)

    work_until(MONDAY + hours(14))

    assert [kind for kind, _ in said(case)] == ["first", "look", "first", "look"]
    assert said(case)[-1] == ("look", UP)
    assert stands(case)[0] == State.NOTICED


def test_after_six_looks_that_could_not_tell_the_desk_must_look(
    case: Case, web: SmallWeb, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    web.show("<title>Just a moment</title>", 403)

    work_until(MONDAY + hours(6 + 15))
    before = stands(case)
    work_until(MONDAY + hours(6 + 31))

    assert before == (State.NOTICED, "")
    assert stands(case) == (State.WAITING, "cannot_tell")
    times = list(Check.objects.filter(case=case, kind="look").order_by("at").values_list("at", flat=True))
    assert [later - MONDAY for later in times] == [hours(6 + passed) for passed in (0, 1, 3, 7, 15, 31)]


def test_a_case_that_waited_because_we_could_not_tell_goes_on_once_we_can(
    case: Case, web: SmallWeb, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    web.remove(403)
    work_until(MONDAY + hours(38))
    web.show()

    work_until(MONDAY + hours(38 + 24))

    assert stands(case) == (State.NOTICED, "")


def test_a_page_that_comes_back_begins_a_new_episode_and_is_told_again(
    case: Case, web: SmallWeb, mail: Mail, work_until: WorkUntil, announced: list[str]
) -> None:
    work_until(MONDAY + hours(1))
    web.remove()
    work_until(MONDAY + timedelta(days=5))
    web.show()

    work_until(MONDAY + timedelta(days=7, hours=7))

    assert (case.episode, stands(case)) == (1, (State.NOTICED, ""))
    assert (case.episode, case.gone_at) == (2, None)
    assert said(case)[0] == ("first", UP)
    assert len(mail.deliveries()) == 2
    assert announced == ["page_gone", "page_returned"]


def test_the_second_episode_ends_like_the_first(
    case: Case, web: SmallWeb, work_until: WorkUntil, announced: list[str]
) -> None:
    work_until(MONDAY + hours(1))
    web.remove()
    work_until(MONDAY + timedelta(days=5))
    web.show()
    work_until(MONDAY + timedelta(days=7, hours=7))
    web.remove()

    work_until(MONDAY + timedelta(days=8, hours=7))

    assert stands(case) == (State.GONE, "")
    assert case.episode == 2
    assert announced == ["page_gone", "page_returned", "page_gone"]


def test_a_page_that_is_gone_is_looked_for_on_the_days_of_the_table(
    case: Case, web: SmallWeb, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    web.remove()

    work_until(MONDAY + timedelta(days=400))

    gone_at = Case.objects.get().gone_at
    assert gone_at
    later = Check.objects.filter(case=case, at__gt=gone_at + hours(13)).order_by("at")
    assert [(row.at - gone_at).days for row in later] == [1, 3, 7, 14, 30, 90, 180, 365]
    assert not Work.objects.filter(task="takedown.look").exists()


def test_something_else_at_a_page_that_was_gone_is_shown_to_the_desk_once(
    case: Case, web: SmallWeb, mail: Mail, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    web.remove()
    work_until(MONDAY + timedelta(days=1))
    web.show(CHAIRS, picture_of=None)
    work_until(MONDAY + timedelta(days=2))
    shown = stands(case)
    with transaction.atomic():
        states.move(case, State.GONE)

    work_until(MONDAY + timedelta(days=10))

    assert shown == (State.WAITING, "returned")
    assert stands(case) == (State.GONE, "")
    assert (case.episode, len(mail.deliveries())) == (1, 1)


def test_what_people_confirm_after_a_return_begins_a_new_episode(
    case: Case, web: SmallWeb, mail: Mail, someone: Somebody, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    web.remove()
    work_until(MONDAY + timedelta(days=1))
    web.show(CHAIRS, picture_of=OTHER)
    work_until(MONDAY + timedelta(days=2))
    decision = confirm(case, someone("analyst"), OTHER)
    with transaction.atomic():
        states.move(case, State.CONFIRMED)
        events.case_confirmed.send(sender=Case, case=case, assessment=decision)

    work_until(MONDAY + timedelta(days=2, hours=1))

    assert stands(case) == (State.NOTICED, "")
    assert (case.episode, case.gone_at) == (2, None)
    assert said(case) == [("first", UP)]
    assert len(mail.deliveries()) == 2


def test_a_report_about_a_page_that_was_gone_is_looked_into_at_once(
    case: Case, web: SmallWeb, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    web.remove()
    work_until(MONDAY + timedelta(days=100))
    web.show()
    with transaction.atomic():
        events.case_reported_again.send(sender=Case, case=case, report=None)

    work_until(MONDAY + timedelta(days=100, hours=1))

    assert stands(case) == (State.NOTICED, "")
    assert case.episode == 2


def test_a_provider_that_says_removed_brings_a_look_at_once_that_counts_after_six_hours(
    case: Case, web: SmallWeb, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(7))
    web.remove()
    notice = Notice.objects.get()
    answers.answer(notice.pk, Answer.What.REMOVED)
    work_until(MONDAY + hours(8))
    with transaction.atomic():
        watch.look_now(Case.objects.get())

    work_until(MONDAY + hours(18.9))
    before = stands(case)
    work_until(MONDAY + hours(19))

    times = list(Check.objects.filter(case=case, state=GONE).order_by("at").values_list("at", flat=True))
    assert [at - MONDAY for at in times] == [hours(7), hours(8), hours(13), hours(19)]
    assert before[0] == State.NOTICED
    assert stands(case) == (State.GONE, "")


def test_a_hold_stops_the_looks_and_its_end_resumes_them(
    case: Case, web: SmallWeb, someone: Somebody, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    hold = Hold.objects.create(
        case=case, until=MONDAY + timedelta(days=30), by=someone("police_liaison"), at=clock.now()
    )
    with transaction.atomic():
        states.move(case, State.ON_HOLD)
        events.hold_placed.send(sender=Hold, case=case, hold=hold)
    work_until(MONDAY + timedelta(days=2))
    asked = web.asked("/a/7")
    with transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(lifted_at=clock.now())
        states.move(case, State.NOTICED)
        events.hold_lifted.send(sender=Hold, case=case, hold=hold)

    work_until(MONDAY + timedelta(days=2, hours=7))

    assert asked == 1
    assert [row.at - MONDAY for row in Check.objects.filter(kind="look").order_by("at")] == [
        timedelta(days=2),
        timedelta(days=2, hours=6),
    ]


def test_a_look_that_was_out_when_a_hold_came_records_nothing(
    case: Case, web: SmallWeb, someone: Somebody, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    record = watch.look(str(case.pk))
    Hold.objects.create(
        case=case, until=MONDAY + timedelta(days=30), by=someone("police_liaison"), at=clock.now()
    )

    with transaction.atomic():
        record()

    assert said(case) == [("first", UP)]


def test_a_look_begun_under_a_hold_is_put_off_to_its_end(
    case: Case, web: SmallWeb, someone: Somebody, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    until = MONDAY + timedelta(days=30)
    Hold.objects.create(case=case, until=until, by=someone("police_liaison"), at=clock.now())

    work_until(MONDAY + timedelta(days=2))

    assert said(case) == [("first", UP)]
    assert Work.objects.get(task="takedown.look").due == until


def test_a_correction_stops_the_looks(
    case: Case, web: SmallWeb, someone: Somebody, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    decision = confirm(case, someone("senior_analyst"))
    with transaction.atomic():
        states.move(case, State.DISMISSED)
        events.case_corrected.send(sender=Case, case=case, assessment=decision)

    work_until(MONDAY + timedelta(days=3))

    assert said(case) == [("first", UP)]
    assert not Work.objects.filter(task="takedown.look").exists()


def test_a_look_that_was_out_while_a_new_episode_began_records_nothing(
    case: Case, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    record = watch.look(str(case.pk))
    Case.objects.filter(pk=case.pk).update(episode=2)

    with transaction.atomic():
        record()

    assert Check.objects.count() == 1


def test_a_case_that_was_handed_over_is_watched_like_others(
    case: Case, web: SmallWeb, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    with transaction.atomic():
        states.move(case, State.HANDED_OVER)
    web.remove()

    work_until(MONDAY + hours(18))

    assert stands(case) == (State.GONE, "")


def test_a_reason_to_wait_that_is_a_persons_stays(case: Case, web: SmallWeb, work_until: WorkUntil) -> None:
    work_until(MONDAY + hours(1))
    with transaction.atomic():
        states.move(case, State.WAITING, waiting_for="disputed")
    web.show(CHAIRS, picture_of=None)

    work_until(MONDAY + timedelta(days=2))

    assert said(case)[-1] == ("look", CHANGED)
    assert stands(case) == (State.WAITING, "disputed")


def test_a_page_closed_by_hand_is_watched_for_a_come_back(
    case: Case, web: SmallWeb, someone: Somebody, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(1))
    desk.close_by_hand(case.pk, by=someone("analyst"))

    work_until(MONDAY + timedelta(days=2))

    assert stands(case) == (State.NOTICED, "")
    assert case.episode == 2


def test_one_look_at_a_time_is_queued_for_a_case(case: Case, work_until: WorkUntil) -> None:
    work_until(MONDAY + hours(1))

    watch.schedule(case)
    watch.look_now(Case.objects.get())
    watch.schedule(case)

    assert Work.objects.filter(task="takedown.look").count() == 1


def test_every_look_is_an_entry_in_the_log_by_the_system_in_words_only(
    case: Case, web: SmallWeb, work_until: WorkUntil
) -> None:
    work_until(MONDAY + hours(7))

    entries = Entry.objects.filter(verb="takedown.look")
    assert entries.count() == Check.objects.count() == 2
    assert {entry.actor for entry in entries} == {"system"}
    assert "album" not in str([entry.facts for entry in entries])


def test_without_a_mandate_the_first_look_says_so_and_the_case_is_not_lost(
    real_home: None, web: SmallWeb, someone: Somebody
) -> None:
    case = case_about(web.url)
    confirm(case, someone("analyst"), PICTURE)

    record = watch.first_look(str(case.pk))
    with transaction.atomic():
        record()
    Work.objects.filter(task="takedown.look").delete()
    again = watch.look(str(case.pk))
    with transaction.atomic():
        again()

    check = Check.objects.get()
    assert (check.kind, check.state, check.reason) == ("first", CANNOT_TELL, Reason.NO_MANDATE)
    assert web.internet.proxied == []
    entry = Entry.objects.filter(verb="takedown.look").latest("id")
    assert (entry.facts["state"], entry.facts["reason"]) == ("not_taken", "no_mandate")
    assert Work.objects.filter(task="takedown.look").count() == 1


def test_the_moment_a_notice_is_queued_the_first_look_stands(
    case: Case, work_until: WorkUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    stood: list[int] = []
    plain = verbs.queue_notice

    def queue(case_id: object, **more: object) -> Notice | None:
        stood.append(Check.objects.filter(case=case, kind=Check.Kind.FIRST).count())
        return plain(str(case_id))

    monkeypatch.setattr(verbs, "queue_notice", queue)

    work_until(MONDAY + hours(1))

    assert stood == [1]


def test_a_clock_that_jumps_comes_to_rest_though_a_page_never_goes(home: None) -> None:
    case = case_about("http://album.test/a/7")
    first = Check.objects.create(case=case, at=clock.now(), kind=Check.Kind.FIRST, state=UP)
    clock.run(first.at + timedelta(days=61), None)
    Check.objects.create(case=case, at=clock.now(), kind=Check.Kind.LOOK, state=UP)

    watch.schedule(case)

    assert Work.objects.get().due == clock.now() + timedelta(days=7)
    assert not clock.jump()

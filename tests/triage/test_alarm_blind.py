"""What a look found raises an alarm that whoever may look next sees and may take, and that tells nothing before."""

from collections.abc import Callable

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.assess import second_look, verbs
from nightlight.assess.decision import Account, Told
from nightlight.assess.next_case import take_next
from nightlight.casebook.models import Case
from nightlight.casebook.words import ReportKind, SiteType
from nightlight.intake.verbs import receive
from nightlight.triage import alarms
from nightlight.triage.alarm_models import Alarm
from tests.assess.conftest import confirmed
from tests.assess.test_blind import page

pytestmark = pytest.mark.django_db

Someone = Callable[..., Person]
Work = Callable[..., int]
R = Alarm.Reason
NAMED, DANGER = str(R.PERSON.label), str(R.DANGER_NOW.label)


@pytest.fixture
def people(home: None, someone: Someone) -> list[Person]:
    """Two analysts; every first look is asked for a second one."""
    second_look.set_rule(someone("manager"), sample_percent=100, new_analyst_looks=0, on_mismatch=False)
    return [someone("analyst"), someone("analyst")]


def case_of(site: int, work_until: Work, *, now: bool = False) -> Case:
    """A case about a page of its own."""
    receive(ReportKind.MATERIAL, urls=[f"http://site{site}.example/page"], happening_now=now)
    work_until()
    return Case.objects.latest("pk")


def get(reader: Person, path: str) -> str:
    client = Client()
    client.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")
    return str(client.get(path).content.decode())


def test_what_the_first_look_named_tells_the_second_person_nothing(
    people: list[Person], work_until: Work
) -> None:
    first, second = people
    plain, named = case_of(1, work_until), case_of(2, work_until)
    verbs.decide(plain.pk, first, confirmed("C"))
    verbs.decide(named.pk, first, confirmed("B", subjects=(Account("lantern-77", "chat"),)))
    work_until()
    alarm = Alarm.objects.get()

    shown = [get(second, path) for path in ("/desk/alarms/", f"/desk/alarms/{alarm.pk}/", "/desk/search/")]

    assert page(plain, second) == page(named, second)
    assert all("Something found at the desk" in text for text in shown)
    assert not any(str(named.pk) in text or NAMED in text for text in shown)
    assert str(named.pk) in get(first, f"/desk/alarms/{alarm.pk}/")
    assert Case.objects.get(pk=named.pk).priority == Case.objects.get(pk=plain.pk).priority


def test_whoever_takes_it_is_told_and_another_person_looks(people: list[Person], work_until: Work) -> None:
    first, second = people
    case = case_of(1, work_until)
    verbs.decide(case.pk, first, confirmed("B", subjects=(Account("lantern-77", "chat"),)))
    work_until()
    warned = get(second, f"/desk/alarms/{Alarm.objects.get().pk}/")

    alarm = alarms.take(Alarm.objects.get().pk, second)

    assert "another person takes the next look" in warned
    assert str(case.pk) in get(second, f"/desk/alarms/{alarm.pk}/")
    assert "lantern-77" in get(second, f"/desk/cases/{case.pk}/")
    assert take_next(second) is None
    with pytest.raises(Told):
        verbs.decide(case.pk, second, confirmed("B"))


def test_what_the_desk_found_beside_a_report_is_held_back_and_the_report_is_not(
    people: list[Person], work_until: Work
) -> None:
    first, second = people
    case = case_of(1, work_until, now=True)
    before = Alarm.objects.get().again
    verbs.decide(case.pk, first, confirmed("B", subjects=(Account("lantern-77", "chat"),)))
    work_until()
    alarm = Alarm.objects.get()

    hers, his = (get(reader, f"/desk/alarms/{alarm.pk}/") for reader in people)

    assert (alarm.reason, alarm.found, alarm.again) == (R.DANGER_NOW, R.PERSON, before)
    assert NAMED in hers and NAMED not in his
    assert DANGER in his and str(case.pk) in his
    assert NAMED not in page(case, second)


def test_whoever_has_the_alarm_of_a_report_is_told_what_the_desk_found_since(
    people: list[Person], work_until: Work
) -> None:
    first, second = people
    case = case_of(1, work_until, now=True)
    alarm = alarms.take(Alarm.objects.get().pk, second)

    verbs.decide(case.pk, first, confirmed("B", subjects=(Account("lantern-77", "chat"),)))
    work_until()

    assert NAMED in get(second, f"/desk/alarms/{alarm.pk}/")
    with pytest.raises(Told):
        verbs.decide(case.pk, second, confirmed("B"))


@pytest.mark.parametrize(
    ("place", "raised"),
    [(SiteType.LIVE_STREAM, [R.LIVE_STREAM]), (SiteType.CHAT, [R.LIVE_STREAM]), (SiteType.FORUM, [])],
)
def test_what_an_analyst_records_as_live_raises_an_alarm_where_it_may_still_be_going_on(
    people: list[Person], work_until: Work, place: SiteType, raised: list[Alarm.Reason]
) -> None:
    case = case_of(1, work_until)

    verbs.decide(case.pk, people[0], confirmed("B", live_stream=True, site_type=place))
    work_until()

    assert [alarm.reason for alarm in Alarm.objects.all()] == raised

"""People: added and changed by an administrator, with two guards that nobody gets around."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from nightlight.accounts import people
from nightlight.accounts.models import Person
from nightlight.audit.models import Entry

GOOD = "a long and unusual sentence"
Someone = Callable[..., Person]


def test_a_person_is_added_with_roles_a_password_and_a_verified_address(home: None) -> None:
    person = people.add("Ana@Hotline.test", ["analyst", "analyst"], GOOD, "system", name="Ana")

    assert (person.email, person.roles, person.name) == ("ana@hotline.test", ["analyst"], "Ana")
    assert person.check_password(GOOD)
    assert EmailAddress.objects.filter(user=person, email=person.email, verified=True, primary=True).exists()


def test_adding_is_an_entry_that_names_no_e_mail(home: None) -> None:
    person = people.add("ana@hotline.test", ["analyst"], GOOD, "system")

    entry = Entry.objects.get(verb="accounts.add_person")
    assert (entry.actor, entry.about, entry.facts) == (
        "system",
        f"person:{person.pk}",
        {"roles": ["analyst"]},
    )


def test_adding_the_same_person_again_gives_back_who_is_there(home: None) -> None:
    first = people.add("ana@hotline.test", ["analyst"], GOOD, "system")

    second = people.add("ANA@hotline.test", ["analyst"], GOOD, "system")

    assert first == second
    assert Entry.objects.filter(verb="accounts.add_person").count() == 1


@pytest.mark.parametrize(
    ("email", "roles", "password", "field"),
    [
        ("not an e-mail", ["analyst"], GOOD, "email"),
        ("ana@hotline.test", ["king"], GOOD, "roles"),
        ("ana@hotline.test", ["analyst"], "short", "password"),
        ("ana@hotline.test", ["analyst"], "password1234", "password"),
        ("there@hotline.test", ["manager"], GOOD, "email"),
        ("there@hotline.test", ["analyst"], GOOD + "!", "email"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    home: None, email: str, roles: list[str], password: str, field: str
) -> None:
    people.add("there@hotline.test", ["analyst"], GOOD, "system")

    with pytest.raises(people.PersonRefused) as refused:
        people.add(email, roles, password, "system")

    assert refused.value.field == field
    assert Person.objects.count() == 1


def test_roles_are_changed_and_what_they_were_is_logged(home: None, someone: Someone) -> None:
    boss, person = someone("administrator"), someone("analyst")

    changed = people.set_roles(person, ["senior_analyst"], boss)

    assert changed.roles == ["senior_analyst"]
    assert Entry.objects.get(verb="accounts.set_roles").facts == {
        "before": ["analyst"],
        "after": ["senior_analyst"],
    }


def test_nobody_gives_themselves_sight_of_material(home: None, someone: Someone) -> None:
    boss = someone("administrator")
    someone("administrator")

    with pytest.raises(people.PersonRefused, match="nobody changes their own roles"):
        people.set_roles(boss, ["administrator", "analyst"], boss)

    assert Person.objects.get(pk=boss.pk).roles == ["administrator"]


@pytest.mark.parametrize("role", ["manager", "administrator"])
@pytest.mark.parametrize(
    "act", [lambda p: people.set_roles(p, ["analyst"], "system"), lambda p: people.deactivate(p, "system")]
)
def test_the_last_manager_and_the_last_administrator_stay(
    home: None, someone: Someone, role: str, act: Callable[[Person], Any]
) -> None:
    last, gone = someone(role, "analyst"), someone(role)
    Person.objects.filter(pk=gone.pk).update(is_active=False)

    with pytest.raises(people.PersonRefused, match=f"the last active {role}"):
        act(last)

    kept = Person.objects.get(pk=last.pk)
    assert kept.is_active
    assert role in kept.roles


def test_with_another_manager_the_first_may_go(home: None, someone: Someone) -> None:
    first = someone("manager")
    someone("manager")

    people.deactivate(first, "system")

    assert not Person.objects.get(pk=first.pk).is_active


def test_who_comes_back_has_the_roles_they_had(home: None, someone: Someone) -> None:
    person = someone("analyst")
    people.deactivate(person, "system")

    back = people.activate(person, "system")

    assert (back.is_active, back.roles) == (True, ["analyst"])


def test_a_new_password_ends_every_session(
    home: None, someone: Someone, sign_in: Callable[..., Client]
) -> None:
    person = someone("analyst")
    client = sign_in(person)

    people.set_password(person, GOOD, "system")

    assert client.get("/desk/matrix/").status_code == 302
    assert Person.objects.get().check_password(GOOD)


def test_a_lost_second_factor_is_forgotten(home: None, someone: Someone) -> None:
    person, other = someone("analyst"), someone("analyst")
    for whom in (person, other):
        Authenticator.objects.create(user=whom, type="totp", data={})

    people.forget_second_factor(person, "system")

    assert list(Authenticator.objects.values_list("user", flat=True)) == [other.pk]


def test_the_page_shows_people_and_adds_them(home: None, browser: Callable[..., Client]) -> None:
    client = browser("administrator")

    answer = client.post(
        "/desk/people/add/",
        {"email": "ana@hotline.test", "roles": ["analyst"], "password": GOOD},
        follow=True,
    )

    assert answer.status_code == 200
    assert "ana@hotline.test" in answer.content.decode()


def test_the_page_says_beside_the_field_what_is_wrong(home: None, browser: Callable[..., Client]) -> None:
    answer = browser("administrator").post(
        "/desk/people/add/", {"email": "ana@hotline.test", "roles": ["analyst"], "password": "short"}
    )

    assert answer.status_code == 422
    assert 'id="id_password_error"' in answer.content.decode()


@pytest.mark.parametrize(
    ("where", "sent", "holds"),
    [
        ("roles", {"roles": ["inspector"]}, lambda p: p.roles == ["inspector"]),
        ("password", {"password": GOOD}, lambda p: p.check_password(GOOD)),
        ("switch", {}, lambda p: not p.is_active),
        ("second-factor", {}, lambda p: not Authenticator.objects.filter(user=p).exists()),
    ],
)
def test_a_persons_page_does_what_its_buttons_say(
    home: None,
    someone: Someone,
    browser: Callable[..., Client],
    where: str,
    sent: dict[str, Any],
    holds: Callable[[Person], bool],
) -> None:
    person = someone("analyst")
    Authenticator.objects.create(user=person, type="totp", data={})
    client = browser("administrator")

    answer = client.post(f"/desk/people/{person.pk}/{where}/", sent, follow=True)

    assert answer.status_code == 200
    assert holds(Person.objects.get(pk=person.pk))


@pytest.mark.parametrize(("where", "sent"), [("roles", {"roles": ["analyst"]}), ("switch", {})])
def test_a_persons_page_says_why_not(
    home: None, browser: Callable[..., Client], where: str, sent: dict[str, Any]
) -> None:
    client = browser("administrator")
    myself = Person.objects.get()

    client.post(f"/desk/people/{myself.pk}/{where}/", sent, follow=True)

    assert (Person.objects.get().roles, Person.objects.get().is_active) == (["administrator"], True)


def test_the_matrix_is_open_to_everyone_who_works_here(home: None, browser: Callable[..., Client]) -> None:
    answer = browser("inspector").get("/desk/matrix/")

    assert answer.status_code == 200
    assert "media.reveal" in answer.content.decode()

"""Who gets in: the right role, and in a real home a second factor that this session showed."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import MATRIX, Permission, Role

Browser = Callable[..., Client]


def test_a_stranger_is_sent_to_sign_in(home: None) -> None:
    answer = Client().get("/desk/matrix/")

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/desk/account/login/?next=/desk/matrix/",
    )


def test_a_person_without_the_role_is_refused(home: None, browser: Browser) -> None:
    assert browser("analyst").get("/desk/people/").status_code == 403


def test_a_person_with_the_role_gets_in(home: None, browser: Browser) -> None:
    assert browser("administrator").get("/desk/people/").status_code == 200


def test_a_person_who_was_switched_off_is_out_at_once(home: None, browser: Browser) -> None:
    client = browser("administrator")

    Person.objects.update(is_active=False)

    assert client.get("/desk/people/").status_code == 302


def test_an_administrator_has_no_sight_of_material() -> None:
    sight = {
        Permission.CASE_READ,
        Permission.MEDIA_REVEAL,
        Permission.REPORTER_READ,
        Permission.REFERRAL_READ,
    }

    assert not any(Role.ADMINISTRATOR in MATRIX[permission] for permission in sight)


def test_in_a_real_home_who_has_no_second_factor_is_sent_to_set_one_up(
    real_home: None, browser: Browser
) -> None:
    client = browser("administrator")

    answer = client.get("/desk/people/", follow=True)

    assert answer.redirect_chain == [("/desk/account/?needed", 302)]
    assert "second factor" in answer.content.decode()


@pytest.mark.parametrize(
    ("factor", "page"),
    [
        ("totp", "/desk/account/2fa/reauthenticate/"),
        ("webauthn", "/desk/account/2fa/webauthn/reauthenticate/"),
    ],
)
def test_in_a_real_home_a_session_that_showed_none_is_asked_for_it(
    real_home: None, someone: Callable[..., Person], sign_in: Browser, factor: str, page: str
) -> None:
    person = someone("administrator")
    Authenticator.objects.create(user=person, type=factor, data={})

    answer = sign_in(person).get("/desk/people/?page=2")

    assert answer.headers["Location"] == f"{page}?next=%2Fdesk%2Fpeople%2F%3Fpage%3D2"


def test_in_a_real_home_recovery_codes_alone_are_no_second_factor(
    real_home: None, someone: Callable[..., Person], sign_in: Browser
) -> None:
    person = someone("administrator")
    Authenticator.objects.create(user=person, type="recovery_codes", data={})

    assert sign_in(person).get("/desk/people/").headers["Location"] == "/desk/account/?needed"


def test_in_a_real_home_a_session_that_showed_its_second_factor_gets_in(
    real_home: None, browser: Browser
) -> None:
    assert browser("administrator", factor=True).get("/desk/people/").status_code == 200


def test_a_factor_that_another_person_showed_does_not_count(
    real_home: None, someone: Callable[..., Person], sign_in: Browser
) -> None:
    client = sign_in(someone("administrator"), factor=True)
    session = client.session
    session["account_authentication_methods_user"] = str(someone("analyst").pk)
    session.save()

    assert client.get("/desk/people/").status_code == 302


def test_refusal_comes_before_the_second_factor_is_asked(real_home: None, browser: Browser) -> None:
    assert browser("analyst").get("/desk/people/").status_code == 403


def test_a_rehearsal_asks_for_no_second_factor(home: None, browser: Browser) -> None:
    assert browser("administrator").get("/desk/people/").status_code == 200

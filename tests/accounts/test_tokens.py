"""Bearer tokens: a desk token is a named person's, from a network that a manager named."""

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory

from nightlight.accounts import networks, people, tokens
from nightlight.accounts.models import DeskNetwork, Person, Token
from nightlight.accounts.tokens import Bearer, Scope
from nightlight.audit.models import Entry

Someone = Callable[..., Person]


def asked(secret: str, scope: str, address: str = "198.51.100.7") -> tokens.Caller | None:
    """What a call that wants this scope finds, made from this address."""
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {secret}"}, REMOTE_ADDR=address)
    found: tokens.Caller | None = Bearer(scope)(request)
    return found


def test_a_token_opens_its_scopes_and_no_others(home: None) -> None:
    secret = tokens.issue("Example Host", [Scope.MEMBER, Scope.DISTANCE])

    caller = asked(secret, "member")

    assert caller and caller.name == "Example Host"
    assert asked(secret, "distance")
    with pytest.raises(tokens.WrongScope, match="urls_clear"):
        asked(secret, "urls_clear")


def test_the_database_keeps_no_token(home: None) -> None:
    secret = tokens.issue("Example Host", [Scope.MEMBER])

    assert secret not in str(Token.objects.values())
    assert secret not in str(Entry.objects.values())


@pytest.mark.parametrize("wrong", ["", "nl_member_x", "Bearer"])
def test_an_unknown_token_opens_nothing(home: None, wrong: str) -> None:
    assert tokens.read(wrong) is None


def test_a_revoked_token_opens_nothing(home: None, someone: Someone) -> None:
    secret = tokens.issue("Example Host", [Scope.MEMBER])

    tokens.revoke(Token.objects.get(), someone("administrator"))

    assert asked(secret, "member") is None
    assert Entry.objects.filter(verb="accounts.revoke_token").count() == 1


def test_the_token_of_somebody_switched_off_opens_nothing(home: None, someone: Someone) -> None:
    person = someone("analyst")
    secret = tokens.issue("desk", [Scope.DESK], person)

    people.deactivate(person, "system")

    assert asked(secret, "desk") is None


@pytest.mark.parametrize("scopes", [[], ["everything"], ["desk", "everything"]])
def test_scopes_nobody_knows_are_refused(home: None, scopes: list[str]) -> None:
    with pytest.raises(tokens.TokenRefused, match=r"known are|name what"):
        tokens.issue("x", scopes)


def test_an_operation_can_ask_for_known_scopes_only() -> None:
    with pytest.raises(ValueError, match="everything"):
        Bearer("everything")


def test_a_rehearsal_makes_a_person_for_a_desk_token_that_is_nobodys(home: None) -> None:
    secret = tokens.issue_for("Desk One", ["desk"])

    caller = asked(secret, "desk")

    assert caller and caller.person
    assert (caller.person.name, caller.person.email) == ("Desk One", "desk-one@rehearsal.invalid")
    assert caller.person.roles == ["analyst", "senior_analyst"]
    assert not caller.person.has_usable_password()


def test_a_rehearsal_makes_a_person_of_an_e_mail_nobody_has(home: None) -> None:
    first = asked(tokens.issue_for("a", ["desk"], "New@hotline.test"), "desk")

    second = asked(tokens.issue_for("b", ["desk"], "new@hotline.test"), "desk")

    assert first and second
    assert first.person == second.person == Person.objects.get(email="new@hotline.test")


def test_tokens_of_two_names_are_two_people_so_that_a_second_look_is_anothers(home: None) -> None:
    one, two = (asked(tokens.issue_for(name, ["desk"]), "desk") for name in ("one", "two"))

    assert one and two
    assert one.person != two.person


def test_a_real_home_makes_nobody_up(real_home: None) -> None:
    with pytest.raises(tokens.TokenRefused, match="--for EMAIL"):
        tokens.issue_for("desk", ["desk"])
    with pytest.raises(tokens.TokenRefused, match="nobody active here"):
        tokens.issue_for("desk", ["desk"], "new@hotline.test")

    assert not Person.objects.exists()
    assert not Token.objects.exists()


def test_in_a_real_home_a_desk_token_works_from_named_networks_only(
    real_home: None, someone: Someone
) -> None:
    secret = tokens.issue("desk", [Scope.DESK], someone("analyst"))
    before = asked(secret, "desk", "203.0.113.9")

    networks.name("203.0.113.0/24", someone("manager"))

    assert before is None
    assert asked(secret, "desk", "203.0.113.9")
    assert asked(secret, "desk", "198.51.100.7") is None
    assert tokens.read(secret) is None


def test_in_a_real_home_other_tokens_work_from_everywhere(real_home: None) -> None:
    assert asked(tokens.issue("Example Host", [Scope.MEMBER]), "member")


def test_a_network_taken_back_admits_nobody(real_home: None, someone: Someone) -> None:
    boss = someone("manager")
    network = networks.name("203.0.113.0/24", boss)

    networks.drop(network, boss)

    assert not networks.admits("203.0.113.9")


@pytest.mark.parametrize(
    ("cidr", "address", "admitted"),
    [
        ("203.0.113.0/24", "203.0.113.255", True),
        ("203.0.113.0/24", "203.0.114.0", False),
        ("203.0.113.5", "203.0.113.5", True),
        ("203.0.113.0/24", "::ffff:203.0.113.5", True),
        ("2001:db8::/32", "2001:db8::1", True),
        ("2001:db8::/32", "203.0.113.5", False),
        ("203.0.113.0/24", "", False),
        ("203.0.113.0/24", "nonsense", False),
    ],
)
def test_a_network_admits_its_own(
    real_home: None, someone: Someone, cidr: str, address: str, admitted: bool
) -> None:
    networks.name(cidr, someone("manager"))

    assert networks.admits(address) is admitted


@pytest.mark.parametrize("cidr", ["", "desk", "203.0.113.9/24", "0.0.0.0/0", "::/0", "128.0.0.0/1"])
def test_what_is_no_network_or_half_the_internet_is_refused(home: None, someone: Someone, cidr: str) -> None:
    with pytest.raises(networks.NetworkRefused):
        networks.name(cidr, someone("manager"))

    assert not DeskNetwork.objects.exists()


def test_the_networks_page_is_the_managers(home: None, browser: Callable[..., Client]) -> None:
    client = browser("manager")

    client.post("/desk/networks/", {"cidr": "203.0.113.0/24"})
    wrong = client.post("/desk/networks/", {"cidr": "0.0.0.0/0"})
    named = DeskNetwork.objects.get()
    page = client.get("/desk/networks/").content.decode()
    client.post(f"/desk/networks/{named.pk}/drop/")

    assert "203.0.113.0/24" in page
    assert (wrong.status_code, DeskNetwork.objects.exists()) == (422, False)
    assert browser("administrator").get("/desk/networks/").status_code == 403


def test_the_people_page_makes_a_token_shows_it_once_and_ends_it(
    home: None, browser: Callable[..., Client]
) -> None:
    client = browser("administrator")

    made = client.post("/desk/tokens/add/", {"name": "Example Host", "scopes": ["report"]}).content.decode()
    secret = made.split("<pre>")[1].split("</pre>")[0]
    works = asked(secret, "report")
    later = client.get("/desk/people/").content.decode()
    client.post(f"/desk/tokens/{Token.objects.get().pk}/revoke/")

    assert works
    assert secret not in later
    assert asked(secret, "report") is None


@pytest.mark.parametrize("scopes", [["desk"], ["member"], ["member", "urls_clear"]])
def test_an_administrator_gives_nobody_elses_eyes_away(
    home: None, someone: Callable[..., Person], scopes: list[str]
) -> None:
    administrator, analyst = someone("administrator"), someone("analyst")

    with pytest.raises(tokens.TokenRefused):
        tokens.issue("x", scopes, analyst, by=administrator)

    assert not Token.objects.exists()


def test_the_people_page_refuses_a_desk_token_that_is_nobodys(
    real_home: None, browser: Callable[..., Client]
) -> None:
    client = browser("administrator", factor=True)

    answer = client.post("/desk/tokens/add/", {"name": "desk", "scopes": ["desk"]})

    assert answer.status_code == 422
    assert not Token.objects.exists()

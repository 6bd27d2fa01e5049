"""The office: every place of administration from one page, every switch with what happens without it, two papers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import resolve

from nightlight.accounts import switchboard
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Role
from nightlight.casebook import retention
from nightlight.casebook.models import KeepRule
from nightlight.server import config, office_places, processing, setting_words
from nightlight.takedown.models import Rule
from nightlight.takedown.switches import WITHOUT
from nightlight.work import clock

Browser = Callable[..., Client]
NEEDED = {
    "/desk/people/", "/desk/matrix/", "/desk/mandate/", "/desk/routes/", "/desk/holds/", "/desk/settings/",
    "/desk/texts/", "/desk/retention/", "/desk/office/processing/", "/desk/office/checklist/", "/desk/review/",
    "/desk/contacts/approvals/", "/desk/networks/", "/desk/duties/", "/desk/audit/", "/desk/work/",
}  # fmt: skip


@pytest.fixture
def browser(home: None, someone: Callable[..., Person]) -> Browser:
    """`browser("manager")` is the browser of a new person with these roles."""

    def opened(*roles: str) -> Client:
        client = Client()
        client.force_login(someone(*roles), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return opened


def test_every_place_of_administration_is_reached_from_one_page(browser: Browser) -> None:
    page = browser(*Role.values).get("/desk/office/").content.decode()

    assert {path for path in NEEDED if f'href="{path}"' not in page} == set()


@pytest.mark.parametrize("role", [role for role in Role.values if role != "member"])
def test_each_role_finds_only_doors_that_open(browser: Browser, role: str) -> None:
    client = browser(role)
    shown = client.get("/desk/office/").context["sections"]

    statuses = {door.path: client.get(door.path).status_code for _, doors in shown for door, _ in doors}

    assert {path: status for path, status in statuses.items() if status != 200} == {}


def test_a_door_asks_what_its_page_asks() -> None:
    doors = [door for section in office_places.SECTIONS for door in section.doors]

    wrong = [
        door.path for door in doors if getattr(resolve(door.path).func, "permission", None) != door.permission
    ]

    assert wrong == []


def test_every_setting_and_switch_is_listed_with_what_happens_without_it(browser: Browser) -> None:
    page = browser("manager").get("/desk/settings/")

    rows = [row for _, group in page.context["groups"] for row in group]
    labels = {str(row.label) for row in rows}
    assert tuple(setting_words.WORDS) == config.NAMES
    assert {f"NIGHTLIGHT_{name.upper()}" for name in config.NAMES} <= labels
    assert set(WITHOUT) == set(Rule.Name)
    assert {str(kind.label) for kind in retention.all_kinds()} <= labels
    assert all(str(row.without) and str(row.state) for row in rows)


def test_no_secret_of_a_setting_is_shown(browser: Browser, settings: object) -> None:
    from dataclasses import replace

    found = settings.NIGHTLIGHT  # type: ignore[attr-defined]
    mail = config.MailServer("mail.example", 587, "sender", "hush-hush", True)
    settings.NIGHTLIGHT = replace(  # type: ignore[attr-defined]
        found,
        mail=mail,
        proxy="socks5://user:hush-hush@proxy.example:1080",
        database_url="postgresql://u:hush-hush@db.example/x",
    )

    page = browser("administrator").get("/desk/settings/").content.decode()

    assert "mail.example:587" in page and "socks5://proxy.example:1080" in page
    assert "hush-hush" not in page


def test_switches_are_listed_in_groups_that_name_where_to_change_them(home: None) -> None:
    rows = [row for group in switchboard.all_groups() for row in group.rows()]

    assert all(resolve(row.where) for row in rows if row.where)


def test_the_record_of_processing_says_how_long_as_the_rules_stand(
    browser: Browser, someone: Callable[..., Person]
) -> None:
    client, manager = browser("inspector"), someone("manager")
    before = client.get("/desk/office/processing/").content.decode()
    retention.record("contact", "", 90, "Law 7, article 3", by=manager)

    after = client.get("/desk/office/processing/").content.decode()

    assert "no rule is recorded" in before
    assert "90 days, Law 7, article 3" in after


def test_the_record_of_processing_names_every_kind_that_is_kept() -> None:
    named = [name for activity in processing.ACTIVITIES for name in activity.kinds]

    assert sorted(named) == sorted(kind.name for kind in retention.all_kinds())


def test_the_checklist_says_what_is_missing(
    real_home: None, someone: Callable[..., Person], settings: object
) -> None:
    from nightlight.server.office_views import _checks

    found = {each.check: str(each.state) for each in _checks()}

    assert found["mandate"] == "missing"
    assert found["people.analysts"] == "missing"
    assert found["backup"] == "missing"


def test_a_rule_is_counted_before_it_can_be_recorded(browser: Browser) -> None:
    client = browser("manager")
    said = {"kind": "contact", "country": "", "days": "90", "grounds": "Law 7"}

    looked = client.post("/desk/retention/", {**said, "step": "look"})
    assert not KeepRule.objects.exists()
    recorded = client.post("/desk/retention/", {**said, "step": "record"})

    assert "0 records would be emptied" in looked.content.decode()
    assert recorded.status_code == 302
    assert KeepRule.objects.get().from_at - clock.now() == timedelta(hours=24)
    assert "90 days" in client.get("/desk/retention/").content.decode()

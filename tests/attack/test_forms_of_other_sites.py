"""A page of another site makes a visitor's browser post to us: nothing happens."""

from collections.abc import Callable

import pytest
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.assess.models import Appeal
from nightlight.casebook.models import Report
from tests.attack.conftest import all_pages

Browser = Callable[..., Client]
EVIL = "https://evil.example"
COOKIELESS = (
    "/report/", "/receipt/", "/receipt/withdraw/", "/receipt/answer/", "/receipt/add/", "/receipt/proof/", "/appeal/",
    "/young-people/tell/",
)  # fmt: skip
READ_ONLY = ("/healthz", "/readyz", "/metrics", "/.well-known/security.txt")

BY_TOKEN = ("/m/lookup", "/h/hash")  # a browser sends no bearer token by itself


def test_no_page_takes_a_post_without_its_token(home: None, browser: Browser) -> None:
    client = browser(
        "analyst", "senior_analyst", "manager", "administrator", "inspector", "police_liaison", strict=True
    )

    taken = {}
    for page in all_pages():
        answer = client.post(page.path, {})
        refused = (401,) if page.path in BY_TOKEN else (403, 405)
        if page.path not in (*COOKIELESS, *READ_ONLY) and answer.status_code not in refused:
            taken[page.path] = answer.status_code

    assert taken == {}


@pytest.mark.parametrize("path", COOKIELESS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "Cross-Site"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost:8000"},
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": "http://localhost:8000.evil.example"},
        {"Origin": "http://localhost:8000@evil.example"},
    ],
    ids=str,
)
def test_the_public_forms_take_no_post_of_another_site(
    path: str, headers: dict[str, str], home: None, browser: Browser
) -> None:
    answer = browser().post(
        path, {"kind": "material", "who": "owner", "address": "a.example", "reasons": "x"}, headers=headers
    )

    assert answer.status_code == 403
    assert not Report.objects.exists()
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "http://localhost"},
    ],
    ids=str,
)
def test_our_own_form_and_programs_that_are_no_browser_are_taken(
    headers: dict[str, str], home: None, browser: Browser
) -> None:
    answer = browser().post("/report/", {"kind": "material"}, headers={"Host": "localhost", **headers})

    assert answer.status_code == 200
    assert Report.objects.count() == 1


def test_a_token_of_another_session_opens_no_form(
    home: None, browser: Browser, someone: Callable[..., Person]
) -> None:
    client, whom = browser("administrator", strict=True), someone("analyst")
    other = browser("administrator", strict=True)
    token = other.get(f"/desk/people/{whom.pk}/").context["csrf_token"]

    answer = client.post(f"/desk/people/{whom.pk}/switch/", {"csrfmiddlewaretoken": str(token)})

    whom.refresh_from_db()
    assert answer.status_code == 403
    assert whom.is_active


def test_no_page_lets_another_site_read_it_or_frame_it(home: None, browser: Browser) -> None:
    client = browser("manager")

    for path in ("/", "/report/", "/desk/", "/api/v1/openapi.json"):
        answer = client.get(path, headers={"Origin": EVIL})
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert answer["X-Frame-Options"] == "DENY"

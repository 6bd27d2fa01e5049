"""No answer but the reveal carries a medium, and none that does, or that the desk gives, is kept by a cache."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from nightlight.accounts import devices, mandate, networks
from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Role
from nightlight.assess.purposes import RevealPurpose
from nightlight.assess.reveal import reveal
from nightlight.casebook.models import Case, Sighting
from tests.assess.conftest import MakeCase, MakePerson
from tests.assess.test_reveal import PICTURE, Web, a_case, ask, sighted, web

__all__ = ["web"]

MEDIA = ("image/", "video/", "audio/", "application/octet-stream")
Patterns = Sequence[URLPattern | URLResolver]


def addresses(patterns: Patterns, case: Case, sighting: Sighting, before: str = "/") -> Iterator[str]:
    """Every address of the house that can be written with what is known here."""
    known = {"case_id": case.pk, "sighting_id": sighting.pk, "pk": case.pk}
    for pattern in patterns:
        where = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, case, sighting, where)
            continue
        for name, converter in pattern.pattern.converters.items():
            value = known.get(name, case.pk if "UUID" in type(converter).__name__ else "1")
            where = where.replace(f"<{_kind(where, name)}{name}>", str(value))
        if "<" not in where and "(" not in where:
            yield where


def _kind(where: str, name: str) -> str:
    return next((kind for kind in ("uuid:", "int:", "str:", "slug:") if f"<{kind}{name}>" in where), "")


def carries_media(answer: HttpResponseBase) -> bool:
    """Whether an answer is a medium, or holds the bytes of the one that was sighted."""
    body = answer.getvalue() if answer.streaming else answer.content  # type: ignore[attr-defined]
    kind = answer.get("Content-Type", "")
    drawn = kind.startswith("image/svg+xml")  # charts and marks of our own
    return (
        (kind.startswith(MEDIA) and not drawn)
        or PICTURE in body
        or base64.b64encode(PICTURE)[:24] in body
        or b"data:image" in body
    )


def kept_by_caches(answer: HttpResponseBase) -> bool:
    """Whether a cache, of the browser or on the way, may keep an answer."""
    said = {each.strip() for each in answer.get("Cache-Control", "").split(",")}
    return "no-store" not in said


@pytest.fixture
def shown(make_case: MakeCase, web: Web) -> Sighting:
    """A medium at the address of a case."""
    return sighted(make_case())


def everybody(someone: MakePerson) -> Person:
    return someone(*(role for role in Role if role != Role.MEMBER))


def answers(person: Person, sighting: Sighting) -> Iterator[tuple[str, str, HttpResponseBase]]:
    """Every address read and posted to by somebody who may do everything, except the reveal and signing out."""
    client = Client(raise_request_exception=False)
    client.force_login(person)
    case = sighting.location.case
    for where in addresses(get_resolver().url_patterns, case, sighting):
        if where.endswith("/reveal") or "/account/" in where:
            continue
        for method in ("get", "post"):
            answer: Any = getattr(client, method)(where)
            yield method, where, answer


@pytest.mark.usefixtures("home")
def test_no_answer_but_the_reveal_carries_a_medium(shown: Sighting, someone: MakePerson) -> None:
    found = list(answers(everybody(someone), shown))

    assert len(found) > 150
    assert [(method, where) for method, where, answer in found if carries_media(answer)] == []


@pytest.mark.usefixtures("home")
def test_no_answer_of_the_desk_is_kept_by_a_cache(shown: Sighting, someone: MakePerson) -> None:
    found = list(answers(everybody(someone), shown))

    desk = [(method, where, answer) for method, where, answer in found if where.startswith("/desk/")]
    assert len(desk) > 100
    assert [(method, where) for method, where, answer in desk if kept_by_caches(answer)] == []


def test_the_reveal_carries_it_to_nobody_s_cache(shown: Sighting, someone: MakePerson) -> None:
    answer = ask(someone("analyst"), shown.location.case, shown)

    assert carries_media(answer) and not kept_by_caches(answer)
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_reveal_answers_no_link_and_no_other_site(shown: Sighting, someone: MakePerson) -> None:
    where = f"/desk/cases/{shown.location.case.pk}/media/{shown.pk}/reveal"
    client = Client(enforce_csrf_checks=True)
    client.force_login(someone("analyst"))

    linked, foreign = client.get(where), client.post(where, {"purpose": "grade"})
    nobody = Client().post(where, {"purpose": "grade"})

    assert (linked.status_code, foreign.status_code, nobody.status_code) == (405, 403, 302)
    assert not any(carries_media(answer) for answer in (linked, foreign, nobody))


@pytest.mark.usefixtures("real_home")
def test_a_real_home_shows_it_only_on_a_named_device_in_a_named_network(
    someone: MakePerson, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager, analyst, case = someone("manager"), someone("analyst"), a_case()
    monkeypatch.setattr(mandate, "require", lambda switch: None)
    sighting, purpose = sighted(case), RevealPurpose.GRADE
    networks.name("203.0.113.0/24", manager)
    _row, secret = devices.name("Room 2", manager)

    for seat in (devices.Seat("203.0.113.7", ""), devices.Seat("198.51.100.7", secret)):
        with pytest.raises(devices.NotHere):
            reveal(case.pk, sighting.pk, analyst, purpose, seat=seat)
    asked = list(web.asked)
    _kind, body = reveal(case.pk, sighting.pk, analyst, purpose, seat=devices.Seat("203.0.113.7", secret))

    assert (asked, body) == ([], PICTURE)

"""The server's own pages: health, readiness, metrics, security.txt, and the status of due work."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from nightlight.accounts import tokens
from nightlight.accounts.models import Person
from nightlight.audit.models import Entry
from nightlight.work import clock
from nightlight.work.models import Home, Work
from tests.casebook import cases

STRANGER = "203.0.113.9"


def test_healthz_needs_nothing_but_the_process(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readyz_is_ready_when_database_and_home_belong_together(client: Client, home: None) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_readyz_is_not_ready_with_another_ring_s_database(client: Client, home: None) -> None:
    Home.objects.update(ring_fingerprint="0" * 64)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "another key ring" in answer.json()["why"]


def test_metrics_count_reports_cases_and_work(client: Client, home: None) -> None:
    cases.reported("https://pictures.test/1")
    Work.objects.create(task="x", due=clock.now() - timedelta(minutes=1), state=Work.State.DEAD)

    lines = client.get("/metrics").content.decode().splitlines()

    assert "nightlight_reports 1" in lines
    assert 'nightlight_cases{state="open"} 1' in lines
    assert 'nightlight_work{state="dead"} 1' in lines


def test_metrics_are_not_for_strangers(client: Client, home: None) -> None:
    answer = client.get("/metrics", REMOTE_ADDR=STRANGER)

    assert answer.status_code == 403


def test_a_proxy_on_this_machine_opens_metrics_to_nobody(client: Client, home: None) -> None:
    answer = client.get("/metrics", headers={"X-Forwarded-For": STRANGER})

    assert answer.status_code == 403


@pytest.mark.parametrize(("scope", "status"), [("metrics", 200), ("member", 403)])
def test_a_token_of_scope_metrics_reads_them_from_anywhere(
    client: Client, home: None, scope: str, status: int
) -> None:
    secret = tokens.issue("monitor", [scope])

    answer = client.get("/metrics", REMOTE_ADDR=STRANGER, headers={"Authorization": f"Bearer {secret}"})

    assert answer.status_code == status


def test_security_txt_has_what_rfc_9116_asks_for(client: Client, home: None) -> None:
    answer = client.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    expires = datetime.fromisoformat(fields["Expires"])
    assert answer["Content-Type"].startswith("text/plain")
    assert fields["Contact"].startswith("mailto:")
    assert datetime.now(UTC) < expires < datetime.now(UTC) + timedelta(days=366)


def test_the_work_page_lists_what_is_due_and_what_is_dead(
    client: Client, home: None, someone: Callable[..., Person]
) -> None:
    client.force_login(someone("manager"))
    Work.objects.create(task="takedown.send", due=clock.now(), state=Work.State.DEAD, last_error="NotNow")

    page = client.get("/desk/work/").content.decode()

    assert "takedown.send" in page
    assert "NotNow" in page


def test_the_work_page_comes_in_pages(client: Client, home: None, someone: Callable[..., Person]) -> None:
    client.force_login(someone("manager"))
    Work.objects.bulk_create(Work(task=f"task.{number:03}", due=clock.now()) for number in range(150))

    first = client.get("/desk/work/").content.decode()
    second = client.get("/desk/work/?after=100").content.decode()

    assert (first.count("task."), second.count("task.")) == (100, 50)
    assert 'href="?after=100"' in first
    assert 'href="?after=' not in second


@pytest.mark.parametrize(("role", "status"), [("analyst", 403), ("inspector", 200)])
def test_the_work_page_names_its_permission(
    client: Client, home: None, someone: Callable[..., Person], role: str, status: int
) -> None:
    client.force_login(someone(role))

    assert client.get("/desk/work/").status_code == status


def test_dead_work_is_started_again_and_that_is_logged(
    client: Client, home: None, someone: Callable[..., Person]
) -> None:
    client.force_login(someone("administrator"))
    work = Work.objects.create(task="takedown.send", due=clock.now(), state=Work.State.DEAD, attempts=12)

    client.post(f"/desk/work/{work.pk}/revive/")

    work.refresh_from_db()
    assert (work.state, work.attempts) == (Work.State.DUE, 0)
    assert Entry.objects.get(verb="work.revive").facts == {"work": str(work.pk)}


def test_an_inspector_sees_dead_work_but_starts_none(
    client: Client, home: None, someone: Callable[..., Person]
) -> None:
    client.force_login(someone("inspector"))
    work = Work.objects.create(task="takedown.send", due=clock.now(), state=Work.State.DEAD)

    answer = client.post(f"/desk/work/{work.pk}/revive/")

    work.refresh_from_db()
    assert (answer.status_code, work.state) == (403, Work.State.DEAD)

"""The doctor finds what is missing, says what to do, and tells no secret."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from nightlight.accounts import mandate, networks
from nightlight.accounts.mandate import Switch
from nightlight.accounts.models import Person
from nightlight.audit import log, triggers
from nightlight.audit.models import Entry
from nightlight.demo.internet import SmallInternet
from nightlight.fingerprint.confined import has_landlock
from nightlight.fingerprint.sandbox import Sandbox
from nightlight.server import config, doctor, hashes, inside, reach, volume
from nightlight.server.findings import Finding, Mark
from nightlight.takedown.models import Notice
from nightlight.vault import KeyRing
from nightlight.work import clock
from nightlight.work.home import establish
from nightlight.work.models import Home, Work

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SECRET = "lighthouse-42"


@pytest.fixture
def own_real_home(own_ring: KeyRing, db: None) -> None:
    establish(Home.Kind.REAL)


@pytest.fixture
def internet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallInternet]:
    monkeypatch.setattr(reach, "SECONDS", 60)
    with SmallInternet(lambda: MONDAY, tmp_path / "post") as running:
        yield running


def setting(settings: Any, **values: str) -> None:
    """Sets settings as the environment would, in the home of the test."""
    names = {f"NIGHTLIGHT_{name.upper()}": value for name, value in values.items()}
    read = config.read({**names, "NIGHTLIGHT_HOME": str(settings.NIGHTLIGHT.home)})
    settings.NIGHTLIGHT = replace(read, database_url=settings.NIGHTLIGHT.database_url)


def only(check: Callable[[], Iterator[Finding]]) -> Finding:
    """The one finding of a check."""
    (finding,) = check()
    return finding


def marks(check: Callable[[], Iterator[Finding]]) -> dict[str, Mark]:
    """The findings of a check by name."""
    return {finding.check: finding.state for finding in check()}


def test_a_new_real_home_lacks_mandate_way_out_mail_people_and_backup(
    own_real_home: None, settings: Any
) -> None:
    setting(settings, base_url="https://hotline.example")

    found = [
        finding.check
        for check in (*inside.FIRST, reach.proxy, reach.mail, *inside.THEN)
        for finding in check()
        if finding.state is Mark.MISSING
    ]

    assert found == [
        "mandate",
        "egress",
        "mail",
        "people.manager",
        "people.analysts",
        "people.senior",
        "people.administrator",
        "backup",
    ]


def test_every_finding_that_is_not_well_says_what_to_do(own_real_home: None) -> None:
    findings = [
        finding for check in (*inside.FIRST, reach.proxy, reach.mail, *inside.THEN) for finding in check()
    ]

    assert all(finding.do for finding in findings if finding.state is not Mark.OK)


def test_the_five_switches_of_a_mandate_are_told_one_by_one(
    own_real_home: None, someone: Callable[..., Person]
) -> None:
    mandate.record(
        someone("manager"),
        law="Hotline Act 3",
        police_agreement="2026-1",
        jurisdictions="DE",
        data_protection="DPIA-7",
        safeguarding_lead="A. Lamp",
        signed_on=date(2026, 1, 2),
        switches=[Switch.FETCH, Switch.NOTIFY],
    )

    assert marks(inside.right_to_act) == {
        "mandate": Mark.OK,
        "mandate.fetch": Mark.OK,
        "mandate.reveal": Mark.WARN,
        "mandate.notify": Mark.OK,
        "mandate.share": Mark.WARN,
        "mandate.sweep": Mark.WARN,
    }


def test_a_rehearsal_says_so(home: None) -> None:
    assert "rehearsal" in only(inside.kind).found
    assert "rehearsal" in only(inside.right_to_act).found


def test_settings_that_do_not_fit_the_kind_are_missing(own_real_home: None, settings: Any) -> None:
    setting(settings, clock="2026-01-05T09:00:00Z jump")

    assert [finding.state for finding in inside.kind()] == [Mark.OK, Mark.MISSING]


def test_enough_people_are_two_who_look_one_who_settles_and_one_of_each_other(
    real_home: None, someone: Callable[..., Person]
) -> None:
    someone("manager", "administrator")
    someone("analyst")
    someone("senior_analyst")

    found = marks(inside.people)

    assert found == {
        "people.manager": Mark.OK,
        "people.analysts": Mark.OK,
        "people.senior": Mark.OK,
        "people.administrator": Mark.OK,
        "people.second_factor": Mark.WARN,
    }


def test_people_who_were_switched_off_do_not_count(real_home: None, someone: Callable[..., Person]) -> None:
    person = someone("manager")
    person.is_active = False
    person.save()

    assert marks(inside.people)["people.manager"] == Mark.MISSING


def test_dead_and_late_work_are_told(home: None) -> None:
    Work.objects.create(task="takedown.send", due=clock.now(), state=Work.State.DEAD)
    Work.objects.create(task="takedown.look", due=clock.now() - timedelta(hours=1))

    found = [finding.found for finding in inside.due_work()]

    assert len(found) == 2
    assert "1 × takedown.send" in found[0]
    assert "late" in found[1]


def test_notices_that_cannot_leave_are_told_with_the_reason(home: None) -> None:
    now = clock.now()
    Notice.objects.create(
        serial="1",
        recipient="a@b.example",
        role=Notice.Role.HOST,
        body="",
        leave_at=now,
        created_at=now,
        why_not="no_mail_server",
    )

    finding = only(inside.notices)

    assert (finding.state, finding.found[:9]) == (Mark.WARN, "1 queued:")
    assert "NIGHTLIGHT_EMAIL_URL" in finding.found


@pytest.mark.parametrize(("days", "state"), [(1, Mark.OK), (8, Mark.WARN)])
def test_the_age_of_the_last_backup_is_told(
    real_home: None, monkeypatch: pytest.MonkeyPatch, days: int, state: Mark
) -> None:
    log.record("server.backup", by="system")
    later = clock.real_now() + timedelta(days=days)
    monkeypatch.setattr(clock, "real_now", lambda: later)

    assert only(inside.backups).state == state


def test_a_dropped_trigger_is_missing(home: None) -> None:
    with transaction.atomic():
        triggers.lift(connection, "audit_entry")
        found = only(inside.the_log)
        triggers.guard(connection, "audit_entry", triggers.GUARDED["audit_entry"])

    assert (found.state, only(inside.the_log).state) == (Mark.MISSING, Mark.OK)


def test_an_interrupted_rotation_is_missing(own_ring: KeyRing, home: None) -> None:
    own_ring.rotate_index()

    finding = only(inside.rotations)

    assert finding.state == Mark.MISSING
    assert "keys rotate --index" in finding.do


def test_a_clock_behind_the_log_is_missing(home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    log.record("test.act", by="system")
    earlier = Entry.objects.get(verb="test.act").recorded_at - timedelta(hours=2)
    monkeypatch.setattr(clock, "real_now", lambda: earlier)

    assert only(inside.the_clock).state == Mark.MISSING


def test_desk_networks_are_asked_for_in_a_real_home_only(
    real_home: None, someone: Callable[..., Person]
) -> None:
    before = only(inside.desk_networks).state
    networks.name("203.0.113.0/24", by=someone("manager"))

    assert (before, only(inside.desk_networks).state) == (Mark.WARN, Mark.OK)


def test_limits_that_are_off_in_a_real_home_are_told(real_home: None, settings: Any) -> None:
    setting(settings, limits="off")

    assert only(inside.limits).state == Mark.WARN


def test_migrations_that_have_not_run_are_missing(home: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'work'")
        found = only(inside.database)
        transaction.set_rollback(True)

    assert found.state == Mark.MISSING
    assert "migrations" in found.found


def test_another_ring_s_database_is_missing(own_ring: KeyRing, db: None) -> None:
    Home.objects.create(kind=Home.Kind.REAL, ring_fingerprint="0" * 64, created_at=clock.real_now())

    assert only(inside.database).state == Mark.MISSING


def test_what_the_small_internet_answers_is_well(
    own_ring: KeyRing, home: None, settings: Any, internet: SmallInternet
) -> None:
    names = {
        name.removeprefix("NIGHTLIGHT_").lower(): value for name, value in internet.environment().items()
    }
    setting(settings, **names)

    found = [only(check) for check in (reach.mail, reach.resolver, reach.rdap, reach.proxy)]

    assert [(finding.check, finding.state) for finding in found] == [
        ("mail", Mark.OK),
        ("resolver", Mark.OK),
        ("rdap", Mark.OK),
        ("egress", Mark.OK),
    ]


def test_what_does_not_answer_is_missing(
    own_ring: KeyRing, home: None, settings: Any, tmp_path: Path
) -> None:
    setting(
        settings,
        email_url="smtp://127.0.0.1:1",
        dns="127.0.0.1:1",
        rdap=str(tmp_path / "none.json"),
        proxy="http://127.0.0.1:1",
    )

    found = [only(check) for check in (reach.mail, reach.resolver, reach.rdap, reach.proxy)]

    assert [finding.state for finding in found] == [Mark.MISSING] * 4


def test_a_rehearsal_greets_no_mail_server_beyond_this_machine(
    own_ring: KeyRing, home: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(settings, email_url="smtp://mx.example:25")
    monkeypatch.setattr(reach.smtplib, "SMTP", lambda *_: pytest.fail("it was greeted"))

    assert only(reach.mail).state == Mark.MISSING


def test_no_secret_is_ever_told(own_real_home: None, settings: Any, own_ring: KeyRing) -> None:
    setting(
        settings,
        email_url=f"smtp://lamp:{SECRET}@127.0.0.1:1",
        proxy=f"http://lamp:{SECRET}@127.0.0.1:1",
    )

    told = " ".join(
        f"{finding.found} {finding.do}"
        for check in (*inside.FIRST, reach.proxy, reach.mail, *inside.THEN)
        for finding in check()
    )

    assert SECRET not in told
    assert own_ring.secret_key not in told


def test_without_a_home_only_that_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NIGHTLIGHT_HOME", str(tmp_path / "none"))

    found = list(doctor.examine())

    assert [(finding.check, finding.state) for finding in found] == [("home", Mark.MISSING)]


def test_a_home_open_to_others_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NIGHTLIGHT_HOME", str(tmp_path))
    tmp_path.chmod(0o755)

    first = next(doctor.examine())

    assert (first.state, first.do) == (Mark.MISSING, f"chmod 700 {tmp_path}")


def test_a_volume_on_dm_crypt_is_known_through_what_lies_on_it(tmp_path: Path) -> None:
    below = tmp_path / "dm-0"
    (below / "dm").mkdir(parents=True)
    (below / "dm" / "uuid").write_text("CRYPT-LUKS2-0123\n")
    above = tmp_path / "dm-1"
    (above / "dm").mkdir(parents=True)
    (above / "dm" / "uuid").write_text("LVM-4567\n")
    (above / "slaves").mkdir()
    (above / "slaves" / "dm-0").symlink_to(below)

    assert (volume._crypt(above), volume._crypt(tmp_path)) == (True, False)


@pytest.mark.parametrize(("check", "name"), [(hashes.media, "media"), (hashes.reported_pages, "pages")])
def test_media_and_pages_that_can_be_opened_are_well(home: None, check: Any, name: str) -> None:
    finding = only(check)

    assert finding.check == name
    assert finding.state is (Mark.OK if has_landlock() else Mark.WARN)


def test_media_that_cannot_be_opened_are_missing_with_the_reason(
    home: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashes, "Sandbox", lambda *_: Sandbox(examine="nowhere:examine"))

    finding = only(hashes.media)

    assert (finding.state, "nowhere" in finding.found) == (Mark.MISSING, True)


def test_a_saved_index_on_a_volume_that_is_not_encrypted_is_told(
    home: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NIGHTLIGHT = replace(settings.NIGHTLIGHT, home=tmp_path)
    monkeypatch.setattr(volume, "is_encrypted", lambda folder: False)
    before = marks(hashes.index)

    (tmp_path / "index").mkdir()

    assert before == {"index": Mark.OK}
    assert marks(hashes.index) == {"index": Mark.OK, "index.volume": Mark.WARN}

"""Somebody who can read and write the database but has no key ring: what they change is refused or found."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.db import DatabaseError, connection, transaction
from django.test import Client

from nightlight.accounts import tokens
from nightlight.accounts.models import Limit, Person, Token
from nightlight.audit import log
from nightlight.audit.checkpoints import checkpoint_now
from nightlight.audit.sequencer import sequence_once
from nightlight.audit.verify import verify
from nightlight.casebook.models import Location
from nightlight.takedown.models import Notice
from nightlight.vault import CannotOpen
from nightlight.vault.tokens import open_link
from nightlight.work.home import ring
from nightlight.work.models import Work
from nightlight.work.worker import Worker
from tests.casebook import cases

Someone = Callable[..., Person]


def write(statement: str, *values: bool | str) -> None:
    """Past the ORM, as whoever holds the file would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_address_moved_to_another_row_does_not_open(home: None) -> None:
    one = cases.page_case("http://album.test/a").location
    other = cases.page_case("http://album.test/b").location
    assert one
    assert other
    with connection.cursor() as cursor:
        cursor.execute("SELECT url FROM casebook_location WHERE id = %s", [_id(other)])
        (sealed,) = cursor.fetchone()
        cursor.execute("UPDATE casebook_location SET url = %s WHERE id = %s", [sealed, _id(one)])

    with pytest.raises(CannotOpen):
        _ = Location.objects.get(pk=one.pk).url


def test_a_made_up_session_signs_nobody_in(home: None, someone: Someone) -> None:
    person = someone("manager")
    made = DjangosStore()
    made["_auth_user_id"] = str(person.pk)
    made["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    made["_auth_user_hash"] = person.get_session_auth_hash()
    made.save()  # as an attacker might who had even the secret key, without the key of the names
    thief = Client()
    thief.cookies["session"] = str(made.session_key)

    assert thief.get("/desk/").status_code == 302


def test_a_made_up_token_opens_nothing(home: None, client: Client, someone: Someone) -> None:
    import hashlib

    secret = "nl_desk_made_up"
    for digest in (secret, hashlib.sha256(secret.encode()).hexdigest()):
        Token.objects.create(
            name=digest[:20],
            digest=digest[:64],
            scopes=["desk"],
            person=someone("analyst"),
            created_at="2026-01-05T09:00:00Z",
        )

    assert tokens.read(secret) is None
    assert client.get("/api/v1/cases", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.parametrize("token", ["", ".", "x.y", "0197c0de", "AAAA.AAAA", "\u00fc", "a" * 10_000])
def test_a_made_up_link_opens_no_notice(token: str, home: None, client: Client) -> None:
    assert open_link(ring(), "notice", token) is None
    if token:
        assert client.get(f"/notice/{token}/").status_code in (400, 404)
    assert not Notice.objects.exists()


def test_a_link_of_one_purpose_opens_nothing_of_another(home: None) -> None:
    from nightlight.vault.tokens import signed_link

    stamp = signed_link(ring(), "form", "0197c0de-0000-7000-8000-000000000001")

    assert open_link(ring(), "notice", stamp) is None


def test_what_stands_in_the_tables_is_never_run(home: None) -> None:
    import pickle

    evil = pickle.dumps(print).hex()
    Limit.objects.create(key="x", value=evil, expires="2999-01-01T00:00:00Z")
    Work.objects.create(task="os.system", args={"command": "true"}, due="2026-01-05T09:00:00Z")
    Work.objects.create(task="nightlight.cli.main", args={}, due="2026-01-05T09:00:00Z")

    Worker().run_until_idle()

    assert Work.objects.filter(task__in=["os.system", "nightlight.cli.main"]).count() == 2


def test_an_entry_that_was_changed_past_the_triggers_is_found(home: None, db: Any) -> None:
    log.record("test.act", by="system", value="one")
    log.record("test.act", by="system", value="two")
    sequence_once()
    checkpoint_now()
    with _without_triggers():
        write("UPDATE audit_entry SET actor = 'someone' WHERE verb = 'test.act'")

    assert not verify().holds


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'someone'",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_leaf",
        "UPDATE accounts_mandate SET fetch = %s",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_only_written(
    statement: str, home: None, someone: Someone
) -> None:
    from datetime import date

    from nightlight.accounts import mandate

    mandate.record(
        someone("manager"),
        **dict.fromkeys(mandate.GROUNDS, "written"),
        signed_on=date(2026, 1, 1),
        switches=[],
    )
    sequence_once()

    with pytest.raises(DatabaseError), transaction.atomic():
        write(statement, *([True] if "%s" in statement else []))


def test_the_second_factor_of_a_dump_opens_nothing(home: None, someone: Someone) -> None:
    person = someone("analyst")
    Authenticator.objects.create(user=person, type="totp", data={"secret": "cGxhaW4="})

    with pytest.raises(CannotOpen):
        Authenticator.objects.get().wrap().validate_code("000000")


def _id(row: Location) -> str:
    return row.pk.hex if connection.vendor == "sqlite" else str(row.pk)


def _without_triggers() -> Any:
    from tests.conftest import guards_down

    return guards_down(["audit_entry"])

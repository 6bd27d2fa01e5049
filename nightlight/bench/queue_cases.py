# ruff: noqa: S608 - the SQL is made of the model's own names and of numbers
"""The cases of the benchmark `queue`: made by the database itself, except what a page must be able to read."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.test import Client

from nightlight.accounts.models import Person
from nightlight.assess import filters
from nightlight.casebook.models import Allegation, Assessment, Case, Location, Report
from nightlight.casebook.sealed import find
from nightlight.work import clock

SITE = "common.example"  # one address in a hundred is there
RARE = "rare.example"  # three are
HEAVY = ("casebook_location", "casebook_case", "casebook_allegation")
SEALED_AHEAD = 400  # cases at the head of each view whose addresses can be read


def fill(open_cases: int, past_cases: int) -> None:
    """Writes the cases; indexes and constraints are made afterwards, which is quicker by far: digests in no order make
    an index wait for the disk, and each row of a foreign key is looked up on its own."""
    total = open_cases + past_cases
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        kept = [*_without_indexes(cursor), *_without_constraints(cursor)]
        _write(cursor, open_cases, total)
        for statement in reversed(kept):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    _analyst(0)
    for query in views().values():
        _seal(query)


def _write(cursor: Any, open_cases: int, total: int) -> None:
    now = clock.now()
    uuid = "(%s || lpad(to_hex(n), 24, '0'))::uuid"
    site, rare = find("domain", SITE), find("domain", RARE)
    on_site = (
        f"CASE WHEN n % 100 = 0 THEN '{site}' WHEN n <= 3 THEN '{rare}' "
        "ELSE md5((n / 40)::text) || md5((n / 40)::text) END"
    )
    _insert(
        cursor,
        Location,
        f"SELECT {uuid}, n FROM generate_series(1, {total}) AS n",
        ["01900000"],
        url_index="md5(n::text) || md5((-n)::text)",
        host_index="md5((n / 20)::text) || md5((n / 20)::text)",
        domain_index=on_site,
        tld="'example'",
        first_seen=f"'{now.isoformat()}'::timestamptz",
    )
    past = "(ARRAY['confirmed','dismissed','noticed','gone','handed_over'])[1 + n % 5]"
    _insert(
        cursor,
        Case,
        f"SELECT {uuid}, n FROM generate_series(1, {total}) AS n",
        ["01900001"],
        location_id="('01900000' || lpad(to_hex(n), 24, '0'))::uuid",
        domain_index=on_site,
        state=f"CASE WHEN n > {open_cases} THEN {past} WHEN n % 10 = 0 THEN 'second_look' ELSE 'open' END",
        kind="CASE WHEN n % 20000 = 0 THEN 'grooming' WHEN n % 7 = 0 THEN 'other' ELSE 'material' END",
        priority="CASE WHEN n % 5000 = 0 THEN 0 WHEN n % 9 = 0 THEN 5 ELSE 6 END",
        danger_now="n % 5000 = 0",
        country="CASE WHEN n % 50000 = 0 THEN 'SE' WHEN n % 3 = 0 THEN 'NL' WHEN n % 3 = 1 THEN 'US' ELSE '' END",
        received_at=f"'{now.isoformat()}'::timestamptz - n * interval '1 second'",
        changed_at=f"'{now.isoformat()}'::timestamptz - (n % 1000000) * interval '1 second'",
        clock_at=f"CASE WHEN n > {open_cases} AND n % 5 = 2 "
        f"THEN '{now.isoformat()}'::timestamptz + (n % 600000) * interval '1 second' END",
        episode="1",
    )
    report = Report.objects.create(received_at=now, kind="material", receipt_digest="bench", addresses="[]")
    cursor.execute(
        "INSERT INTO casebook_allegation (id, report_id, location_id, as_reported, at) "
        "SELECT ('01900003' || lpad(to_hex(n), 24, '0'))::uuid, %s, "
        f"('01900000' || lpad(to_hex(n), 24, '0'))::uuid, '', now() FROM generate_series(1, {open_cases}) AS n",
        [report.pk],
    )
    first = _analyst(1)
    _insert(
        cursor,
        Assessment,
        f"SELECT {uuid}, n FROM generate_series(10, {open_cases}, 10) AS n",
        ["01900004"],
        case_id="('01900001' || lpad(to_hex(n), 24, '0'))::uuid",
        role="'first'",
        episode="1",
        round="1",
        by_id=f"'{first.pk}'",
        at="now()",
        outcome="'confirmed'",
        scheme="'UK'",
        severity="'A'",
    )


def _insert(cursor: Any, model: Any, numbers: str, params: list[str], **columns: str) -> None:
    """One INSERT for all rows; a column that is not named holds nothing."""
    given = {}
    for field in model._meta.concrete_fields:
        if field.column == "id":
            continue
        given[field.column] = columns.get(field.column) or _nothing(field)
    names = ", ".join(given)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} (id, {names}) "
        f"SELECT rows.id, {', '.join(given.values()).replace('%', '%%')} FROM ({numbers}) AS rows (id, n)",
        params,
    )


def _nothing(field: Any) -> str:
    if field.null:
        return "NULL"
    kind = field.get_internal_type()
    if kind == "BooleanField":
        return "false"
    return "0" if "Integer" in kind else "''"


def _without_indexes(cursor: Any) -> list[str]:
    """Drops the indexes of the large tables that hold no constraint; gives what makes them again."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint)",
        [list(HEAVY)],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [statement for _, statement in found]


def _without_constraints(cursor: Any) -> list[str]:
    """Drops what says that values are unique or stand in another table, but for primary keys; gives what makes it
    again, foreign keys first."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('u', 'f') ORDER BY contype",
        [list(HEAVY)],
    )
    found = cursor.fetchall()
    for table, name, _ in found:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    return [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {said}' for table, name, said in found]


def views() -> dict[str, str]:
    """The views that are measured, by name: the query of their addresses."""
    return {
        "to do, by rank": "",
        "to do, longest waiting": "?order=clock",
        "to do, longest in its state": "?order=since",
        "second look, longest waiting": "?state=second_look&order=since",
        "next deadline or end of a hold": "?order=end",
        "a deadline within a day": "?ends=24&state=noticed",
        "state: second look": "?state=second_look",
        "state: gone": "?state=gone",
        "kind: rare": "?kind=grooming",
        "host in a rare country": "?country=SE",
        "host in a country without cases": "?country=FI",
        "a common site": f"?domain={find('domain', SITE)}",
        "a rare site": f"?domain={find('domain', RARE)}",
        "with an alarm": "?sieve=alarm",
        "taken by me": "?mine=1",
        "waiting for a day or longer": "?hours=24",
        "to do, page far behind": f"?after={_far()}",
    }


def _far() -> str:
    row = Case.objects.filter(state="open", priority=6).order_by("received_at").values_list("pk")[100:101]
    return str(row[0][0]) if row else ""


def _seal(query: str) -> None:
    from django.http import QueryDict

    asked = QueryDict(query.lstrip("?"))
    cases = filters.cases(chosen := filters.read(asked), _analyst(0))
    if "after" in asked and (after := Case.objects.filter(pk=asked["after"]).first()):
        cases = cases.filter(filters.behind(chosen, after))
    _readable(location for location in cases.values_list("location", flat=True)[:SEALED_AHEAD])


def _readable(location_ids: Iterable[Any]) -> None:
    wanted = list(location_ids)
    for location in Location.objects.filter(pk__in=wanted):
        kept = (location.url_index, location.host_index, location.domain_index)
        location.url = f"http://site.example/{location.pk}"
        location.host = location.domain = "site.example"
        location.save()
        Location.objects.filter(pk=location.pk).update(
            **dict(zip(("url_index", "host_index", "domain_index"), kept, strict=True))
        )
    for allegation in Allegation.objects.filter(location__in=wanted):
        allegation.as_reported = "http://site.example/"
        allegation.save()


def _analyst(number: int) -> Person:
    email = f"bench{number}@hotline.test"
    found = Person.objects.filter(email=email).first()
    return found or Person.objects.create_user(email, uuid_password(), roles=["analyst"])


def uuid_password() -> str:
    """A password nobody needs to know."""
    from uuid import uuid4

    return uuid4().hex


def signed_in() -> Client:
    """A browser of an analyst."""
    client = Client()
    client.force_login(_analyst(0))
    return client

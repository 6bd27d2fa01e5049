"""What `doctor` looks at within the house: database, mandate, people, work, notices, backups."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count

from nightlight.accounts import mandate, rehearsal, second_factor
from nightlight.accounts.models import DeskDevice, DeskNetwork, Person
from nightlight.accounts.permissions import Role
from nightlight.audit import triggers
from nightlight.audit.models import Entry
from nightlight.server import hashes, rotation
from nightlight.server.findings import Check, Finding, missing, ok, warn
from nightlight.takedown import gates
from nightlight.vault.ring import Family
from nightlight.work import clock
from nightlight.work.home import WrongHome, check, is_rehearsal
from nightlight.work.models import ClockState, Work

BACKUP_AGE = timedelta(days=7)
LATE = timedelta(minutes=15)
SLACK = timedelta(seconds=5)


def database() -> Iterator[Finding]:
    """Reachable, of which kind, up to date, and this home's."""
    kind = {"sqlite": "SQLite, for one machine", "postgresql": "PostgreSQL, for many"}[connection.vendor]
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield missing(
            "database",
            f"it can't be reached ({type(error).__name__})",
            "start it, or correct NIGHTLIGHT_DATABASE_URL",
        )
        return
    if plan:
        yield missing(
            "database",
            f"{len(plan)} migrations have not run",
            "stop what runs, make a backup, start nightlight serve or web",
        )
        return
    try:
        check()
    except WrongHome as error:
        yield missing("database", str(error), "bring home and database together that belong together")
        return
    yield ok("database", kind)


def kind() -> Iterator[Finding]:
    """Real or rehearsal, and settings that fit."""
    yield ok(
        "kind",
        "a rehearsal: nothing here is real, and nothing leaves for the world"
        if is_rehearsal()
        else "a real home",
    )
    try:
        rehearsal.check(settings.NIGHTLIGHT)
    except rehearsal.RehearsalRefused as error:
        yield missing("kind", str(error), "nothing starts until this is corrected")


def address() -> Iterator[Finding]:
    """Where people reach us, and whose hosts we may write to."""
    config = settings.NIGHTLIGHT
    if config.base_url.startswith("https://"):
        yield ok("address", config.base_url)
    elif is_rehearsal() or config.base_host in ("localhost", "127.0.0.1"):
        yield warn(
            "address",
            f"{config.base_url} is for this machine only",
            "set NIGHTLIGHT_BASE_URL to https://… before the door opens",
        )
    else:
        yield missing(
            "address",
            f"{config.base_url} is not https",
            "put a proxy with TLS in front and set NIGHTLIGHT_BASE_URL",
        )
    if config.countries:
        yield ok("country", ", ".join(config.countries))
    else:
        yield warn("country", "none is set: no host counts as our own to write to", "set NIGHTLIGHT_COUNTRY")


def right_to_act() -> Iterator[Finding]:
    """The mandate and its five switches."""
    if is_rehearsal():
        yield ok("mandate", "open, because this is a rehearsal")
        return
    recorded = mandate.current()
    if recorded is None:
        yield missing(
            "mandate",
            "none: nothing is fetched, revealed, notified, shared or swept",
            "a manager records it on the desk once law, police agreement, data protection and safeguarding are settled",
        )
        return
    yield ok("mandate", f"signed on {recorded.signed_on.isoformat()}")
    for switch in mandate.Switch:
        if getattr(recorded, switch):
            yield ok(f"mandate.{switch}", "open")
        else:
            yield warn(
                f"mandate.{switch}", "closed", "a manager opens it on the desk, if the mandate covers it"
            )


def the_clock() -> Iterator[Finding]:
    """The machine's clock does not run behind what is in the log already."""
    last = Entry.objects.order_by("-pk").values_list("recorded_at", flat=True).first()
    behind = last - clock.real_now() if last else timedelta()
    if behind > SLACK:
        yield missing(
            "clock",
            f"this machine is {round(behind.total_seconds())} s behind the log",
            "let NTP set the clock",
        )
        return
    state = ClockState.objects.filter(pk=1).first()
    how = (
        "real time"
        if state is None or state.mode == ClockState.Mode.REAL
        else f"{state.mode}, as NIGHTLIGHT_CLOCK says"
    )
    yield ok("clock", f"{clock.now().isoformat(timespec='seconds')}, {how}")


def people() -> Iterator[Finding]:
    """Enough of them for the second look, and a second factor for each."""
    active = list(Person.objects.filter(is_active=True))
    desk = sum(bool({Role.ANALYST, Role.SENIOR_ANALYST} & set(person.roles)) for person in active)
    wanted = (
        ("manager", sum(person.has_role(Role.MANAGER) for person in active), 1, "to record the mandate"),
        ("analysts", desk, 2, "because a second person looks at category A and at every first list entry"),
        (
            "senior",
            sum(person.has_role(Role.SENIOR_ANALYST) for person in active),
            1,
            "to settle where two differ",
        ),
        (
            "administrator",
            sum(person.has_role(Role.ADMINISTRATOR) for person in active),
            1,
            "to add people and roles",
        ),
    )
    for name, count, least, why in wanted:
        if count >= least:
            yield ok(f"people.{name}", str(count))
        else:
            yield missing(
                f"people.{name}",
                f"{count} of at least {least}, {why}",
                "nightlight init --person EMAIL --role ROLE, or the desk's page of people",
            )
    without = sum(not second_factor.is_set_up(person) for person in active)
    if is_rehearsal() or not without:
        yield ok(
            "people.second_factor", "a rehearsal asks for none" if is_rehearsal() else "everyone has one"
        )
    else:
        yield warn(
            "people.second_factor",
            f"{without} of {len(active)} people have none",
            "they are asked for it when they sign in next",
        )


def desk_networks() -> Iterator[Finding]:
    """Where desk tokens work from."""
    count = DeskNetwork.objects.count()
    if count or is_rehearsal():
        yield ok(
            "networks",
            f"{count} named for desk tokens" if count else "desk tokens of a rehearsal work from anywhere",
        )
    else:
        yield warn(
            "networks",
            "none is named: desk tokens work from nowhere",
            "a manager names the office's networks on the desk",
        )


def desk_devices() -> Iterator[Finding]:
    """Where media are shown, once the mandate opens that."""
    count = DeskDevice.objects.filter(dropped_at=None).count()
    if count or is_rehearsal():
        yield ok(
            "devices", f"{count} named for media" if count else "media of a rehearsal are shown on any device"
        )
    else:
        yield warn(
            "devices",
            "none is named: no medium is shown to anybody",
            "a manager names each at the machine itself",
        )


def limits() -> Iterator[Finding]:
    """Whether the public door is limited."""
    notes = rehearsal.notes(settings.NIGHTLIGHT.limits)
    for note in notes:
        yield warn("limits", note, "or set NIGHTLIGHT_LIMITS=on")
    if not notes:
        yield ok("limits", "on" if settings.NIGHTLIGHT.limits else "off, in a rehearsal")


def due_work() -> Iterator[Finding]:
    """Nothing dead, nothing late."""
    dead = Work.objects.filter(state=Work.State.DEAD).values("task").annotate(n=Count("id")).order_by("task")
    for row in dead:
        yield warn(
            "work",
            f"{row['n']} × {row['task']} given up after many attempts",
            "look at /desk/work/ and start it again",
        )
    late = Work.objects.filter(
        state=Work.State.DUE, leased_until=None, not_before=None, due__lt=clock.now() - LATE
    )
    if count := late.count():
        yield warn(
            "work",
            f"{count} pieces of work are more than {LATE.seconds // 60} minutes late",
            "start nightlight work or serve",
        )
    elif not dead:
        yield ok("work", "nothing dead, nothing late")


def notices() -> Iterator[Finding]:
    """What keeps notices from leaving."""
    blocked = gates.blocked()
    for word, count in sorted(blocked.items()):
        yield warn(
            "notices",
            f"{count} queued: {gates.WHY_NOT.get(word, word)}",
            "they leave by themselves once that is settled",
        )
    if not blocked:
        yield ok("notices", "none is held up")


def the_log() -> Iterator[Finding]:
    """Its guards stand; whether it holds is `nightlight audit verify`'s to say."""
    gone = triggers.missing(connection)
    if gone:
        yield missing(
            "audit",
            f"{len(gone)} triggers are missing, first {gone[0]}",
            "run nightlight audit verify, and find out who dropped them",
        )
    else:
        yield ok("audit", "the triggers stand; nightlight audit verify proves the rest")


def backups() -> Iterator[Finding]:
    """The age of the last one, by the log."""
    last = (
        Entry.objects.filter(verb="server.backup")
        .order_by("-pk")
        .values_list("recorded_at", flat=True)
        .first()
    )
    do = "nightlight backup DIR --recipient age1…, every night, kept elsewhere"
    if last is None:
        yield (warn if is_rehearsal() else missing)("backup", "none was ever made", do)
    elif clock.real_now() - last > BACKUP_AGE:
        yield warn("backup", f"the last is {(clock.real_now() - last).days} days old", do)
    else:
        yield ok("backup", f"the last was made {last.isoformat(timespec='minutes')}")


def rotations() -> Iterator[Finding]:
    """No key rotation stopped half way."""
    half = [family for family in Family if rotation.unfinished(family)]
    for family in half:
        yield missing(
            "rotation",
            f"a rotation of the {family} keys was interrupted",
            f"run nightlight keys rotate --{family} again",
        )
    if not half:
        yield ok("rotation", "no rotation stopped half way")


FIRST: tuple[Check, ...] = (database, kind, address, right_to_act)
THEN: tuple[Check, ...] = (
    the_clock,
    people,
    desk_networks,
    desk_devices,
    limits,
    due_work,
    notices,
    the_log,
    hashes.media,
    hashes.reported_pages,
    hashes.loops,
    hashes.index,
    rotations,
    backups,
)

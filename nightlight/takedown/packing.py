"""Making a queued notice ready to leave: what no longer belongs is taken out, the mail is written and kept, so that
every attempt sends the same bytes; and the last look at it right before the dot."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from nightlight.audit import log
from nightlight.casebook import holds, states, texts
from nightlight.casebook.models import Case
from nightlight.casebook.post import Letter
from nightlight.casebook.words import State
from nightlight.takedown import gates, message, queue
from nightlight.takedown.laws import law_named
from nightlight.takedown.models import Check, Notice, NoticeCase
from nightlight.vault.tokens import signed_link
from nightlight.work import clock
from nightlight.work.home import ring

# A page may be told about while its case stands here; a retraction goes out whatever the case has become.
TELLING = frozenset({State.CONFIRMED, State.NOTICED, State.WAITING, State.HANDED_OVER})
# Whoever was told must hear again only of pages that are still up.
FOLLOWING = frozenset({Notice.Step.REMINDER, Notice.Step.REMINDER_2, Notice.Step.ESCALATION})


@dataclass(frozen=True, slots=True)
class Packed:
    """A mail ready to leave, and the moment it was packed, which tells it from one packed later."""

    notice: UUID
    at: datetime
    letter: Letter


def pack(notice_id: UUID) -> Packed | None:
    """Packs a queued notice in a transaction of its own, or says why not in its record.

    A notice that a worker left in `sending` may have arrived: it becomes `in_doubt` and its cases wait.
    """
    with transaction.atomic():
        notice, cases = lock(notice_id)
        if notice.state == Notice.State.SENDING:
            doubt(notice, cases)
        if notice.state != Notice.State.QUEUED:
            return None
        notice.why_not = gates.why_not(notice)
        notice.save(update_fields=["why_not"])
        if notice.why_not:
            return None
        _sort_out(notice)
        notice.refresh_from_db()
        if notice.state != Notice.State.QUEUED:
            return None
        if notice.packed_at is None:
            _write(notice)
        letter = Letter(
            settings.NIGHTLIGHT.email_from,
            notice.recipient,
            notice.body.encode("ascii"),
            settings.NIGHTLIGHT.base_host,
        )
        assert notice.packed_at is not None  # noqa: S101 - written above, for the type checker
        return Packed(notice.pk, notice.packed_at, letter)


def commit(packed: Packed) -> bool:
    """Right before the dot: commits `sending`, from which there is no way back to a silent second try. False if
    the notice changed since it was packed, or may no longer leave."""
    with transaction.atomic():
        notice = Notice.objects.select_for_update().get(pk=packed.notice)
        if notice.state != Notice.State.QUEUED or notice.packed_at != packed.at or gates.why_not(notice):
            return False
        if any(not _belongs(page, notice) for page in in_notice(notice)):
            return False
        notice.state = Notice.State.SENDING
        notice.save(update_fields=["state"])
        return True


def lock(notice_id: UUID | str) -> tuple[Notice, list[Case]]:
    """A notice and its cases, locked until the transaction ends: always cases first, so that nobody waits for one
    who waits for them."""
    ids = NoticeCase.objects.filter(notice_id=notice_id).values_list("case_id", flat=True)
    cases = list(Case.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk"))
    return Notice.objects.select_for_update().get(pk=notice_id), cases


def doubt(notice: Notice, cases: list[Case]) -> None:
    """Whether it arrived is open; the desk asks the recipient before anything is sent again."""
    notice.state = Notice.State.IN_DOUBT
    notice.save(update_fields=["state"])
    for case in cases:
        if case.state in TELLING:
            states.move(case, State.WAITING, waiting_for="in_doubt")
    log.record("takedown.doubt", by="system", about=notice, serial=notice.serial)


def link(notice: Notice) -> str:
    """The address of the provider's page of this notice."""
    token = signed_link(ring(), "notice", str(notice.pk))
    return f"{settings.NIGHTLIGHT.base_url}/notice/{token}/"


def pages_of(pages: Iterable[NoticeCase]) -> list[message.Page]:
    """What the mail and the provider's page list."""
    return [
        message.Page(page.case.location.url, page.case.location.first_seen, page.case.confirmed_at)
        for page in pages
        if page.case.location
    ]


def in_notice(notice: Notice) -> list[NoticeCase]:
    """The pages of a notice with their cases, oldest first."""
    return list(notice.pages.select_related("case__location").order_by("id"))


def _write(notice: Notice) -> None:
    sender = message.Sender(
        settings.NIGHTLIGHT.name, settings.NIGHTLIGHT.email_from, settings.NIGHTLIGHT.base_host
    )
    raw = message.build(
        notice,
        pages_of(in_notice(notice)),
        law_named(notice.law),
        sender=sender,
        link=link(notice),
        at=clock.now(),
        thread=notice.follows.message_id if notice.follows else "",
        words=texts.wording(notice.country),
    )
    notice.body = raw.decode("ascii")
    notice.packed_at = clock.real_now()  # the hotline's clock may stand still between two packings
    notice.message_id = message.message_id(notice, sender.host)
    notice.save(update_fields=["body", "packed_at", "message_id"])


def _sort_out(notice: Notice) -> None:
    out = [page for page in in_notice(notice) if not _belongs(page, notice)]
    for page in out:
        queue.take_out(page, "nothing_left")
    if out:
        log.record("takedown.take_out", by="system", about=notice, serial=notice.serial, pages=len(out))


def _belongs(page: NoticeCase, notice: Notice) -> bool:
    case = page.case
    if holds.active_until(case) is not None:
        return False
    if notice.step == Notice.Step.RETRACTION:
        return True
    if case.state not in TELLING or case.episode != page.episode:
        return False
    return notice.step not in FOLLOWING or is_up(case)


def is_up(case: Case) -> bool:
    """Whether the latest look of this episode saw the page."""
    latest = Check.objects.filter(case=case, episode=case.episode).order_by("-at", "-id").first()
    return latest is not None and latest.state == Check.State.UP

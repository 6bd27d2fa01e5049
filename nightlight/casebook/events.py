"""The announcements: how a stage tells those after it what became true, without knowing them.

Sent with `send` (never `send_robust`) inside the transaction that made it true; a listener only enqueues due work
in that same transaction. `LISTENERS` documents who listens; a test compares it with what is connected.
"""

from django.dispatch import Signal

report_received = Signal()  # report: Report
own_image_offered = Signal()  # report: Report (it brought fingerprints that may go on a list of their own)
own_image_withdrawn = Signal()  # report: Report (its fingerprints are forgotten)
case_opened = Signal()  # case: Case
case_reported_again = Signal()  # case: Case, report: Report (any state but the first time)
person_named = Signal()  # case: Case (a child or a suspected account was tied to it)
live_found = Signal()  # case: Case (somebody recorded that what is there may still be going on)
case_confirmed = Signal()  # case: Case, assessment: Assessment (final, after any second look)
case_dismissed = Signal()  # case: Case, assessment: Assessment
case_corrected = Signal()  # case: Case, assessment: Assessment (a confirmed case that is not, after all)
media_confirmed = Signal()  # media: Media, case: Case, assessment: Assessment (two people agreed)
notice_sent = Signal()  # case: Case, notice_id: UUID
page_gone = Signal()  # case: Case
page_returned = Signal()  # case: Case (a new episode began)
case_handed_over = Signal()  # case: Case
hold_placed = Signal()  # case: Case, hold: Hold
hold_lifted = Signal()  # case: Case, hold: Hold
outcome_recorded = Signal()  # case: Case, outcome_id: UUID
appeal_received = Signal()  # case: Case, appeal_id: UUID
delisting_asked = Signal()  # case: Case, until the appeal is decided
delisting_ended = Signal()  # case: Case

LISTENERS: dict[str, tuple[str, ...]] = {
    "report_received": ("triage",),
    "own_image_offered": ("sharing",),
    "own_image_withdrawn": ("sharing",),
    "case_opened": ("triage",),
    "case_reported_again": ("takedown",),
    "person_named": ("referral", "triage"),
    "live_found": ("triage",),
    "case_confirmed": ("referral", "sharing", "takedown"),
    "case_dismissed": ("sharing",),
    "case_corrected": ("referral", "sharing", "takedown"),
    "media_confirmed": ("sharing",),
    "notice_sent": (),
    "page_gone": ("sharing",),
    "page_returned": ("sharing",),
    "case_handed_over": (),
    "hold_placed": ("sharing", "takedown"),
    "hold_lifted": ("sharing", "takedown"),
    "outcome_recorded": (),
    "appeal_received": (),
    "delisting_asked": ("sharing",),
    "delisting_ended": ("sharing",),
}

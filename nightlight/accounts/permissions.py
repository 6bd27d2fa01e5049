"""Who may do what: the one table behind every view, endpoint and the matrix page."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The roles of a hotline."""

    ANALYST = "analyst", _("Analyst")
    SENIOR_ANALYST = "senior_analyst", _("Senior analyst")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")
    INSPECTOR = "inspector", _("Inspector")
    CHILD_PROTECTION = "child_protection_officer", _("Child-protection officer")
    POLICE_LIAISON = "police_liaison", _("Police liaison")
    CUSTODIAN = "custodian", _("Custodian")
    MEMBER = "member", _("Member")


class Permission(TextChoices):
    """What can be allowed. Being an administrator gives no sight of material."""

    CASE_READ = "case.read", _("See queues and cases")
    CASE_ASSESS = "case.assess", _("Assess cases, first or second look")
    CASE_SETTLE = "case.settle", _("Settle a disagreement as a senior")
    CASE_CORRECT = "case.correct", _("Correct a decision everywhere")
    CASE_HOLD = "case.hold", _("Place and lift police holds")
    MEDIA_REVEAL = "media.reveal", _("Reveal media, with a purpose")
    GRADING_MANAGE = "grading.manage", _("Choose schemes and second looks; see agreement and training")
    SUBJECT_READ = "subject.read", _("See series of children, suspected accounts and the cases they link")
    REPORTER_READ = "reporter.read", _("Read a reporter's contact, once approved")
    REPORTER_APPROVE = "reporter.approve", _("Approve that a reporter's contact is read")
    TAKEDOWN_ACT = "takedown.act", _("Act on notices and waiting cases")
    ROUTE_MANAGE = "route.manage", _("Decide whom to tell in which country")
    REFERRAL_READ = "referral.read", _("Read referrals")
    OUTCOME_RECORD = "outcome.record", _("Record what police or child protection answered")
    SHARING_MANAGE = "sharing.manage", _("Manage members and lists")
    APPEAL_DECIDE = "appeal.decide", _("Decide appeals they were not involved in")
    ALARM_READ = "alarm.read", _("See alarms")
    ALARM_TAKE = "alarm.take", _("Take an alarm, call the police, hand it on")
    ALARM_SPARE = "alarm.spare", _("Close an alarm without a call to the police")
    ROTA_SET = "rota.set", _("Set the rota and the urgent path, begin drills")
    MANDATE_RECORD = "mandate.record", _("Record the mandate and open its switches")
    NETWORK_MANAGE = "network.manage", _("Name the networks and devices the desk works from")
    PEOPLE_MANAGE = "people.manage", _("Manage people, roles and tokens")
    WORK_READ = "work.read", _("See due work")
    WORK_REVIVE = "work.revive", _("Start dead work again")
    AUDIT_READ = "audit.read", _("Read the audit log")
    AUDIT_REVIEW = "audit.review", _("Review reveals, searches, exports and identity reads")
    SETTINGS_READ = "settings.read", _("See every setting and what happens without it")
    TEXT_MANAGE = "text.manage", _("Change the texts that we send")
    RETENTION_MANAGE = "retention.manage", _("Decide how long contents are kept")
    STATS_READ = "stats.read", _("See the hotline's own numbers")
    STATS_PUBLISH = "stats.publish", _("Publish an edition of the numbers, and add notes to it")
    CARE_SET = "care.set", _("See that the limits of care are kept, and set them")
    MATRIX_READ = "matrix.read", _("See who may do what")


R, P = Role, Permission
_DESK = {R.ANALYST, R.SENIOR_ANALYST}

MATRIX: dict[Permission, frozenset[Role]] = {
    P.CASE_READ: frozenset(_DESK | {R.MANAGER, R.INSPECTOR, R.CHILD_PROTECTION, R.POLICE_LIAISON}),
    P.CASE_ASSESS: frozenset(_DESK),
    P.CASE_SETTLE: frozenset({R.SENIOR_ANALYST}),
    P.CASE_CORRECT: frozenset({R.SENIOR_ANALYST, R.MANAGER}),
    P.CASE_HOLD: frozenset({R.POLICE_LIAISON, R.MANAGER}),
    P.MEDIA_REVEAL: frozenset(_DESK),
    P.GRADING_MANAGE: frozenset({R.MANAGER}),
    P.SUBJECT_READ: frozenset({*_DESK, R.CHILD_PROTECTION, R.POLICE_LIAISON}),
    P.REPORTER_READ: frozenset({R.CHILD_PROTECTION}),
    P.REPORTER_APPROVE: frozenset({R.CUSTODIAN}),
    P.TAKEDOWN_ACT: frozenset({*_DESK, R.MANAGER}),
    P.ROUTE_MANAGE: frozenset({R.MANAGER}),
    P.REFERRAL_READ: frozenset({R.CHILD_PROTECTION, R.POLICE_LIAISON, R.MANAGER}),
    P.OUTCOME_RECORD: frozenset({R.CHILD_PROTECTION, R.POLICE_LIAISON}),
    P.SHARING_MANAGE: frozenset({R.MANAGER}),
    P.APPEAL_DECIDE: frozenset({R.SENIOR_ANALYST, R.MANAGER}),
    P.ALARM_READ: frozenset({*_DESK, R.MANAGER, R.CHILD_PROTECTION, R.POLICE_LIAISON, R.INSPECTOR}),
    P.ALARM_TAKE: frozenset({*_DESK, R.MANAGER, R.CHILD_PROTECTION}),
    P.ALARM_SPARE: frozenset({R.SENIOR_ANALYST, R.MANAGER}),
    P.ROTA_SET: frozenset({R.MANAGER}),
    P.MANDATE_RECORD: frozenset({R.MANAGER}),
    P.NETWORK_MANAGE: frozenset({R.MANAGER}),
    P.PEOPLE_MANAGE: frozenset({R.ADMINISTRATOR}),
    P.WORK_READ: frozenset({R.MANAGER, R.ADMINISTRATOR, R.INSPECTOR}),
    P.WORK_REVIVE: frozenset({R.ADMINISTRATOR, R.MANAGER}),
    P.AUDIT_READ: frozenset({R.INSPECTOR, R.MANAGER}),
    P.AUDIT_REVIEW: frozenset({R.INSPECTOR}),
    P.SETTINGS_READ: frozenset({R.MANAGER, R.ADMINISTRATOR, R.INSPECTOR}),
    P.TEXT_MANAGE: frozenset({R.MANAGER}),
    P.RETENTION_MANAGE: frozenset({R.MANAGER}),
    P.STATS_READ: frozenset({*_DESK, R.MANAGER, R.INSPECTOR}),
    P.STATS_PUBLISH: frozenset({R.MANAGER}),
    P.CARE_SET: frozenset({R.MANAGER}),
    P.MATRIX_READ: frozenset(set(Role) - {R.MEMBER}),
}


def allowed(roles: set[str], permission: Permission) -> bool:
    """Whether any of these roles carries the permission."""
    return bool(MATRIX[permission] & roles)

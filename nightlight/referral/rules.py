"""Who is given what: by the kind of a case, and whether a child is in danger now."""

from nightlight.accounts.permissions import Role
from nightlight.casebook.models import Case
from nightlight.casebook.words import ReportKind
from nightlight.referral.models import To

# An own image goes to child protection alone: a child that asks for help is not visited without need (domain.md 5.2).
BY_KIND: dict[str, frozenset[To]] = {
    ReportKind.OWN_IMAGE: frozenset({To.CHILD_PROTECTION}),
    ReportKind.GROOMING: frozenset({To.POLICE, To.CHILD_PROTECTION}),
    ReportKind.SEXUAL_EXTORTION: frozenset({To.POLICE, To.CHILD_PROTECTION}),
}
OTHERWISE = frozenset({To.POLICE})
IN_DANGER = frozenset({To.POLICE, To.CHILD_PROTECTION})

ROLE: dict[To, Role] = {
    To.POLICE: Role.POLICE_LIAISON,
    To.CHILD_PROTECTION: Role.CHILD_PROTECTION,
}


def authorities(case: Case) -> list[To]:
    """Who is given a referral about this case, police first; where an account in it may be a child's, child protection
    is among them and comes first."""
    found = IN_DANGER if case.danger_now else BY_KIND.get(case.kind, OTHERWISE)
    if child_protection_first(case):
        return [To.CHILD_PROTECTION, *(to for to in To if to in found and to != To.CHILD_PROTECTION)]
    return [to for to in To if to in found]


def child_protection_first(case: Case) -> bool:
    """Whether an account in this case may be a child's."""
    return case.subjects.filter(may_be_child=True).exists()

"""The people of a hotline: added, given roles, switched off and on again by an administrator.

Two guards. Nobody changes their own roles, so that an administrator can't give themselves sight of material. And
the last active manager, and the last active administrator, can be neither switched off nor lose the role, so that
nobody is locked out of the mandate or of this page.
"""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Role
from nightlight.audit import log

GUARDED = (Role.MANAGER, Role.ADMINISTRATOR)


class PersonRefused(ValueError):
    """What was asked can't be done with this person; `field` names what is wrong, the message says why."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def add(email: str, roles: Iterable[str], password: str, by: Person | str, *, name: str = "") -> Person:
    """Adds a person. The same e-mail, roles and password again give back who is there.

    Raises PersonRefused for an e-mail that is none or taken, a role nobody knows, or a password too easy to guess.
    """
    wanted = _known(roles)
    email = _email(email)
    found = Person.objects.filter(email=email).first()
    if found:
        if found.is_active and found.roles == wanted and found.check_password(password):
            return found
        raise PersonRefused(f"there is already a person with the e-mail {email}", "email")
    _strong(password, Person(email=email, name=name))
    person = Person.objects.create_user(email, password, roles=wanted, name=name.strip())
    log.record("accounts.add_person", by=by, about=person, roles=wanted)
    return person


@transaction.atomic
def set_roles(person: Person, roles: Iterable[str], by: Person | str) -> Person:
    """Gives a person these roles instead of those they have. Raises PersonRefused (see the guards above)."""
    wanted = _known(roles)
    if isinstance(by, Person) and by.pk == person.pk:
        raise PersonRefused("nobody changes their own roles: ask another administrator", "roles")
    row = _locked(person)
    _keep_one(row, lost=set(row.roles) - set(wanted))
    before, row.roles = row.roles, wanted
    row.save(update_fields=["roles"])
    log.record("accounts.set_roles", by=by, about=row, before=before, after=wanted)
    return row


@transaction.atomic
def deactivate(person: Person, by: Person | str) -> Person:
    """Switches a person off: sessions and tokens stop at once. Raises PersonRefused for the last of a kind."""
    row = switch_off(person)
    log.record("accounts.deactivate", by=by, about=row)
    return row


def switch_off(person: Person) -> Person:
    """The row, switched off, in the caller's transaction. Raises PersonRefused for the last of a kind."""
    row = _locked(person)
    _keep_one(row, lost=set(row.roles))
    row.is_active = False
    row.save(update_fields=["is_active"])
    return row


@transaction.atomic
def activate(person: Person, by: Person | str) -> Person:
    """Switches a person on again, with the roles they had."""
    row = _locked(person)
    row.is_active = True
    row.save(update_fields=["is_active"])
    log.record("accounts.activate", by=by, about=row)
    return row


@transaction.atomic
def set_password(person: Person, password: str, by: Person | str) -> Person:
    """Gives a person who lost their password a new one; their sessions end. The second factor stays.

    Raises PersonRefused for a password too easy to guess.
    """
    _strong(password, person)
    row = _locked(person)
    row.set_password(password)
    row.save(update_fields=["password"])
    log.record("accounts.set_password", by=by, about=row)
    return row


@transaction.atomic
def forget_second_factor(person: Person, by: Person | str) -> int:
    """Takes the second factors of a person who lost them away, so that new ones can be set up; returns how many."""
    count: int = Authenticator.objects.filter(user_id=person.pk).delete()[0]
    log.record("accounts.forget_second_factor", by=by, about=person, count=count)
    return count


def _known(roles: Iterable[str]) -> list[str]:
    """The roles in the order of the table, each once."""
    asked = set(roles)
    unknown = sorted(asked - set(Role.values))
    if unknown:
        raise PersonRefused(f"there is no role {unknown[0]}; known are {', '.join(Role.values)}", "roles")
    return [role for role in Role.values if role in asked]


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise PersonRefused(f"{text} is not an e-mail address", "email") from None
    return text.strip().lower()


def _strong(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise PersonRefused(" ".join(error.messages), "password") from None


def _locked(person: Person) -> Person:
    """The row as it is now. All rows are locked in order, so that two can't each take away what the other keeps."""
    rows = {row.pk: row for row in Person.objects.select_for_update().order_by("pk")}
    return rows[person.pk]


def _keep_one(person: Person, lost: set[str]) -> None:
    """Raises PersonRefused if nobody else active holds a guarded role that this person would lose."""
    others = [row.roles for row in Person.objects.filter(is_active=True).exclude(pk=person.pk)]
    for role in GUARDED:
        if (
            person.is_active
            and role in person.roles
            and role in lost
            and not any(role in held for held in others)
        ):
            raise PersonRefused(
                f"this is the last active {role.label.lower()}: name another one first", "roles"
            )

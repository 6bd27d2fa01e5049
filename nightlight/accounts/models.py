"""People, their roles, bearer tokens, the networks these work from, the mandate, duties handed over, sign-in limits."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction

from nightlight.accounts.device_models import DeskDevice
from nightlight.accounts.handed import Handed
from nightlight.accounts.permissions import Permission, Role, allowed
from nightlight.accounts.rota_models import DayOff as DayOff
from nightlight.accounts.rota_models import Shift as Shift
from nightlight.accounts.rota_models import UrgentRule as UrgentRule
from nightlight.work.ids import new_id

__all__ = ["DeskDevice", "DeskNetwork", "Handed", "Limit", "Mandate", "Person", "PersonManager", "Token"]


class PersonManager(BaseUserManager["Person"]):
    """Makes people; e-mail addresses are compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Makes a person whose address counts as verified: an administrator vouches for it, no mail is sent."""
        from allauth.account.models import EmailAddress  # needs the user model, so not at import

        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        with transaction.atomic():
            person.save()
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Someone who works at the hotline, or looks over its shoulder."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    roles = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    pk: UUID

    def may(self, permission: Permission) -> bool:
        """Whether this person's roles carry the permission."""
        return self.is_active and allowed(set(self.roles), permission)

    def has_role(self, role: Role) -> bool:
        """Whether this person has the role."""
        return role in self.roles


class Token(models.Model):
    """A bearer token, kept as a keyed digest. A desk token is a named person's; a member token names the member."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="tokens")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Mandate(models.Model):
    """The recorded right to act; the newest row holds. Never changed, only followed by another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    law = models.CharField(max_length=200)
    police_agreement = models.CharField(max_length=200)
    jurisdictions = models.CharField(max_length=200)
    data_protection = models.CharField(max_length=200)
    safeguarding_lead = models.CharField(max_length=120)
    signed_on = models.DateField()
    fetch = models.BooleanField(default=False)
    reveal = models.BooleanField(default=False)
    notify = models.BooleanField(default=False)
    share = models.BooleanField(default=False)
    sweep = models.BooleanField(default=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)


class DeskNetwork(models.Model):
    """A network that desk tokens work from, outside a rehearsal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cidr = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Limit(models.Model):
    """A counter of the sign-in limits (`limits.py`): a keyed digest, JSON, and when it is forgotten (real time)."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

"""To whom a notice about a host can go: the contacts of a trace, best first, with the one rule that protects
against telling a suspect.

A contact on the reported site's own domain, or one that speaks for the domain itself, is used only after a person
confirmed that its operator is not suspected.
"""

import json
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from nightlight.casebook.models import Location
from nightlight.casebook.sealed import find
from nightlight.net.suffix import registrable
from nightlight.takedown.models import ConfirmedContact, Trace

OPERATOR = "operator"
_TRICKS = frozenset('"\\[],;<> ')
ABOVE = ("upstream", "registrar")  # whom an escalation goes to; a registrar can only suspend the name


@dataclass(frozen=True, slots=True)
class Contact:
    """One mail address and what it can do about a page."""

    email: str
    scope: str
    name: str = ""

    @property
    def domain(self) -> str:
        """The registrable domain of the mail address."""
        return registrable(self.email.rpartition("@")[2])


def contacts_of(trace: Trace) -> list[Contact]:
    """Every usable contact of a trace, best first, each address once. What is no plain mail address is left out."""
    found: dict[str, Contact] = {}
    for row in json.loads(trace.contacts or "[]"):
        email = normal(str(row.get("email", "")))
        if is_mail_address(email):
            found.setdefault(email, Contact(email, str(row.get("scope", "")), str(row.get("name", ""))))
    return list(found.values())


def normal(email: str) -> str:
    """One spelling for each mailbox, so that the guard against telling twice compares like with like."""
    return email.strip().lower()


def is_mail_address(text: str) -> bool:
    """Whether mail can go there as it stands: ASCII, one address, nothing quoted (in which a mail address may hold
    control characters and commas) and no bare IP address in place of a domain."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return text.isascii() and text.isprintable() and not _TRICKS & set(text)


def allowed(contact: Contact, location: Location) -> bool:
    """Whether the contact may be written to about this Location."""
    near = contact.scope == OPERATOR or contact.domain == location.domain
    return not near or is_confirmed(contact.email, location)


def is_confirmed(email: str, location: Location) -> bool:
    """Whether a person confirmed this contact for the Location's domain."""
    return ConfirmedContact.objects.filter(
        domain_index=location.domain_index, contact_index=find("contact", normal(email))
    ).exists()


def host_contact(trace: Trace, location: Location) -> Contact | None:
    """The best contact that can take the page down itself; above it only where the host has none."""
    usable = [contact for contact in contacts_of(trace) if allowed(contact, location)]
    own = [contact for contact in usable if contact.scope not in ABOVE]
    above = [contact for contact in usable if contact.scope == "upstream"]
    return next(iter([*own, *above]), None)


def above_contacts(trace: Trace, location: Location) -> list[Contact]:
    """Whom an escalation goes to: the upstream network first, then the registrar."""
    usable = [contact for contact in contacts_of(trace) if allowed(contact, location)]
    return sorted(
        (contact for contact in usable if contact.scope in ABOVE),
        key=lambda contact: ABOVE.index(contact.scope),
    )


def to_confirm(trace: Trace, location: Location) -> list[Contact]:
    """The contacts a person would have to confirm first."""
    return [contact for contact in contacts_of(trace) if not allowed(contact, location)]

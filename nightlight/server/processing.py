"""The record of processing activities (Regulation (EU) 2016/679, article 30(1)), as far as the software knows it.

Each activity is data: what the software stores of whom, why, who receives it, and which kinds of `retention` it
falls under. What only the hotline knows (its officer, its counsel's legal basis) is a line to fill in by hand.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Activity:
    """One processing activity; the fields are those of article 30(1)(b) to (g)."""

    label: Promise
    purpose: Promise
    people: Promise
    data: Promise
    recipients: Promise
    kinds: tuple[str, ...]  # of retention; empty: kept without end
    kept: Promise | str = ""  # where no rule can shorten it, why


ACTIVITIES: tuple[Activity, ...] = (
    Activity(
        _("Taking in reports"),
        _(
            "To learn of child sexual abuse material and of children in danger, and to answer whoever reported."
        ),
        _("People who report; children and others whom a report names."),
        _("What they wrote, addresses, and a contact if they left one. No network address, no cookie."),
        _("Nobody outside. A contact is read by child protection after a custodian approved, once."),
        ("contact", "report_text", "dismissed_report"),
    ),
    Activity(
        _("Reading reported pages and assessing them"),
        _("To find out whether material is illegal, and how urgent it is."),
        _("Children seen in material, who are given no name; people whose accounts are suspected."),
        _(
            "Addresses, words of the page, fingerprints of media, decisions with their grades; accounts as reported."
        ),
        _("Nobody outside."),
        ("page_text",),
        _("Decisions are never changed or erased: they are what the hotline answers for."),
    ),
    Activity(
        _("Telling those who can remove it"),
        _("To have material removed at its source."),
        _("Contacts of providers; whoever registered a network or a name."),
        _("Mail addresses of abuse desks, mails as sent, answers."),
        _("The provider, a partner hotline of its country, or police, as the routes say."),
        ("notice_body", "answer_note"),
    ),
    Activity(
        _("Referring to police and child protection"),
        _("To help children to safety and to have offences investigated."),
        _("Children, people who are suspected, people who report where their words are evidence."),
        _("The facts of a case, what was reported and what was decided; never a contact."),
        _("The police force and the child-protection body of the mandate."),
        ("referral_package",),
    ),
    Activity(
        _("Sharing lists with members"),
        _("To keep known material from coming back."),
        _("Nobody can be named from a fingerprint alone."),
        _("Fingerprints of media, digests of addresses, and the category."),
        _("Members, each under a contract and a token of its own."),
        (),
        _("An entry is deleted when its decision is corrected."),
    ),
    Activity(
        _("Appeals"),
        _("To hear whoever thinks a decision is wrong."),
        _("People who appeal."),
        _("Their contact, what they wrote, our answer."),
        _("Nobody outside."),
        ("appeal",),
    ),
    Activity(
        _("Accounts of the people who work here, and the log"),
        _("To know who did what, so that nobody can misuse what they see."),
        _("People who work at the hotline or inspect it."),
        _("Name, mail address, roles, second factors; every act with its time and purpose."),
        _("The inspector; courts, where a law asks for it."),
        (),
        _("The log is never shortened: that is what it is for. A person who left stays named in it."),
    ),
    Activity(
        _("Looking after the people who assess material"),
        _("So that nobody sees more than is good for them."),
        _("People who assess material."),
        _(
            "When they were shown a medium; which kinds they opted out of, without a reason; when their day ends."
        ),
        _("Nobody: managers see whether limits were kept by the house as a whole."),
        (),
        _("What was seen when is forgotten after five weeks; a choice holds until it is changed."),
    ),
)

MEASURES: tuple[Promise, ...] = (
    _(
        "Addresses, contacts, texts, accounts, notices and packages are encrypted before they reach the database."
    ),
    _("The database alone gives away no reporter and no address; its keys lie apart from it."),
    _("By default no media is kept: it is fetched into memory, looked at or matched, and dropped."),
    _("Every page names its permission; being an administrator gives no sight of material."),
    _(
        "Reveals, searches, exports and identity reads are recorded with a purpose and reviewed by an inspector."
    ),
    _("A second factor for everybody; sessions end after half a day."),
    _("The log can't be changed without a trace, and its signed state is kept outside the database too."),
)

BY_HAND: tuple[Promise, ...] = (
    _("Controller: legal name, address, representative"),
    _("Data-protection officer: name and how to reach them"),
    _("Legal basis of each activity, with counsel's opinion"),
    _("Transfers to other countries, and what protects them"),
    _("Who reviewed this record, and when"),
)

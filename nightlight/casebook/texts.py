"""The texts that we send: built in, and put in other words or another language by a manager.

A stage registers its texts with the placeholders that each must hold. A text that lacks one, holds one that nobody
fills, or an unfilled blank (`###`) is refused when it is saved; and what was stored all the same, by an older version
or another hand, keeps its message from leaving (`Wording.wrong`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.audit import log
from nightlight.casebook.models import MessageText
from nightlight.work import clock

PLACE = re.compile(r"\{(\w+)\}")
BLANK = "###"
MOST_TEXT = 8000
_CODE = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")

Preview = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Text:
    """A text: `key` such as `notice.body.notice`, its built-in English words, the placeholders it must hold and those
    it may hold besides. `preview(key, text)` shows it as it would leave, with made-up values."""

    key: str
    label: str | Promise
    built_in: str
    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    one_line: bool = False
    preview: Preview | None = None


class TextRefused(ValueError):
    """A text that can't be used; `faults` says each thing that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


_texts: dict[str, Text] = {}


def register(texts: Iterable[Text]) -> None:
    """Adds or replaces texts; called when Django starts."""
    _texts.update({text.key: text for text in texts})


def all_texts() -> list[Text]:
    """Every text, in the order of registration."""
    return list(_texts.values())


def text_of(key: str) -> Text:
    """The text with this key. Raises KeyError."""
    return _texts[key]


def faults(text: Text, words: str) -> list[str]:
    """What keeps these words from being used as that text, each in a sentence; empty if nothing does."""
    found = set(PLACE.findall(words))
    wrong = [_("It has no words.")] if not words.strip() else []
    if missing := sorted(text.must - found):
        wrong.append(_("It lacks %(names)s.") % {"names": ", ".join(f"{{{name}}}" for name in missing)})
    if unknown := sorted(found - text.must - text.may):
        wrong.append(
            _("Nobody fills %(names)s in.") % {"names": ", ".join(f"{{{name}}}" for name in unknown)}
        )
    if BLANK in words:
        wrong.append(_("A blank marked ### is not filled in."))
    if text.one_line and "\n" in words.strip():
        wrong.append(_("It must stand on one line."))
    return wrong


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that hold for a country: `own` are a manager's by key, `spoken` their languages."""

    own: Mapping[str, str]
    spoken: Mapping[str, str] = field(default_factory=dict)

    def of(self, key: str) -> str:
        """The words of a text: a manager's, or those built in."""
        return self.own.get(key) or text_of(key).built_in

    def language(self, key: str) -> str:
        """The language of these words."""
        return self.spoken.get(key, "en")

    def wrong(self, keys: Iterable[str]) -> list[str]:
        """The keys among these whose words can't be used."""
        return [key for key in keys if key in self.own and faults(text_of(key), self.own[key])]


BUILT_IN = Wording({})


def wording(country: str) -> Wording:
    """The words for a recipient in a country: those for this country, else those for every country, else built in."""
    rows = MessageText.objects.filter(ended_at=None).order_by("at", "pk")
    general = {row.key: row for row in rows if not row.countries}
    exact = {row.key: row for row in rows if country and country in row.countries}
    held = {key: row for key, row in (general | exact).items() if key in _texts}
    return Wording(
        {key: row.words for key, row in held.items()}, {key: row.language for key, row in held.items()}
    )


@transaction.atomic
def save(key: str, words: str, *, language: str, countries: Iterable[str], by: Person) -> MessageText:
    """Puts a text in these words from now on, for recipients in these countries, or for all others if none is named.

    `language` is that of the words (BCP 47, such as `de`). The words that held for the same countries end. Raises
    PermissionDenied, KeyError, TextRefused.
    """
    _need(by)
    text, words = text_of(key), words.replace("\r\n", "\n").strip()
    codes = sorted({code.strip().upper() for code in countries if code.strip()})
    wrong = faults(text, words)
    if len(words) > MOST_TEXT:
        wrong.append(_("It is too long."))
    if not _LANGUAGE.fullmatch(language):
        wrong.append(_("Name its language by its code, such as de."))
    if any(not _CODE.fullmatch(code) for code in codes):
        wrong.append(_("Countries are two letters each, such as DE, AT."))
    if wrong:
        raise TextRefused(wrong)
    now = clock.now()
    live = MessageText.objects.select_for_update().filter(key=key, ended_at=None)
    for row in live:
        if row.countries == codes:
            _end(row, now)
        elif taken := set(row.countries) & set(codes):
            raise TextRefused(
                [_("Another text holds for %(codes)s already.") % {"codes": ", ".join(sorted(taken))}]
            )
    row = MessageText.objects.create(key=key, words=words, language=language, countries=codes, by=by, at=now)
    log.record("casebook.save_text", by=by, about=row, text=key, language=language, countries=codes)
    return row


@transaction.atomic
def end(text_id: UUID, by: Person) -> None:
    """Goes back to the words that held without this row. Raises PermissionDenied, MessageText.DoesNotExist."""
    _need(by)
    row = MessageText.objects.select_for_update().get(pk=text_id)
    if row.ended_at is None:
        _end(row, clock.now())
        log.record("casebook.end_text", by=by, about=row, text=row.key)


def filled(words: str, values: Mapping[str, str]) -> str:
    """The words with their placeholders filled in. Raises KeyError for one without a value."""
    return PLACE.sub(lambda found: values[found[1]], words)


def _end(row: MessageText, now: datetime) -> None:
    row.ended_at = now
    row.save(update_fields=["ended_at"])


def _need(by: Person) -> None:
    if not by.may(Permission.TEXT_MANAGE):
        raise PermissionDenied(Permission.TEXT_MANAGE)

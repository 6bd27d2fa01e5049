"""The catalogues: up to date with the texts, whole where they say so, unbroken, and no longer than their boxes."""

import gettext
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf.locale import LANG_INFO

from nightlight.server.speech import catalogue, gather
from nightlight.server.speech.catalogue import Entry, Key
from nightlight.server.speech.plurals import PLURALS
from nightlight.server.speech.tongues import PARTS, SOURCE, tongues

EUROPE = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv"
OTHERS = [code for code in tongues() if code != SOURCE]
# What must come through a translation as it is: what is filled in, tags, entities, keys of the keyboard.
FIXED = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}|</?\w+|href=\"[^\"]*\"|&\w+;")
COUNTED = 300
MORE = 16  # a label has room for twice its English and a word more


def texts_of(language: str) -> list[Entry]:
    return list(catalogue.read(language).values())


def fixed(text: str) -> Counter[str]:
    return Counter(FIXED.findall(text))


def broken(entry: Entry) -> bool:
    """Whether something fixed was lost or made up; a plural form for one or two may leave out the number."""
    wanted = fixed(entry.plural or entry.key.text)
    if not entry.plural:
        return any(said and fixed(said) != wanted for said in entry.said)
    said = [fixed(each) for each in entry.said if each]
    return any(set(each) - set(wanted) for each in said) or bool(said and set(said[-1]) != set(wanted))


def too_long(entry: Entry) -> bool:
    return any(len(said) > 2 * len(entry.plural or entry.key.text) + MORE for said in entry.said)


def ragged(entry: Entry) -> bool:
    """Whether a translation begins or ends with a space that its English has not, or lacks one."""
    wanted = [entry.key.text[:1].isspace(), entry.key.text[-1:].isspace()]
    return any(said and [said[:1].isspace(), said[-1:].isspace()] != wanted for said in entry.said)


def test_the_house_knows_every_language_of_the_union_and_arabic_ukrainian_and_turkish() -> None:
    assert sorted(tongues()) == sorted([*EUROPE.split(), "ar", "tr", "uk"])
    assert {code for code in tongues() if LANG_INFO[code]["bidi"]} == {"ar"}
    assert all(LANG_INFO[code]["name_local"] for code in tongues())


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_is_up_to_date_and_what_is_compiled_is_what_is_written(language: str) -> None:
    assert gather.up_to_date(language), "run make texts"
    assert catalogue.path(language, "mo").read_bytes() == catalogue.compiled(language, texts_of(language))


@pytest.mark.parametrize("language", [code for code in OTHERS if tongues()[code].complete])
def test_no_text_is_missing_in_a_part_that_is_complete(language: str) -> None:
    complete = set(tongues()[language].complete)

    missing = [
        each.key.text for each in texts_of(language) if complete & set(each.parts) and not each.complete
    ]

    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_loses_what_is_filled_in_or_shouts_or_outgrows_its_box(language: str) -> None:
    texts = texts_of(language)

    assert [each.key.text for each in texts if broken(each)] == []
    assert [each.key.text for each in texts if any("!" in said for said in each.said)] == []
    assert [each.key.text for each in texts if too_long(each)] == []
    assert [each.key.text for each in texts if ragged(each)] == []


def test_a_number_in_groups_keeps_its_order_where_writing_runs_from_right_to_left() -> None:
    grouped = re.compile(r"\d+(?:[-\u2013 ]\d+)+")
    said = [
        text for code in tongues() if LANG_INFO[code]["bidi"] for each in texts_of(code) for text in each.said
    ]

    loose = [text for text in said for found in grouped.finditer(text) if text[found.start() - 1] != "\u2066"]

    assert loose == []


@pytest.mark.parametrize("language", list(PLURALS))
def test_every_number_has_a_plural_form_and_every_form_a_number(language: str) -> None:
    count, rule = PLURALS[language]
    form = gettext.c2py(rule)  # type: ignore[attr-defined]

    assert {form(number) for number in range(COUNTED)} == set(range(count))
    assert {len(each.said) for each in texts_of(language) if each.plural} <= {count}


def test_texts_are_found_under_whatever_name_the_code_calls_them() -> None:
    code = """
from django.utils.translation import gettext as _t, ngettext, pgettext_lazy as P
class Colour(TextChoices):
    RED = "red", _t("Red " "light")
ONE = P("light", "Lamp")
def say(n, label):
    return ngettext("%(n)d lamp", "%(n)d lamps", n) + _t(label)
"""

    found = list(gather.in_code(code, "room/lamps.py"))

    assert [(each.key, each.plural, each.place) for each in found] == [
        (Key("Red light"), "", "room/lamps.py::Colour"),
        (Key("Lamp", "light"), "", "room/lamps.py::ONE"),
        (Key("%(n)d lamp"), "%(n)d lamps", "room/lamps.py::say"),
    ]


def test_texts_are_found_in_templates_and_data() -> None:
    template = (
        """{% translate "A (small) lamp" %}{% translate 'Lamp' context 'light' %}{{ x|default:_("dark") }}"""
        """{% blocktranslate count n=n %}{{ n }} night{% plural %}{{ n }} nights{% endblocktranslate %}"""
    )
    data = {"line": [{"name": "One"}, {"name": "Two"}], "words": {"de": {"title": "Three"}}}

    found = [each.key for each in gather.in_template(template, "room/lamp.html")]
    held = [each.key.text for each in gather.in_data(data, ["line.name", "words.*.title"], "room/lamp.toml")]

    assert found == [Key("A (small) lamp"), Key("Lamp", "light"), Key("dark"), Key("%(n)s night")]
    assert held == ["One", "Two", "Three"]


def test_what_is_not_a_plain_text_is_named() -> None:
    code = 'from django.utils.translation import gettext as _\nsay = lambda n: _(f"{n} lamps")\n'

    with pytest.raises(gather.NoText, match=r"room/lamps\.py"):
        list(gather.in_code(code, "room/lamps.py"))


def test_a_text_belongs_to_everyone_who_meets_it() -> None:
    parts = {each.key.text: each.parts for each in gather.texts()}

    assert parts["Leave this page"] == ("young", "public")
    assert parts["Emergency"] == ("young", "public")
    assert parts["Make a report"] == ("public", "desk")  # the living page of the design shows it
    assert parts["Queue"] == ("desk",)
    assert all(set(each) <= set(PARTS) for each in parts.values())


def test_a_catalogue_reads_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "LOCALE", tmp_path)
    entries = [
        Entry(Key('A "lamp"\\ \n two'), ("Eine „Lampe“",), parts=("young", "desk"), files=("a.html",)),
        Entry(Key("%(n)s lamp", "light"), ("", ""), "%(n)s lamps", ("public",), ("b.py",), ("A note.",)),
    ]

    catalogue.write("de", entries)

    assert list(catalogue.read("de").values()) == entries
    assert gettext.translation("django", tmp_path, ["de"]).gettext(entries[0].key.text) == "Eine „Lampe“"

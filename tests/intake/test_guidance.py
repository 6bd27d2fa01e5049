"""The pages for whoever is worried about a child: complete, calm, and without a word of blame."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from nightlight.intake import guidance, helplines

# Words of blame, and words that describe (domain.md section 7).
AVOIDED = re.compile(
    r"\b(sextortion|selfie|sexting|naked|nude|porn\w*|victim|stupid|careless|should have|paedo\w*)\b", re.I
)
NEVER = (
    "Never save, photograph, screenshot, copy or forward a sexual picture of a child, even as evidence.",
    "Leave the device as it is",
    "Do not go back and look",
    "Do not delete the account",
)


@pytest.mark.parametrize("page", guidance.pages(), ids=lambda page: page.slug)
def test_each_matter_has_a_page_with_its_sources_and_where_to_report(
    home: None, client: Client, page: guidance.Page
) -> None:
    shown = unescape(client.get(reverse("parents-page", args=[page.slug])).content.decode())

    assert page.sources and all(source in shown for source in page.sources)
    assert all(item in shown for part in page.parts for item in part.items)
    assert 'href="/report/' in shown and "tel:112" in shown


def test_a_matter_nobody_wrote_about_is_not_found(home: None, client: Client) -> None:
    assert client.get("/parents/nothing/").status_code == 404


@pytest.mark.parametrize("path", ["/parents/", "/parents/what-to-do/", "/parents/print/"])
def test_what_must_never_be_done_stands_on_the_first_page_and_on_paper(
    home: None, client: Client, path: str
) -> None:
    shown = unescape(client.get(path).content.decode())

    assert [words for words in NEVER if words not in shown] == []


def test_the_printed_page_holds_every_text_and_the_numbers_of_the_chosen_country(
    home: None, client: Client
) -> None:
    shown = unescape(client.get("/parents/print/?country=IE").content.decode())

    assert [text for text in guidance.texts() if text not in shown] == []
    assert "tel:1800666666" in shown


def test_no_text_blames_or_describes() -> None:
    texts = [*guidance.texts(), *helplines.texts()]

    assert [text for text in texts if AVOIDED.search(text) or "!" in text] == []


def test_the_texts_are_short_enough_to_be_read_in_fear() -> None:
    sentences = [each for text in guidance.texts() for each in re.split(r"(?<=[.?:])\s", text)]

    assert max(len(sentence.split()) for sentence in sentences) <= 26
    assert sum(len(sentence.split()) for sentence in sentences) / len(sentences) <= 12

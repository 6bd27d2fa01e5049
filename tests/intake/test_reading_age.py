"""How hard the English of the public pages is to read, by the Automated Readability Index.

ARI = 4.71 * letters a word + 0.5 * words a sentence - 21.43, a school grade of the United States: 4 is read at 9, 6 at
11. Source: Smith and Senter, "Automated Readability Index", AMRL-TR-66-220 (1967). It counts letters and words, knows
neither a hard short word nor an unclear thought, and says little of fewer than a hundred words; here texts of one file
are taken together from 30 words on. It is a floor: people who read with children judge the rest.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from nightlight.server.speech import gather

AGE_9, AGE_11 = 4, 6
FEWEST_WORDS = 30
FIGURES = ("stats/", "referral/")  # what stands beside numbers is for those who read numbers
FILLED_IN = re.compile(r"<[^>]*>|%\(\w+\)[sd]|%%")
WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
END = re.compile(r"(?<=[.?…])\s+")


def sentences(texts: Iterable[str]) -> list[list[str]]:
    """The words of each sentence; a label is a sentence of its own."""
    each = (WORD.findall(piece) for text in texts for piece in END.split(FILLED_IN.sub("", text)))
    return [words for words in each if words]


def grade(texts: Iterable[str]) -> float:
    found = sentences(texts)
    words = [word for sentence in found for word in sentence]
    return 4.71 * sum(map(len, words)) / len(words) + 0.5 * len(words) / len(found) - 21.43


def too_hard(part: str, most: float) -> dict[str, float]:
    """The files whose texts of a part are harder than that, and how hard."""
    by_file = defaultdict(list)
    for entry in gather.texts():
        if entry.parts[0] == part:
            for file in entry.files:
                by_file[file].append(entry.key.text)
    long = {
        file: texts
        for file, texts in by_file.items()
        if sum(map(len, sentences(texts))) >= FEWEST_WORDS and not file.startswith(FIGURES)
    }
    assert len(long) >= 5
    return {file: grade(texts) for file, texts in long.items() if grade(texts) > most}


def test_what_a_young_person_meets_can_be_read_at_nine() -> None:
    assert too_hard("young", AGE_9) == {}


def test_what_everybody_meets_can_be_read_at_eleven() -> None:
    assert too_hard("public", AGE_11) == {}


def test_a_text_of_an_office_would_be_noticed() -> None:
    office = [
        "Notwithstanding the foregoing, submissions containing insufficiently substantiated allegations regarding "
        "content classification will, following preliminary evaluation, ordinarily be discontinued."
    ]

    assert (
        grade(office)
        > AGE_11
        > AGE_9
        > grade(["We have your report. A person reads it. You did nothing wrong."])
    )

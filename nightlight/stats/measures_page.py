"""`docs/measures.md`, written from the tables themselves: one measure, one definition, in words."""

from django.utils import translation

from nightlight.stats.tables import TABLES

_INTRO = """# What is counted, and how

Written by `nightlight stats --measures` from the code; a test fails where the two differ.

**Unit.** One address, however often it is reported and however it is spelled; or one case, newsgroup or child's
own submission without an address. A report counts once for each address it names, and once if it names none.

**Clock.** All days are days in UTC. A unit counts on the day of its first confirmed assessment, and is known from
that day on. Removal has two clocks that are never mixed: from the receipt of the report, and from the first
notice.

**Rule.** Of each page the youngest child and the most severe category. An imported line counts under the grades of
the first confirmed assessment of its address, a case of our own under its newest decision, on the day of the first
that confirmed. Duplicates and assessing again add nothing. Children who were identified or safeguarded are counted
as children, once each, where we know who is who.

**Episodes.** A page that came back is a new episode, shown apart, and adds no case.

**As of a day.** What was known at the end of that day: a decision from the day it was made, an imported line on
the days it names, a correction from the day it was recorded. Every figure is a sum of signed changes, each with
the day it became known and the day it counts on (`nightlight/stats/cells.py`); `nightlight stats --check` recounts
the records plainly and compares.

**Export and import.** A line carries what these tables count, with these exceptions: that a report was withdrawn;
reminders, later notices and referrals; corrections, appeals and second looks; the network of the host, looks and moves;
which child an answer is about; what a file is; and the day of a correction. Tables of those differ after a round trip.

**Small numbers.** The public sees no count of one or two: it is replaced by `<3`, with the totals and shares of
its row. Where a column would have a single such cell, the next smallest is left out too and shown as `*`, because
the sum of the column is published elsewhere. Sums that stand in several tables (of an age, a sex, a severity) are left
out of all of them if of one; what that does not cover, such as the difference of two periods, is said in
`nightlight/stats/margins.py`. `nightlight stats` leaves nothing out.

**Rounding.** Shares are not rounded in the data. An edition rounds half up, to whole percentages, or to a tenth
where a whole percentage would say none of some; a change in points is the difference of the rounded percentages.

**What volume is not.** These figures say what was reported and found. They do not say how much there is.
"""


def text() -> str:
    """The whole page, in English."""
    with translation.override("en"):
        parts = [_INTRO]
        for name, table in TABLES.items():
            note = f"\n\n{_quoted(str(table.note))}" if table.note else ""
            parts.append(f"## {table.title}\n\n`nightlight stats {name}`\n\n{table.rule}{note}\n")
    return "\n".join(parts)


def _quoted(words: str) -> str:
    return f"> {words}"

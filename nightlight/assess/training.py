"""Golden items: drawn shapes to practise the keys and the counting rules on.

An item is made from its number alone, the same for everybody. It is no Case and has no row of its own, so that no
queue, list, notice, referral or statistic can know of it; only a person's answer is kept.
"""

from dataclasses import dataclass
from math import cos, pi, sin
from random import Random

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from nightlight.accounts.models import Person
from nightlight.accounts.permissions import Permission
from nightlight.assess.second_look_models import TrainingAnswer
from nightlight.audit import log
from nightlight.casebook.schemes.scheme import Scheme
from nightlight.casebook.words import Age, Outcome
from nightlight.work import clock

MOST_ITEMS = 10_000
MOST_SHAPES = 4
FEWEST_SIDES = 3
RADIUS = 50
OLDEST = 17
CIRCLES = 0.3  # of all shapes


@dataclass(frozen=True, slots=True)
class Shape:
    """One drawn shape: a circle, which has no `points`, or a polygon that stands for a grade; the number inside."""

    grade: str
    sides: int
    years: int

    @property
    def points(self) -> str:
        """The corners as SVG wants them; none of a circle."""
        turns = [2 * pi * corner / self.sides - pi / 2 for corner in range(self.sides)]
        return " ".join(f"{RADIUS * cos(turn):.1f},{RADIUS * sin(turn):.1f}" for turn in turns)

    @property
    def words(self) -> str:
        """The same for those who don't see it."""
        if not self.sides:
            return _("A circle, the number %(years)d") % {"years": self.years}
        return _("A shape with %(sides)d sides, the number %(years)d") % {
            "sides": self.sides,
            "years": self.years,
        }


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, or what is expected: grade and age are empty where it is not confirmed."""

    outcome: str
    grade: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A golden item; `legend` says which number of sides is which grade, `expected` is the right answer."""

    number: int
    shapes: tuple[Shape, ...]
    legend: tuple[tuple[int, str], ...]
    expected: Said


class AnsweredBefore(Exception):
    """This person answered this item already."""


def item(number: int, scheme: Scheme) -> Item:
    """The golden item of this number in a scheme."""
    chance = Random(f"{scheme.key}-{scheme.edition}-{number}")  # noqa: S311 (no secret: the same for everybody)
    order = [grade.value for grade in scheme.grades]  # the most severe first
    shapes = tuple(_shape(chance, order) for _ in range(chance.randint(1, MOST_SHAPES)))
    grades = [shape.grade for shape in shapes if shape.grade]
    expected = Said(Outcome.NOT_ILLEGAL)
    if grades:
        youngest = min(shape.years for shape in shapes if shape.grade)
        expected = Said(Outcome.CONFIRMED, min(grades, key=order.index), age_of(youngest))
    legend = tuple((FEWEST_SIDES + place, scheme.printed(value)) for place, value in enumerate(order))
    return Item(number, shapes, legend, expected)


def age_of(years: int) -> str:
    """The range of the contract in which an age lies."""
    for age in Age.values:
        low, _dash, high = age.partition("-")
        if high and int(low) <= years <= int(high):
            return age
    return Age.UNKNOWN


def next_number(by: Person, scheme: Scheme) -> int:
    """The first item that a person has not answered."""
    return 1 + TrainingAnswer.objects.filter(by=by, scheme=scheme.key).count()


@transaction.atomic
def answer(number: int, scheme: Scheme, by: Person, said: Said) -> TrainingAnswer:
    """Keeps an answer. Raises AnsweredBefore, PermissionDenied."""
    if not by.may(Permission.CASE_ASSESS):
        raise PermissionDenied(Permission.CASE_ASSESS)
    if answered(number, scheme, by):
        raise AnsweredBefore
    row = TrainingAnswer.objects.create(
        number=number,
        scheme=scheme.key,
        said={"outcome": said.outcome, "grade": said.grade, "age": said.age},
        as_expected=said == item(number, scheme).expected,
        by=by,
        at=clock.now(),
    )
    log.record("assess.train", by=by, about=row, item=number)
    return row


def answered(number: int, scheme: Scheme, by: Person) -> TrainingAnswer | None:
    """This person's answer to an item, if there is one."""
    return TrainingAnswer.objects.filter(number=number, scheme=scheme.key, by=by).first()


def summary() -> dict[str, int]:
    """Of all people together: how many answers, and how many were as expected."""
    rows = TrainingAnswer.objects
    return {"answers": rows.count(), "expected": rows.filter(as_expected=True).count()}


def _shape(chance: Random, order: list[str]) -> Shape:
    years = chance.randint(0, OLDEST)
    if chance.random() < CIRCLES:
        return Shape("", 0, years)
    place = chance.randrange(len(order))
    return Shape(order[place], FEWEST_SIDES + place, years)

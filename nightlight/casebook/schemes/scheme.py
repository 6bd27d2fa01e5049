"""What a classification scheme is."""

from dataclasses import dataclass

Wire = int | str | None


class UnknownGrade(LookupError):
    """A scheme has no such grade, fact or value; the message names it."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade. `wire` is what it is called where it is sent; `key` the key of the desk; with `second_look` nobody
    gives it alone; one that is not `ordinal` stands outside the order of the others."""

    value: str
    label: str
    key: str = ""
    wire: Wire = None
    second_look: bool = False
    ordinal: bool = True


@dataclass(frozen=True, slots=True)
class FactValue:
    """One answer to a fact."""

    value: str
    label: str
    wire: Wire = None


@dataclass(frozen=True, slots=True)
class Fact:
    """What a scheme records beside the grade, such as puberty."""

    name: str
    label: str
    values: tuple[FactValue, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme; `grades` from the most severe, `fields` the fields of the contract that it rests on."""

    key: str
    name: str
    edition: str
    source: str
    grades: tuple[Grade, ...]
    facts: tuple[Fact, ...] = ()
    fields: tuple[str, ...] = ()

    def grade(self, value: str) -> Grade:
        """The grade of this value. Raises UnknownGrade."""
        for grade in self.grades:
            if grade.value == value:
                return grade
        raise UnknownGrade(f"{self.key} has no grade {value}")

    def printed(self, value: str) -> str:
        """A grade as it is always printed: never without its scheme. Raises UnknownGrade."""
        return f"{self.key}: {self.grade(value).label}"

    def desk_keys(self) -> tuple[str, ...]:
        """The keys of its grades at the desk."""
        return tuple(grade.key for grade in self.grades if grade.key)

    def answer(self, name: str, value: str) -> FactValue:
        """An answer to one of its facts. Raises UnknownGrade."""
        for fact in self.facts:
            for each in fact.values:
                if (fact.name, each.value) == (name, value):
                    return each
        raise UnknownGrade(f"{self.key} has no {name} {value}")


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade as one person gave it, with all that is needed to print it years later."""

    scheme: str
    edition: str
    value: str
    printed: str
    wire: Wire = None
    second_look: bool = False
    facts: tuple[tuple[str, str], ...] = ()


def graded(scheme: Scheme, value: str, facts: dict[str, str] | None = None) -> Graded:
    """The grade `value` of a scheme with its facts. Raises UnknownGrade."""
    grade = scheme.grade(value)
    said = {name: answer for name, answer in (facts or {}).items() if answer}
    for name, answer in said.items():
        scheme.answer(name, answer)
    return Graded(
        scheme.key,
        scheme.edition,
        value,
        scheme.printed(value),
        grade.wire,
        grade.second_look,
        tuple(sorted(said.items())),
    )

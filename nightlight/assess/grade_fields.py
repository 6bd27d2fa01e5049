"""The fields of the decision that a scheme's data brings: a list of grades with its keys, a choice for each fact."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from nightlight.casebook.schemes import shipped
from nightlight.casebook.schemes.scheme import Graded, Scheme, graded


class Keyed(forms.RadioSelect):
    """Radio buttons that carry their key as `accesskey`; the page draws it beside them."""

    def __init__(self, keys: dict[Any, str]) -> None:
        super().__init__()
        self.keys = {str(value): key for value, key in keys.items()}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if key := self.keys.get(str(value)):
            option["attrs"]["accesskey"] = key
        return option


def grade_name(scheme: Scheme) -> str:
    """The field that holds the grade: the contract's for the UK's scheme."""
    return "severity" if scheme.key == shipped.UK else f"grade-{scheme.key}"


def fact_name(scheme: Scheme, fact: str) -> str:
    """The field that holds a fact."""
    return f"fact-{scheme.key}-{fact}"


def add_fields(form: forms.Form, schemes: Sequence[Scheme]) -> None:
    """Gives a decision form the fields of these schemes, and takes the UK's letter away where it is not among them."""
    if shipped.UK not in {scheme.key for scheme in schemes}:
        del form.fields["severity"]
    for scheme in schemes:
        if scheme.key == shipped.UK:
            continue
        choices = [("", _("none")), *((grade.value, scheme.printed(grade.value)) for grade in scheme.grades)]
        keys = {grade.value: grade.key for grade in scheme.grades}
        form.fields[grade_name(scheme)] = forms.ChoiceField(
            choices=choices, required=False, widget=Keyed(keys), label=gettext_lazy(scheme.name)
        )
        for fact in scheme.facts:
            answers = [("", "–"), *((each.value, gettext_lazy(each.label)) for each in fact.values)]
            form.fields[fact_name(scheme, fact.name)] = forms.ChoiceField(
                choices=answers, required=False, label=gettext_lazy(fact.label)
            )


def bound(form: forms.Form, schemes: Sequence[Scheme]) -> Iterator[tuple[BoundField, list[BoundField]]]:
    """For the page: each list of grades with the choices of its facts."""
    for scheme in schemes:
        facts = (
            [] if scheme.key == shipped.UK else [form[fact_name(scheme, fact.name)] for fact in scheme.facts]
        )
        yield form[grade_name(scheme)], facts


def grades_said(schemes: Sequence[Scheme], said: Mapping[str, Any]) -> tuple[Graded, ...]:
    """The grades of a clean form in the schemes other than the UK's."""
    given = []
    for scheme in schemes:
        value = said.get(grade_name(scheme))
        if value and scheme.key != shipped.UK:
            facts = {fact.name: said.get(fact_name(scheme, fact.name), "") for fact in scheme.facts}
            given.append(graded(scheme, value, facts))
    return tuple(given)


def lines(schemes: Sequence[Scheme], said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same for reading back: pairs of label and words."""
    by_key = {scheme.key: scheme for scheme in schemes}
    found = []
    for grade in grades_said(schemes, said):
        scheme = by_key[grade.scheme]
        found.append((gettext(scheme.name), grade.printed))
        labels = {fact.name: gettext(fact.label) for fact in scheme.facts}
        found += [(labels[name], gettext(scheme.answer(name, value).label)) for name, value in grade.facts]
    return found

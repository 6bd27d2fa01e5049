"""The desk's forms. A decision is typed once, read back, and only then taken."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nightlight.assess.decision import Decision, Refused, check
from nightlight.assess.grade_fields import Keyed, add_fields, bound, grades_said, lines
from nightlight.assess.purposes import RevealPurpose, SearchPurpose
from nightlight.casebook.schemes import book, shipped
from nightlight.casebook.schemes.scheme import Scheme
from nightlight.casebook.words import Age, MadeBy, Outcome, Severity, Sex, SiteType

Choices = list[tuple[str, Any]]
NOT_SAID: Choices = [("", "–")]
OUTCOME_KEYS = dict(zip(Outcome.values, "123456", strict=True))
SEVERITY_KEYS = {"": "n"} | {grade.value: grade.key for grade in shipped.scheme(shipped.UK).grades}

_VOCABULARIES: dict[str, Choices] = {
    "outcome": Outcome.choices,
    "severity": Severity.choices,
    "age": Age.choices,
    "sex": Sex.choices,
    "made_by": MadeBy.choices,
    "site_type": SiteType.choices,
}
_FLAGS = ("live_stream", "ai_generated", "commercial")
_SHOWN_AS = {"media": "chosen"}


class DecisionForm(forms.Form):
    """The decision pane. `media` are the SHA-256 at the address of the case, in the order they are listed; of them
    `chosen` are confirmed and `seen` looked at; `schemes` are those that it grades by."""

    outcome = forms.ChoiceField(choices=Outcome.choices, widget=Keyed(OUTCOME_KEYS), label=_("Outcome"))
    severity = forms.ChoiceField(
        choices=[("", _("none")), *Severity.choices],
        required=False,
        widget=Keyed(SEVERITY_KEYS),
        label=_("Severity"),
    )
    age = forms.ChoiceField(choices=[*NOT_SAID, *Age.choices], required=False, label=_("Youngest child"))
    sex = forms.ChoiceField(choices=[*NOT_SAID, *Sex.choices], required=False, label=_("Sex"))
    made_by = forms.ChoiceField(
        choices=[*NOT_SAID, *MadeBy.choices],
        required=False,
        label=_("Made by"),
        help_text=_("A child alone on camera is never at fault."),
    )
    site_type = forms.ChoiceField(
        choices=[*NOT_SAID, *SiteType.choices], required=False, label=_("Kind of site")
    )
    live_stream = forms.BooleanField(required=False, label=_("Live stream"))
    ai_generated = forms.BooleanField(required=False, label=_("Made or changed by computer"))
    commercial = forms.BooleanField(required=False, label=_("Commercial"))
    note = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "accesskey": "o"}),
        label=_("Note"),
    )
    reasons = forms.CharField(
        required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 2}), label=_("Reasons")
    )

    def __init__(
        self,
        *args: Any,
        media: list[str],
        graded: bool = True,
        schemes: Sequence[Scheme] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.graded = graded
        self.schemes = book.in_use() if schemes is None else schemes
        add_fields(self, self.schemes)
        sighted = [(sha256, sha256) for sha256 in media]
        for name in ("chosen", "seen"):
            self.fields[name] = forms.MultipleChoiceField(required=False, choices=sighted)

    def grade_fields(self) -> list[tuple[forms.BoundField, list[forms.BoundField]]]:
        """The lists of grades, each with the choices of its facts."""
        return list(bound(self, self.schemes))

    def clean(self) -> dict[str, Any]:
        """Asks the same question as the verb, so that the answer stands beside its field."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check(self.decision(), graded=self.graded, schemes=self.schemes)
            except Refused as refused:
                field = _SHOWN_AS.get(refused.field, refused.field)
                self.add_error(field if field in self.fields else None, refused.message)
        return cleaned

    def decision(self) -> Decision:
        """What the form says."""
        said = self.cleaned_data
        return Decision(
            outcome=Outcome(said["outcome"]),
            severity=Severity(said["severity"]) if said.get("severity") else None,
            age=Age(said["age"]) if said["age"] else None,
            sex=Sex(said["sex"]) if said["sex"] else None,
            made_by=MadeBy(said["made_by"]) if said["made_by"] else None,
            live_stream=said["live_stream"],
            ai_generated=said["ai_generated"],
            commercial=said["commercial"],
            site_type=SiteType(said["site_type"]) if said["site_type"] else None,
            note=said["note"],
            reasons=said["reasons"],
            media=tuple(said["chosen"]),
            seen=tuple(said["seen"]),
            grades=grades_said(self.schemes, said),
        )

    def read_back(self) -> list[tuple[str, str]]:
        """What was chosen, as pairs of label and words, for the reading back."""
        said = self.cleaned_data
        words = [
            (self.fields[name].label, said[name], choices)
            for name, choices in _VOCABULARIES.items()
            if name in self.fields
        ]
        read = [(str(label), str(dict(choices)[value])) for label, value, choices in words if value]
        read[1:1] = lines(self.schemes, said)
        flags = [str(self.fields[name].label) for name in _FLAGS if said[name]]
        return read + [(flag, gettext("yes")) for flag in flags]


class CorrectionForm(forms.Form):
    """Undoing a confirmed decision."""

    outcome = forms.ChoiceField(
        choices=[choice for choice in Outcome.choices if choice[0] != Outcome.CONFIRMED],
        label=_("What it is instead"),
    )
    reasons = forms.CharField(max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}), label=_("Reasons"))
    sure = forms.BooleanField(
        label=_("Undo the decision everywhere"),
        help_text=_("Notices are retracted, list entries deleted, members and police told."),
    )


class AttachForm(forms.Form):
    """A child or a suspected account of a case."""

    new_child = forms.BooleanField(required=False)
    label = forms.CharField(required=False, max_length=32)
    handle = forms.CharField(required=False, max_length=200)
    service = forms.CharField(required=False, max_length=200)
    may_be_child = forms.BooleanField(required=False)

    def __init__(self, *args: Any, media: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"] = forms.MultipleChoiceField(
            required=False, choices=[(each, each) for each in media]
        )


class SearchForm(forms.Form):
    """Looking a case up."""

    text = forms.CharField(
        max_length=8000,
        label=_("Find exactly"),
        help_text=_(
            "An address, a host, a site, a receipt, a case number, the serial of a notice, or a hash"
        ),
        widget=forms.TextInput(attrs={"accesskey": "/", "autocomplete": "off"}),
    )
    purpose = forms.ChoiceField(choices=SearchPurpose.choices, label=_("Why"))


class RevealForm(forms.Form):
    """Why a medium is looked at."""

    purpose = forms.ChoiceField(choices=RevealPurpose.choices)

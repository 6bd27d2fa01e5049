"""The pages of training: one golden item after another, and what was expected."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from nightlight.accounts.access import allow, person
from nightlight.accounts.permissions import Permission
from nightlight.assess import training
from nightlight.assess.grading_forms import TrainingForm
from nightlight.assess.second_look_models import TrainingAnswer
from nightlight.assess.training import Said
from nightlight.casebook.schemes import book
from nightlight.casebook.schemes.scheme import Scheme
from nightlight.casebook.words import Age, Outcome


@allow(Permission.CASE_ASSESS)
@require_GET
def following(request: HttpRequest) -> HttpResponse:
    """The first item that this person has not answered."""
    scheme = book.in_use()[0]
    return _shown(request, scheme, training.next_number(person(request), scheme), TrainingForm(scheme=scheme))


@allow(Permission.CASE_ASSESS)
@require_http_methods(["GET", "POST"])
def one_item(request: HttpRequest, number: int) -> HttpResponse:
    """One item; posted, the answer is kept and the expected one shown."""
    if not 1 <= number <= training.MOST_ITEMS:
        raise Http404
    scheme, by = book.in_use()[0], person(request)
    given = training.answered(number, scheme, by)
    form = TrainingForm(request.POST or None, scheme=scheme)
    if request.method == "POST" and given is None and form.is_valid():
        said = form.cleaned_data
        confirms = said["outcome"] == Outcome.CONFIRMED
        answer = Said(said["outcome"], said["grade"], said["age"]) if confirms else Said(said["outcome"])
        training.answer(number, scheme, by, answer)
        return redirect("training-item", number)
    return _shown(request, scheme, number, form, given)


def _shown(
    request: HttpRequest, scheme: Scheme, number: int, form: TrainingForm, given: TrainingAnswer | None = None
) -> HttpResponse:
    item = training.item(number, scheme)
    words = {"item": item, "form": form, "answer": given, "expected": _words(scheme, item.expected)}
    if given:
        words["said"] = _words(scheme, Said(**given.said))
    status = 422 if form.is_bound and not given and form.errors else 200
    return render(request, "assess/training.html", words, status=status)


def _words(scheme: Scheme, said: Said) -> list[str]:
    words = [str(Outcome(said.outcome).label)]
    if said.grade:
        words.append(scheme.printed(said.grade))
    if said.age:
        words.append(str(Age(said.age).label))
    return words

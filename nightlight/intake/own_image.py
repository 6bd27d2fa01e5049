"""Taking in what somebody tells at the door "It is about me"."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from nightlight.casebook.words import Channel, ReportKind, Source
from nightlight.intake import verbs
from nightlight.intake.own_image_models import Age, Happened, OwnImageAnswers, Who

# Where one of these is all that happened, it says the channel too.
_CHANNELS = {Happened.LIVE: Channel.LIVE_STREAM, Happened.GAME: Channel.GAMING_CHAT}


@dataclass(frozen=True, slots=True)
class Told:
    """Everything somebody answered; all but the age may be empty. `prints` were made on their device, with consent."""

    age: Age
    who: Who | None = None
    happened: tuple[Happened, ...] = ()
    happening_now: bool = False
    urls: str = ""
    prints: Sequence[verbs.Hash] = ()
    text: str = ""
    place: str = ""
    reach: str = ""


@transaction.atomic
def tell(told: Told, *, too_many: bool = False, form: str = "") -> verbs.Received:
    """Takes in a report about somebody's own picture with its answers. `too_many`: whoever is at the door sent many
    fingerprints before; `form`: as `verbs.receive` has it. Raises TooMuch, OtherContent."""
    channels = {_CHANNELS[each] for each in told.happened if each in _CHANNELS}
    contact = {name: value for name, value in (("reach", told.reach), ("where", told.place)) if value}
    received = verbs.receive(
        ReportKind.OWN_IMAGE,
        urls=[told.urls] if told.urls else [],
        hashes=told.prints,
        text=told.text,
        channel=channels.pop() if len(channels) == 1 else None,
        happening_now=told.happening_now,
        contact=contact or None,
        source=Source.YOUNG_PERSON if told.who == Who.ME else Source.PUBLIC,
        too_many=too_many,
        form=form,
    )
    answers = {"who": told.who or "", "age": told.age, "happened": [str(each) for each in told.happened]}
    OwnImageAnswers.objects.get_or_create(report=received.report, defaults=answers)
    return received

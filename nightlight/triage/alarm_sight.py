"""What of an alarm somebody may see before they look themselves.

What a look found raises an alarm, and its reason and its case would tell whoever looks second what the first said. They
see that it waits, and may take it: a child comes first. Then they are told, and the next look is another person's.
"""

from collections.abc import Iterable

from nightlight.accounts.models import Person
from nightlight.casebook import blind
from nightlight.triage.alarm_models import Alarm


def is_held_back(alarm: Alarm, reader: Person) -> bool:
    """Whether what was found must not be seen by this person yet; never of whoever has the alarm."""
    if alarm.case is None or alarm.held_by_id == reader.pk or not (alarm.by_desk or alarm.found):
        return False
    return blind.is_blind(reader, alarm.case)


def for_reader(alarms: Iterable[Alarm], reader: Person) -> list[Alarm]:
    """These alarms, each marked with whether something of it is held back from the reader."""
    found = list(alarms)
    for alarm in found:
        alarm.held_back = is_held_back(alarm, reader)
    return found

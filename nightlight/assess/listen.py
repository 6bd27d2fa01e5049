"""What assess does when other stages announce something: nothing, for here a person begins every act.

A new case is in the queue because it is open, a case to look at again because it waits.
"""

from nightlight.assess import welfare_verbs

# Imported for the work it declares.
DECLARES = (welfare_verbs,)


def connect() -> None:
    """Connects no listener, as the table in `casebook/events.py` says; called once, when Django starts."""

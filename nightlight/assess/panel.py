"""What assess shows of a Case."""


def register() -> None:
    """Registers the panel; called once, when Django starts."""

"""What assess does when other stages announce something."""


def connect() -> None:
    """Connects the listeners; called once, when Django starts."""

"""What can be wrong with a medium: one word for programs, one sentence for people."""


class MediaError(ValueError):
    """A medium that gives no fingerprints. `name` is a word such as `truncated`; the message says what it means."""

    def __init__(self, name: str, say: str) -> None:
        super().__init__(say)
        self.name = name

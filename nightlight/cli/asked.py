"""Secrets that a command needs: from the environment, else asked for."""

import getpass
import os
import warnings


class NobodyToAsk(ValueError):
    """The secret is not set, and there is nobody to ask; the message names the variable."""


def secret(variable: str, prompt: str) -> str:
    """The secret in `variable`, or what is typed, or the next line of a pipe. Raises NobodyToAsk."""
    if given := os.environ.get(variable):
        return given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", getpass.GetPassWarning)  # a pipe has no echo to switch off
        try:
            typed = getpass.getpass(prompt)
        except EOFError:
            typed = ""
    if not typed:
        raise NobodyToAsk(f"set {variable}, or type it where this command asks for it")
    return typed

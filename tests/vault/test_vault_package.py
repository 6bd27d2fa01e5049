"""The examples in the documentation run, and the room stays usable on its own."""

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

import nightlight.vault

MODULES = sorted(
    [
        "nightlight.vault",
        *(module.name for module in pkgutil.iter_modules(nightlight.vault.__path__, "nightlight.vault.")),
    ]
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_each_file_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))

    assert result.failed == 0


def test_the_package_shows_an_example() -> None:
    result = doctest.testmod(nightlight.vault)

    assert result.attempted > 0


def test_the_vault_is_usable_without_django() -> None:
    imports = "\n".join(f"import {name}" for name in MODULES)

    asked = subprocess.run(
        [sys.executable, "-c", f"{imports}\nimport sys; print('django' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert asked.stdout == "False\n"

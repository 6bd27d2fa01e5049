"""A registry on loopback that answers RDAP from a table."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from nightlight.hosting.bootstrap import Bootstrap
from nightlight.hosting.rdap import Rdap
from tests.hosting.registry import Registry
from tests.net.small_internet import SmallInternet


@pytest.fixture
def internet(tmp_path: Path) -> Iterator[SmallInternet]:
    """Empty at first, and gone after the test."""
    with ExitStack() as stack:
        yield SmallInternet(stack, tmp_path)


@pytest.fixture
def registry(internet: SmallInternet) -> Registry:
    """Knows nothing at first."""
    site = internet.site("rdap.registry.test", "192.0.2.200", {})
    return Registry(site, f"http://127.0.0.1:{site.port}")


@pytest.fixture
def rdap(internet: SmallInternet, registry: Registry, tmp_path: Path) -> Rdap:
    """A client that was told of the registry by a bootstrap file."""
    file = tmp_path / "bootstrap.json"
    file.write_text(json.dumps(registry.bootstrap()))
    fetcher = internet.fetcher()
    return Rdap(Bootstrap.load(file, fetcher), fetcher)

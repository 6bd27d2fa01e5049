"""Benchmarks of hashing without their peers: they say what to install and measure nothing."""

import sys

import pytest

from nightlight.bench import hash as hash_bench
from nightlight.bench import video as video_bench


@pytest.mark.parametrize(("module", "peer"), [(hash_bench, "threatexchange"), (video_bench, "vpdq")])
def test_a_missing_peer_is_named_with_the_extra_that_brings_it(
    module: object, peer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, peer, None)
    said: list[str] = []

    status = module.run(said.append)  # type: ignore[attr-defined]

    assert status == 2
    assert peer in said[0] and "nightlight[bench]" in said[0]

"""Compiled loops are asked for without compiling, and told of only when they have to be made."""

from pathlib import Path

import pytest

from nightlight.fingerprint import compiled, kept, vectors


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where the stamp may lie."""
    monkeypatch.setattr(kept, "folders", lambda: iter([tmp_path / "cache"]))
    return tmp_path / "cache"


def test_compiling_is_told_of_once(folder: Path) -> None:
    told: list[str] = []

    before = compiled.ready()
    compiled.prepare(told.append)
    compiled.prepare(told.append)

    assert (before, compiled.ready()) == (False, True)
    assert len(told) == 1
    assert told[0].startswith("Compiling for this machine, once: ")
    assert "ring" in told[0]


def test_loops_that_changed_are_not_ready(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled.prepare(lambda text: None)
    monkeypatch.setattr(compiled, "version", lambda name: "another")

    assert not compiled.ready()


def test_where_nothing_can_be_kept_loops_are_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(kept, "folders", lambda: iter([tmp_path / "file" / "cache"]))

    compiled.prepare(lambda text: None)

    assert not compiled.ready()


def test_a_loop_without_a_file_is_compiled_though_it_can_t_be_kept() -> None:
    scope: dict[str, object] = {}
    exec("def twice(x): return 2 * x", scope)  # noqa: S102 - numba keeps nothing for code that lies in no file

    twice = vectors.kernel(scope["twice"])  # type: ignore[type-var]

    assert twice(21) == 42  # type: ignore[operator]


def test_code_made_from_other_sources_is_never_taken_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.place.__wrapped__()
    monkeypatch.setattr(kept, "digest", lambda: "f" * 64)

    after = kept.place.__wrapped__()

    assert before and after
    assert before != after
    assert not before.exists()

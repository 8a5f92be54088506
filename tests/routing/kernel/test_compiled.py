"""Compiled code is cached under a name that changes with any source of the kernel."""

from pathlib import Path

import pytest

from routing.benchmark.days import DayRules, collection_day
from routing.kernel import compiled, search_loop
from routing.kernel.engine import search
from routing.kernel.warm import warm_up
from tests.routing.small import indexed, lot, problem, truck


def test_the_stamp_changes_with_any_source_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "compiled.py").write_text("one")
    (tmp_path / "ride.py").write_text("two")
    monkeypatch.setattr(compiled, "__file__", str(tmp_path / "compiled.py"))
    before = compiled.source_stamp.__wrapped__()
    assert compiled.source_stamp.__wrapped__() == before
    (tmp_path / "ride.py").write_text("three")
    assert compiled.source_stamp.__wrapped__() != before


def test_each_program_is_compiled_once_whatever_the_problem() -> None:
    """Mapped, read-only matrices and generated ones, with and without rules, run the code compiled at set-up."""
    warm_up()
    for day in (collection_day(8, 1), collection_day(8, 1, DayRules.FULL), problem([lot("a", 3)], [truck(end="km0")])):
        instance = indexed(day)
        for table in instance.matrices.tables:
            table.distance_m.flags.writeable = table.duration_s.flags.writeable = False
        search(instance, seconds=60, iterations=3)
    for program in (search_loop.run_plain, search_loop.run_rich, search_loop.adopt_plain, search_loop.adopt_rich):
        assert len(program.signatures) == 1
        folder = Path(program.stats.cache_path)
        assert len(list(folder.glob(f"*.{program.__name__}-{compiled.source_stamp()[:12]}*.nbc"))) == 1


def test_sources_that_are_said_never_to_be_compiled_have_nothing_compiled() -> None:
    for name in compiled.NEVER_COMPILED:
        text = (Path(compiled.__file__).parent / name).read_text()
        assert "@compiled" not in text
        assert "entry_point" not in text
        assert "np.dtype(" not in text


def test_an_entry_point_is_ready_once_it_has_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its machine code is looked for on disk too."""
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path))

    def twice(number: int) -> int:
        return 2 * number

    program = compiled.entry_point(twice, "twice_for_the_test")
    assert not compiled.is_ready(program)
    assert program(2) == 4
    assert compiled.is_ready(program)
    again = compiled.entry_point(twice, "twice_for_the_test")
    assert compiled.is_ready(again)

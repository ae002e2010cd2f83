"""A damaged export loads as far as it can, or raises a SourceError: nothing else, and soon.

Some fifty mutants of each fixture; `make validate` tries ten thousand (benchmarks/mutants.py).
"""

from __future__ import annotations

import contextlib
import time
import zlib

import pytest

from mmlib import sources
from mmlib.errors import SourceError
from mmlib.log import check_log
from tests.sources.mutants import FIXTURES, mutants

N = 48
LONGEST = 5.0  # seconds


@pytest.mark.filterwarnings("ignore::mmlib.errors.SetAsideWarning")
@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.path.name)
def test_a_mutant_loads_or_is_refused(fixture, tmp_path):
    loaded = 0
    for number, data in enumerate(mutants(fixture.path.read_bytes(), N, seed=zlib.crc32(fixture.path.name.encode()))):
        file = tmp_path / fixture.path.name
        file.write_bytes(data)
        begun = time.perf_counter()
        if number % 6 == 0:
            with contextlib.suppress(SourceError):
                sources.recognised(file)
        try:
            log = sources.read(fixture.tool, file, tz="Europe/Berlin", **fixture.options)
        except SourceError as error:
            assert error.problems and all(problem.found and problem.expected for problem in error.problems), number
        else:
            aside, loaded = sources.set_aside(log), loaded + 1
            assert len(log) and aside["found"].notna().all()
            log.attrs = {}
            check_log(log)
        assert time.perf_counter() - begun < LONGEST
    assert loaded, "some mutants are still exports"

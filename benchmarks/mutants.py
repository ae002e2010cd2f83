"""Ten thousand damaged exports: each loads as far as it can or raises a SourceError, soon and within bounds.

Every fixture of the tests is changed as in `tests/sources/mutants.py` and read in a process of its own, which may take
a gigabyte more than it has when it begins. Run with `make validate`, or alone: `python -m benchmarks.mutants`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from mmlib import sources
from mmlib.errors import SourceError
from tests.sources.mutants import FIXTURES, Fixture, mutants

N = 10_000
MEMORY = 1 << 30  # bytes
SOON = 5.0  # seconds


class Outcome(NamedTuple):
    """What became of one fixture's mutants."""

    loaded: int
    refused: int
    others: list[str]
    slowest: float
    megabytes: float


def outcome(fixture: Fixture, n: int, seed: int) -> Outcome:
    """Return what becomes of n mutants of a fixture; runs in a process of its own."""
    sources.read(fixture.tool, fixture.path, tz="UTC", **fixture.options)  # what it imports is not the mutants' doing
    before = _resident()
    warnings.simplefilter("ignore")  # one page of several
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    loaded, refused, others, slowest = 0, 0, [], 0.0
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / fixture.path.name
        for number, data in enumerate(mutants(fixture.path.read_bytes(), n, seed)):
            file.write_bytes(data)
            begun = time.perf_counter()
            try:
                sources.read(fixture.tool, file, tz="Europe/Berlin", **fixture.options)
                loaded += 1
            except SourceError:
                refused += 1
            except BaseException as error:  # whatever it is, it should have been a SourceError
                others.append(f"{fixture.path.name}, mutant {number}: {type(error).__name__}: {str(error)[:200]}")
            slowest = max(slowest, time.perf_counter() - begun)
    return Outcome(loaded, refused, others, slowest, max(0.0, _resident() - before))


def _resident() -> float:
    """Return the most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _sent(fixture: Fixture, n: int, seed: int, queue: multiprocessing.Queue) -> None:
    queue.put(outcome(fixture, n, seed))


def apart(fixture: Fixture, n: int, seed: int) -> Outcome:
    """Return the outcome from a fresh process; one that dies is an outcome too."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_sent, args=(fixture, n, seed, queue))
    process.start()
    while process.is_alive() and queue.empty():
        process.join(0.05)
    found = queue.get(timeout=5) if process.exitcode in (0, None) else None
    process.join()
    return found or Outcome(0, 0, [f"{fixture.path.name}: the process died ({process.exitcode})"], 0.0, 0.0)


def main() -> int:
    """Print the table, and what was neither loaded nor refused; the exit code says whether there was any."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mutants", type=int, default=N, help="how many, across all fixtures")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--tool", default="", help="only this tool's fixtures")
    chosen = options.parse_args()
    every = [one for one in FIXTURES if chosen.tool in ("", one.tool)]
    each = -(-chosen.mutants // len(every))
    table = Table("fixture", "mutants", "loaded", "refused", "other", "slowest, s", "memory, MB", box=None)
    wrong, slowest = [], 0.0
    for fixture in every:
        found = apart(fixture, each, chosen.seed)
        wrong += found.others
        slowest = max(slowest, found.slowest)
        numbers = [each, found.loaded, found.refused, len(found.others)]
        table.add_row(fixture.path.name, *map(str, numbers), f"{found.slowest:.2f}", f"{found.megabytes:.0f}")
    Console(width=120).print(table)
    print(f"{each * len(every):,} mutants of {len(every)} fixtures: {len(wrong)} neither loaded nor refused, "
          f"the slowest took {slowest:.2f} s.")  # fmt: skip
    for line in wrong[:40]:
        print(f"  {line}")
    return 1 if wrong or slowest > SOON else 0


if __name__ == "__main__":
    sys.exit(main())

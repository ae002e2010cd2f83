"""Reports beside the stock way of building them, as ratios in one run. Run with `make bench`.

The stock way of one report is what its users type: `papermill`, then `jupyter nbconvert --to html`, then `weasyprint`,
on the same notebook with the same parameters. It is measured on fewer reports, and counted per report.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.many import practice_folder
from benchmarks.processes import Watched, run, side_by_side, watched
from benchmarks.speed import seconds
from mmlib.reports.index.facts import Facts
from mmlib.reports.jobs import Job, wanted
from mmlib.reports.many import build
from mmlib.reports.shelf import Shelf
from mmlib.simulate import cohort, write

COHORT = "data/sample-cohort"
MM = (sys.executable, "-m", "mmlib.cli", "report")
STEPS = ("papermill", "nbconvert", "weasyprint")
LEARNERS = 74  # of a cohort that has 500 reports
LONG, SHORT = 20_000, 500  # attempts
Row = tuple[str, str, str, str, str]


def stock(job: Job, folder: Path) -> list[list[str | Path]]:
    """Return the three commands of the stock way."""
    made = folder / f"{job.month}-{job.name}.ipynb"
    given = [word for name, value in job.parameters.items() for word in ("-r", name, str(value))]
    papermill, nbconvert, weasyprint = ([sys.executable, "-m", step] for step in STEPS)
    return [
        [*papermill, job.notebook, made, "-k", "python3", "--no-progress-bar", *given],
        [*nbconvert, "--to", "html", made],
        [*weasyprint, made.with_suffix(".html"), made.with_suffix(".pdf")],
    ]


def learners_of(jobs: Sequence[Job]) -> str:
    """Return the learners of reports, as the command line takes them."""
    return ",".join(dict.fromkeys(job.learner for job in jobs))


def chosen(most: int) -> list[Job]:
    """Return all reports of so many learners of the sample cohort that together they have about `most`."""
    every = wanted(COHORT)
    per_learner = {name: [job for job in every if job.learner == name] for name in sorted({j.learner for j in every})}
    found: list[Job] = []
    for own in per_learner.values():
        if len(found) + len(own) <= most:
            found += own
    return found


def side_by_side_reports(folder: Path, reports: int, few: int, jobs: int) -> list[Row]:
    """Return the rows of many reports, `jobs` at a time."""
    ours = chosen(reports)
    out = folder / "many"
    command = [*MM, COHORT, "--learner", learners_of(ours), "--all", "--jobs", str(jobs), "--out", out, "--quiet"]
    new = watched(lambda: run(command))
    old = watched(lambda: side_by_side([stock(job, folder) for job in islice(ours, few)], jobs))
    per_new, per_old = new.seconds / len(ours), old.seconds / few
    what = f"{len(ours)} reports, HTML and PDF, {jobs} at a time, s per report (stock: of {few})"
    return [
        (what, f"{per_new:.2f}", f"{per_old:.2f}", f"{per_old / per_new:.1f} times faster", "10 times"),
        ("  once warm, s per report and core", f"{once_warm(out, jobs):.2f}", "", "", "1.2"),
        _of_the_processor(new, len(ours), old, few),
        _of_memory(new, old, jobs),
    ]


def once_warm(out: Path, jobs: int) -> float:
    """Return the seconds per report and core, from when the files were written; the first ones warm up."""
    ends = sorted(file.stat().st_mtime for file in out.glob("*/*.html"))[2 * jobs :]
    return (ends[-1] - ends[0]) / (len(ends) - 1) * min(jobs, os.cpu_count() or 1)


def _of_the_processor(new: Watched, ours: int, old: Watched, few: int) -> Row:
    ratio = f"{old.processor / few / (new.processor / ours):.1f} times less"
    what = "  the processor's time, s per report"
    return what, f"{new.processor / ours:.2f}", f"{old.processor / few:.2f}", ratio, ""


def _of_memory(new: Watched, old: Watched, jobs: int) -> Row:
    return "  memory at most, MB per job", f"{new.memory / jobs:.0f}", f"{old.memory / jobs:.0f}", "", ""


def cold(folder: Path) -> Row:
    """Return the row of one report, from a cold start."""
    job = wanted("data/sample", months="2026-09")[0]
    command = [*MM, "data/sample", "--learner", job.learner, "--month", job.month, "--quiet", "--force", "--out"]
    new = seconds(lambda: run([*command, folder / "cold"]), repeat=2)
    old = seconds(lambda: side_by_side([stock(job, folder)], 1), repeat=1)
    return "one report, from a cold start, s", f"{new:.2f}", f"{old:.2f}", f"{new / old:.2f}", "0.6"


def again(folder: Path) -> Row:
    """Return the row of a second `mm report --all`; the reports on the shelf are stand-ins, as nobody opens them."""
    write(cohort(learners=LEARNERS), folder / "cohort")
    jobs, shelf = wanted(folder / "cohort", out=folder / "again"), Shelf(folder / "again")
    for job in jobs:
        files = [Path(job.out, f"{job.name}.{kind}") for kind in job.formats]
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{job.learner}, {job.month}")
        shelf.record(job, Facts(f"{job.learner} in {job.month}"), files)
    shelf.save()
    found = seconds(lambda: run([*MM, folder / "cohort", "--all", "--out", folder / "again"]))
    return f"a second mm report --all, {len(jobs)} reports, nothing changed, s", f"{found:.2f}", "", "", "2"


def long_logs(folder: Path) -> Row:
    """Return the row of a report of a long log beside that of a short one, once warm."""
    times = []
    for attempts in (LONG, SHORT):
        log = practice_folder(folder / str(attempts), attempts)
        job = wanted(log, out=folder / "long")[-1]
        one = partial(build, [job], force=True)
        one()
        times.append(seconds(one))
    what = f"one warm report, {LONG:,} attempts beside {SHORT}, s"
    return what, f"{times[0]:.2f}", f"{times[1]:.2f}", f"{times[0] / times[1]:.2f}", "1.5"


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reports", type=int, default=40, help="reports that are built")
    options.add_argument("--stock", type=int, default=4, help="reports that are built in the stock way")
    options.add_argument("--jobs", type=int, default=2, help="how many at a time")
    asked = options.parse_args()
    table = Table("what", "ours", "beside", "ratio", "promised", box=None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for row in side_by_side_reports(folder, asked.reports, asked.stock, asked.jobs):
            table.add_row(*row)
        for each in (cold, again, long_logs):
            table.add_row(*each(folder))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()

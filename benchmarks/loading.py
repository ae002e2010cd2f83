"""How fast a log is loaded, with all checks and cards, beside a bare read of the same file that checks nothing."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as arrow
import pyarrow.csv as arrow_csv

import mmlib as mm
from mmlib.log import COLUMNS

SKILLS = [f"skill {number}" for number in range(9)]
CARD = '["{skill}"]\ndomain = "body"\nunit = "points"\nbetter = "higher"\ntarget = 80\nself = "the player"\n'


def big_log(rows: int) -> pd.DataFrame:
    """Return this many sessions of three learners and nine skills in order of time, in the columns people use."""
    random = np.random.default_rng(1)
    start = pd.Timestamp("2016-01-01") + pd.to_timedelta(np.sort(random.integers(0, int(3.2e8), rows)), unit="s")
    return pd.DataFrame(
        {
            "learner": random.choice(["ada", "bob", "cleo"], rows),
            "skill": random.choice(SKILLS, rows),
            "start": start.astype("datetime64[s]"),
            "minutes": random.integers(1, 90, rows),
            "reps": random.integers(1, 50, rows),
            "score": random.normal(50, 10, rows).round(2),
            "payoff": random.integers(1, 6, rows),
        }
    )


def practice_folder(folder: Path, log: pd.DataFrame) -> Path:
    """Write a log and its nine cards, and return the log's file."""
    folder.mkdir()
    (folder / "skills.toml").write_text("\n".join(CARD.format(skill=skill) for skill in SKILLS))
    file = folder / "log.csv"
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
    with file.open("wb") as out:
        out.write((",".join(log.columns) + "\n").encode())
        arrow_csv.write_csv(arrow.Table.from_pandas(log, preserve_index=False), out, options)
    return file


def by_turns(tasks: dict[str, Callable[[], object]], *, repeat: int = 5) -> dict[str, float]:
    """Return the best wall-clock seconds of each task; they take turns, so that all meet the same machine."""
    best = dict.fromkeys(tasks, np.inf)
    for _ in range(repeat):
        for name, task in tasks.items():
            begin = time.perf_counter()
            task()
            best[name] = min(best[name], time.perf_counter() - begin)
    return best


def peak(task: Callable[[Path], object], path: Path) -> float:
    """Return the most memory, in GB, that a process of its own holds while it does this."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (task, path))


def _peak(task: Callable[[Path], object], path: Path) -> float:
    kept = task(path)
    status = Path("/proc/self/status")
    most = status.read_text().partition("VmHWM:")[2].split()[0] if status.exists() else np.nan  # in kB, Linux only
    del kept
    return float(most) * 1024 / 1e9


def bare(file: Path) -> pd.DataFrame:
    """Return the file as pandas reads it, without any check."""
    return pd.read_csv(file, engine="pyarrow")


def loading(rows: int, folder: Path) -> list[tuple[str, float, float, str]]:
    """Return the times of `load` and `read_log` beside a bare read: with the columns people use, and with all."""
    log, found = big_log(rows), []
    for kind, columns in {"7 columns": list(log), "all 20": COLUMNS}.items():
        file = practice_folder(folder / f"{len(columns)}", log.reindex(columns=columns))
        unchecked = peak(bare, file)
        tasks = {"bare": bare, "load": mm.load, "read_log": mm.read_log}
        best = by_turns({name: lambda task=task, file=file: task(file) for name, task in tasks.items()})
        for name in ("load", "read_log"):
            remark = f"{rows / best[name] / 1e6:.1f} M rows/s, {peak(tasks[name], file):.1f} GB (bare {unchecked:.1f})"
            found.append((f"{name}, {rows:,} rows, {kind} / bare read", best[name], best["bare"], remark))
    return found

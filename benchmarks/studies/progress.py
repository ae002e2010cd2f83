"""Does progress see a change only where there is one?"""

from __future__ import annotations

import numpy as np
import pandas as pd

import mmlib as mm
from benchmarks.studies.simulated import RHOS, Row, Study, covers, log_of, noise

STRETCHES = ((5, 8), (10, 20), (40, 30))
RISE = 2.0


def progress_row(before: int, now: int, rho: float, series: int) -> Row:
    """Return how often `payoff.progress` sees a change where there is none, and covers a steady rise."""
    n = before + now
    rise = np.linspace(0.0, RISE, n)
    change = rise[before:].mean() - rise[:before].mean()
    since = pd.Timestamp("2026-01-01") + pd.Timedelta(days=before)
    window = {"since": since, "until": since + pd.Timedelta(days=now), "before_days": before}
    still = mm.payoff.progress(log_of(noise(rho, (series, n), before), "score"), **window)
    rising = mm.payoff.progress(log_of(rise + noise(rho, (series, n), before), "score"), **window)
    return {
        "trials before": before,
        "trials now": now,
        "ρ": rho,
        "false alarms": float(((still["low"] > 0) | (still["high"] < 0)).mean()),
        "steady rise: covers": covers(rising["low"], rising["high"], change),
        "steady rise: found": float((rising["low"] > 0).mean()),
    }


STUDY = Study(
    title="Progress",
    about=(
        "`progress` between two stretches without a change, and within a steady rise of"
        f" {RISE:g} standard deviations of the noise from the first trial to the last. *False alarms*: the interval"
        " excludes 0 though nothing changed; in all other series it covers the truth. *Found*: the whole interval is"
        " above 0."
    ),
    row=progress_row,
    cells=[(*stretch, rho) for stretch in STRETCHES for rho in RHOS],
    size="{trials before} trials before and {trials now} now",
)

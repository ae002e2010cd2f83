"""Do survival's intervals cover the share of skills that live on?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

import mmlib as mm
from benchmarks.studies.simulated import SEED, Floats, Row, Study, covers

LEFT = 0.15
WEEKS = 40
BEGIN_WEEKS = 24
DAYS = (30, 60)
FIRST = pd.Timestamp("2026-01-05")


def survival_row(learners: int, skills: int, rho: float, series: int) -> Row:
    """Return how often the intervals of `repetition.survival` hold the truth."""
    rng = np.random.default_rng([SEED, learners, skills, round(100 * rho)])
    chance = np.full((series, learners), LEFT)
    if rho:
        chance = rng.beta(LEFT * (1 / rho - 1), (1 - LEFT) * (1 / rho - 1), (series, learners))
    log = _log(chance, skills, rng)
    found = mm.repetition.survival(log, as_of=FIRST + pd.Timedelta(weeks=WEEKS), by="domain")
    row: Row = {"learners": learners, "skills each": skills, "ρ": rho}
    for days in DAYS:
        at = found[found["days"] <= days].groupby("domain").tail(1)
        stated = at[at["low"].notna()]
        truth = _truth(days // 7 + 1, rho)
        row |= {
            f"{days} days: alive": truth,
            f"{days} days: mean estimate": float(at["estimate"].mean()),
            f"{days} days: covers": covers(stated["low"], stated["high"], truth),
        }
    return row


def _truth(weeks: int, rho: float) -> float:
    """Return the share of skills that are taken up in at least so many weeks after the first."""
    if not rho:
        return float((1 - LEFT) ** weeks)
    a, b = LEFT * (1 / rho - 1), (1 - LEFT) * (1 / rho - 1)
    return float(np.exp(special.betaln(a, b + weeks) - special.betaln(a, b)))


def _log(chance: Floats, skills: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return a log with a session a week for each skill until it is left; each series is a domain."""
    series, learners = chance.shape
    sizes = {"domain": range(series), "learner": range(learners), "skill": range(skills)}
    lives = pd.MultiIndex.from_product(sizes.values(), names=list(sizes)).to_frame(index=False)
    begin = rng.integers(0, BEGIN_WEEKS * 7, len(lives))
    sessions = np.minimum(rng.geometric(np.maximum(np.repeat(chance, skills), 1e-3)), WEEKS)
    rows = lives.loc[lives.index.repeat(sessions)].reset_index(drop=True)
    week = rows.groupby(list(sizes)).cumcount().to_numpy()
    start = FIRST + pd.to_timedelta(np.repeat(begin, sessions) + 7 * week, unit="D")
    learner = rows["domain"].astype(str) + "-" + rows["learner"].astype(str)
    log = mm.check_log(pd.DataFrame({"learner": learner, "skill": rows["skill"].astype(str), "start": start}))
    return log.assign(domain=log["learner"].str.partition("-")[0])


STUDY = Study(
    title="Survival",
    about=(
        "`survival` of skills that are practised once a week and left for good after each session with a chance of"
        f" {LEFT:.0%}, begun over {BEGIN_WEEKS} weeks and followed to the end of week {WEEKS}. Here ρ is how alike the"
        " skills of one learner are: 0 where all learners leave with the same chance, 0.1 where the chances differ"
        " from learner to learner (beta distribution; intraclass correlation 0.1). *Alive* is the true share of skills"
        " that live longer; beside it stand the mean of the estimates and the coverage of the intervals that are"
        " stated."
    ),
    row=survival_row,
    cells=[(1, 8, 0.0), (1, 20, 0.0), (10, 4, 0.0), (1, 60, 0.0), (30, 4, 0.0), (10, 4, 0.1), (30, 4, 0.1)],
    size="{learners} × {skills each} skills",
)

"""Do shrunken means of mood hold the truth, and come nearer to it than plain ones?"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from scipy import stats

import mmlib as mm
from benchmarks.studies.simulated import RHOS, Floats, Row, Study, covers, noise
from mmlib.stats import intervals

SKILLS = (5, 9)
BETWEEN = (0.0, 0.2, 0.5)
FEWEST, MOST = 3, 40
MEAN_LIFT, WITHIN_SD = 0.4, 0.7
BEFORE = (2.0, 3.0)
LEAST_SD = intervals.RATING_SD * np.sqrt(2)


def true_lift(lift: Floats) -> Floats:
    """Return the mean change of a rating that is before + lift + noise, rounded and kept within 1 to 5."""
    edges = np.arange(1.5, 5.0)
    after = [5.0 - stats.norm.cdf((edges - before - lift[..., None]) / WITHIN_SD).sum(axis=-1) for before in BEFORE]
    return np.mean([value - before for value, before in zip(after, BEFORE, strict=True)], axis=0)


def moods(skills: int, between: float, rho: float, learners: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the log of many learners with 3 to 40 rated sessions in each of their skills, and the true lifts."""
    cell = (skills, between, rho)
    lift = MEAN_LIFT + between * noise(0.0, (learners, skills), "lift", *cell)
    sizes = np.round(np.geomspace(FEWEST, MOST, skills)).astype(int)
    names = pd.MultiIndex.from_product([range(learners), range(skills)], names=["learner", "skill"])
    truth = pd.DataFrame({"lift": true_lift(lift).ravel(), "n": np.tile(sizes, learners)}, index=names)
    parts = []
    for skill, n in enumerate(sizes):
        change = lift[:, [skill]] + WITHIN_SD * noise(rho, (learners, n), skill, *cell)
        before = np.where(noise(0.0, (learners, n), "before", skill, *cell) > 0, *BEFORE[::-1])
        after = np.clip(np.round(before + change), 1, 5)
        start = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.tile(np.arange(n), learners), unit="D")
        rows = {"learner": np.repeat(np.arange(learners), n), "skill": skill, "start": start}
        parts.append(pd.DataFrame(rows | {"mood_before": before.ravel(), "mood_after": after.ravel()}))
    log = pd.concat(parts, ignore_index=True).astype({"learner": "str", "skill": "str"})
    return mm.check_log(log), truth.rename(index=str)


def mood_row(skills: int, between: float, rho: float, series: int) -> Row:
    """Return how `selves.mood_lift` compares with plain means and their intervals."""
    log, truth = moods(skills, between, rho, series)
    found = mm.selves.mood_lift(log).set_index(["learner", "skill"]).join(truth.drop(columns="n"))
    lifts = (log["mood_after"] - log["mood_before"]).groupby([log["learner"], log["skill"]])
    plain = np.array([intervals.mean_interval(part, least_sd=LEAST_SD) for _, part in lifts])
    found[["plain_low", "plain_high"]] = plain[:, 1:3]
    true = found["lift"]
    errors = {name: float(((found[name] - true) ** 2).mean()) for name in ("raw", "estimate")}
    row: Row = {"skills": skills, "SD between": f"{between:g}", "ρ": rho}
    row["mood: covers"] = covers(found["low"], found["high"], true)
    for name, column in (("fewest sessions", "n"), ("on top", "estimate")):
        one = found.sort_values(["learner", column], ascending=[True, column == "n"], kind="stable")
        one = one.groupby(level="learner").head(1)
        row[f"{name}: covers"] = covers(one["low"], one["high"], one["lift"])
    top = found.sort_values(["learner", "raw"], ascending=[True, False], kind="stable").groupby(level="learner").head(1)
    row["plain mean on top: right"] = covers(top["plain_low"], top["plain_high"], top["lift"])
    row["error, in % of the plain mean's"] = float(np.sqrt(errors["estimate"] / errors["raw"]))
    return row


STUDY = Study(
    title="Change of mood",
    about=(
        f"`mood_lift` of learners with several skills, which have from {FEWEST} to {MOST} sessions with ratings."
        f" Mood before is 2 or 3; after, it is higher by the skill's lift (mean {MEAN_LIFT:g}, standard deviation"
        f" between skills as stated) and noise of standard deviation {WITHIN_SD:g}, rounded and kept within 1–5."
        " Coverage is that of all skills, of each learner's skill with the *fewest sessions*, and of the one *on top*:"
        " the one a report would name. *Plain mean on top: right* is how often the interval of the highest plain mean"
        " holds its truth. The *error* is the root mean square error of the shrunken means as a share of that of the"
        " plain means."
    ),
    row=mood_row,
    cells=list(itertools.product(SKILLS, BETWEEN, RHOS)),
    size="{skills} skills",
)

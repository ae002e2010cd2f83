"""Does transfer find what feeds a skill, and nothing where nothing does?"""

from __future__ import annotations

import numpy as np
import pandas as pd

import mmlib as mm
from benchmarks.studies.learners import DONOR, TARGET, Life, learner, reversed_practice
from benchmarks.studies.simulated import Row, Study, covers

SHARE = {2: 0.5, 3: 0.5, 4: 0.4, 12: 0.05}
"""So many learners for each series asked for: with more skills, one learner has more pairs."""


def pairs(life: Life, series: int, *, turned: bool = False) -> pd.DataFrame:
    """Return the transfer of many simulated learners, with the truth of each pair in the unit of the score."""
    logs, per_hour = [], {}
    for number in range(max(2, round(series * SHARE[life.skills]))):
        log, per_hour[f"{number:04d}"] = learner(life, number)
        logs.append((reversed_practice(log) if turned else log).assign(learner=f"{number:04d}"))
    found = mm.synergy.transfer(pd.concat(logs, ignore_index=True))
    fed = (found["from_skill"] == DONOR) & (found["to_skill"] == TARGET)
    return found.assign(truth=found["learner"].map(per_hour).where(fed & (not turned), 0.0), fed=fed)


def false_discoveries(found: pd.DataFrame) -> float:
    """Return which share of what survives is false, the mean over learners; none for those where nothing survives."""
    survives = found["q_value"] <= mm.synergy.FALSE_DISCOVERIES
    wrong = (survives & (found["truth"] == 0)).groupby(found["learner"]).sum()
    return float((wrong / survives.groupby(found["learner"]).sum().clip(lower=1)).mean())


def null_row(skills: int, days: int, rho: float, noise: str, mood: float, series: int) -> Row:
    """Return how often `synergy.transfer` finds what is not there."""
    found = pairs(Life(skills, days, rho, noise, mood), series)
    tested = found[found["p_value"].notna()]
    return {
        "skills": skills,
        "days": days,
        "ρ": rho,
        "noise": noise + (", motivation" if mood else ""),
        "false alarms": float((tested["p_value"] <= 0.05).mean()),
        "covers": covers(tested["low"], tested["high"], 0.0),
        "false discoveries": false_discoveries(found),
        "untested": float(found["p_value"].isna().mean()),
    }


def found_row(what: str, size: float, rho: float, series: int) -> Row:
    """Return how often `synergy.transfer` finds what is there, over 180 days of four skills."""
    life = Life(4, 180, rho, transfer=size if what != "lasting" else 0.0, lasting=size if what == "lasting" else 0.0)
    found = pairs(life, series, turned=what == "donor reversed")
    fed = found[found["fed"] & found["p_value"].notna()]
    seen = fed[fed["p_value"] <= 0.05]
    low, high = (fed[end] * fed["sd"] for end in ("low", "high"))
    right = (seen["estimate"] > 0).mean() if len(seen) else np.nan
    return {
        "what": what,
        "size": f"{size:g}",
        "ρ": rho,
        "found": float((fed["p_value"] <= 0.05).mean()),
        "survives": float((fed["q_value"] <= mm.synergy.FALSE_DISCOVERIES).mean()),
        "right sign": float(right),
        "covers": covers(low, high, fed["truth"]) if what != "lasting" else np.nan,
        "false discoveries": false_discoveries(found.assign(truth=found["truth"].where(~found["fed"], size)))
        if what == "lasting"
        else false_discoveries(found),
    }


NULL = Study(
    title="Transfer that is not there",
    about=(
        "`transfer` of learners whose skills have nothing to do with one another, but much in common: a calendar"
        " with holidays, weekends, bursts, drifting habits, motivation that drives all practice; each has a"
        " learning curve of 5 to 20 standard deviations, a slow drift of one and some use of its own recent"
        " practice. ρ is the correlation of noise from session to session; *by day* it fades with the days between"
        " them (ρ at two days); *half measured*, a share ρ of it is a form that fades over 8 days, and the rest"
        " belongs to the session; *heavy tails*: Student's t with 3 degrees of freedom. With *motivation*, it also"
        " lifts the performance by half a standard deviation, which is a common cause. *False alarms*: p ≤ 0.05."
        " *False discoveries*: the share of those with q ≤ 0.1 that are false. 50 to 500 learners per row."
    ),
    row=null_row,
    cells=[
        *((skills, days, rho, "by trial", 0.0) for skills, days in ((2, 90), (3, 90), (4, 180), (12, 180), (4, 365))
          for rho in (0.3, 0.7)),
        *((4, 180, 0.5, noise, 0.0) for noise in ("by day", "half measured", "heavy tails")),
        (4, 180, 0.5, "by trial", 0.5),
    ],
    size="",
)  # fmt: skip

FOUND = Study(
    title="Transfer that is there",
    about=(
        "`transfer` of learners of four skills over 180 days, one of which feeds another. *Window*: the usual"
        " week of the one adds that many standard deviations of the noise to the other, which is 10 % of a gain of"
        " ten times as many. *Donor reversed*: the same, with the dates of all other skills in reversed order, a"
        " negative control. *Lasting*: each session of the one is worth that share of a session of the other's"
        " own, for good; beside a learning curve and slow drift nothing can tell that from either. *Survives*: q ≤"
        " 0.1. The intervals are of the change in the unit of the score. 400 learners per row."
    ),
    row=found_row,
    cells=[
        *(("window", size, rho) for size in (0.5, 1.0, 2.0) for rho in (0.3, 0.5, 0.7)),
        ("donor reversed", 1.0, 0.5),
        ("lasting", 0.1, 0.5),
    ],
    size="",
)

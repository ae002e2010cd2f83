"""Ada: eighteen months of nine skills, with stories whose truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mmlib.simulate.diary import counted, felt, mastered, moods, rounded, sign, trials, untangled, worked_on
from mmlib.simulate.randomness import chosen, lasting_noise, learned, sometimes
from mmlib.simulate.simulated import Simulated, cards, milestones, settings, tidied

LEARNER, FIRST, LAST = "ada", "2025-05-01", "2026-10-31"
WEEK = (1.1, 1.15, 1.0, 1.1, 0.65, 1.25, 1.35)
# from, to, how much is practised, the skill that is not touched by it
SPELLS = (
    ("2025-08-04", "2025-08-17", 0.3, "surf pop-up"),
    ("2025-11-10", "2025-11-23", 0.4, ""),
    ("2025-12-24", "2026-01-02", 1.3, ""),
    ("2026-02-02", "2026-02-08", 0.1, ""),
    ("2026-04-05", "2026-04-18", 0.08, "Japanese phrases"),
    ("2026-05-18", "2026-05-29", 0.5, ""),
    ("2026-07-27", "2026-08-09", 0.35, "surf pop-up"),
)
# the share of days on which nothing gets done
LOST_DAYS = 0.09
CURVE = ("form", "asymptote", "gain", "rate", "noise_sd", "autocorrelation")


def practice(*, seed: int = 2) -> Simulated:
    """Return Ada's simulated practice from May 2025 to October 2026, with its truth.

    Each score is the learning curve at its trial plus `noise_sd` times AR(1) noise, rounded as people round, and
    the story of its skill: a leap in juggling after a long plateau, forgetting of Japanese over gaps, harmonica
    that feeds the ukulele. The card trick is counted instead: successes are drawn from reps with that share. Other
    stories lie in when and how she practises: an entry trick, a ceiling, a dropped skill, one that falls asleep,
    one that is practised too much.

    Parameters
    ----------
    seed : int
        data/sample is made with the default.

    Returns
    -------
    Simulated
        `truth` holds `skills` (one row each: skill, form, asymptote, gain, rate, noise_sd, autocorrelation,
        mood_lift) and the stories `leap`, `transfer`, `forgetting`, `entry_trick`, `ceiling`, `dropped`,
        `asleep` and `overpractised`, each a dict with its `skill` and its numbers. The performance lost after
        a gap is loss_per_log_day * ln(1 + gap_days); transfer adds sd_per_hour * noise_sd for each hour of the
        source in the window_days before, above or below reference_hours; from the leap on, the noise has
        the leap's noise_sd.

    Examples
    --------
    >>> simulated = practice()
    >>> simulated.truth["leap"]
    {'skill': 'juggling', 'date': '2026-10-03', 'size': 26.0, 'noise_sd': 4.5}
    >>> simulated.log["skill"].nunique()
    9
    """
    specs = settings("ada.toml")
    lost = _rng(seed, len(specs), 1).random(len(_days())) < LOST_DAYS
    diary = [_sessions(skill, spec, lost, _rng(seed, i, 0)) for i, (skill, spec) in enumerate(specs.items())]
    diary, mood = untangled(pd.concat(diary)), _mood(_rng(seed, len(specs), 0))
    told = [_told(skill, spec, diary, mood, _rng(seed, i, 1)) for i, (skill, spec) in enumerate(specs.items())]
    skills = cards(specs)
    log = tidied(pd.concat(told).assign(learner=LEARNER), skills)
    return Simulated(log, skills, _milestones(specs, log), _truth(specs, log))


def _rng(*seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _days() -> pd.DatetimeIndex:
    return pd.date_range(FIRST, LAST, unit="us")


def _sessions(skill: str, spec: dict, lost: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Return when and how long: surely on the days that have a story, by habit and by chance on others."""
    days, habit = _days(), spec["habit"]
    rate, usual = _weekly(spec["weekly"], days)
    chance = rate / 7 * np.array(habit.get("weekdays", WEEK))[days.day_of_week] * _spells(skill, days)
    chance *= 1 + habit["season"] * np.cos(2 * np.pi * (days.day_of_year - 196) / 365)
    chance *= np.where(days < habit.get("even_from", LAST), _bursts(habit.get("burst", 0.0), len(days), rng), 1)
    sure = [spec["weekly"][0][0], *(event["date"] for event in spec.get("events", []))]
    practised = (rng.random(len(days)) < np.minimum(chance, 0.97)) & ~lost | days.isin(pd.to_datetime(sure))
    hour = np.where(days.day_of_week < 5, habit["hour"], habit["weekend_hour"])
    start = np.round((hour + 0.5 * rng.standard_normal(len(days))) * 12) * 5
    minutes = rounded(usual * np.exp(0.22 * rng.standard_normal(len(days))), rng)
    sessions = pd.DataFrame({"skill": skill, "start": days + pd.to_timedelta(start, unit="min"), "minutes": minutes})
    return sessions[practised]


def _weekly(weekly: list, days: pd.DatetimeIndex) -> tuple[np.ndarray, np.ndarray]:
    begun = pd.to_datetime([since for since, *_ in weekly]).searchsorted(days, side="right")
    table = np.array([[0.0, 10.0], *([rate, minutes] for _, rate, minutes in weekly)])
    return table[begun].T


def _spells(skill: str, days: pd.DatetimeIndex) -> np.ndarray:
    factor = np.ones(len(days))
    for since, until, share, untouched in SPELLS:
        if skill != untouched:
            factor[(days >= since) & (days <= until)] *= share
    return factor


def _bursts(spread: float, n: int, rng: np.random.Generator) -> np.ndarray:
    weeks = np.exp(spread * rng.standard_normal(n // 7 + 1) - spread**2 / 2)
    return np.repeat(weeks, 7)[:n]


def _mood(rng: np.random.Generator) -> pd.Series:
    days = _days()
    return pd.Series(2.9 + 0.55 * lasting_noise(rng, len(days), 0.6) + 0.2 * (days.day_of_week >= 5), index=days)


def _told(skill: str, spec: dict, diary: pd.DataFrame, mood: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Return a skill's sessions with everything that Ada writes about them."""
    own = diary[diary["skill"] == skill].reset_index(drop=True)
    noise = lasting_noise(rng, len(own), spec["curve"]["autocorrelation"]) + _fed(spec, own, diary)
    performance = _level(spec, own) + sign(spec) * _noise_sd(spec, own) * noise
    own = own.assign(**worked_on(spec, own, rng))
    own = own.assign(**counted(spec, performance, own, rng), **felt(spec, own, noise, rng))
    own = own.assign(**moods(spec, own, mood.reindex(own["start"].dt.normalize()).to_numpy(), rng))
    own["note"], own["self"] = _notes(spec, own, rng), _selves(spec, own, rng)
    own["minutes"] = sometimes(rng, own["minutes"], 1 - spec["habit"].get("untimed", 0.0))
    return own


def _level(spec: dict, own: pd.DataFrame) -> np.ndarray:
    level = learned(spec["curve"], trials(own), spec["card"]["better"])
    if leap := spec.get("leap"):
        level = level + sign(spec) * leap["size"] * (own["start"] >= leap["date"])
    if forgets := spec.get("forgets"):
        gap_days = own["start"].diff().dt.total_seconds().fillna(0) / 86_400
        level = level - sign(spec) * forgets["loss_per_log_day"] * np.log1p(gap_days)
    return np.asarray(level)


def _noise_sd(spec: dict, own: pd.DataFrame) -> np.ndarray:
    noise_sd = np.full(len(own), spec["curve"]["noise_sd"])
    if leap := spec.get("leap"):
        noise_sd[own["start"] >= leap["date"]] = leap["noise_sd"]
    return noise_sd


def _fed(spec: dict, own: pd.DataFrame, diary: pd.DataFrame) -> np.ndarray:
    """Return what another skill's hours in the days before add, in residual standard deviations."""
    if "feeds" not in spec:
        return np.zeros(len(own))
    feeds = spec["feeds"]
    source = diary[diary["skill"] == feeds["source"]]
    window = pd.Timedelta(days=feeds["window_days"])
    hours = [
        source.loc[source["start"].between(start - window, start, inclusive="left"), "minutes"].sum() / 60
        for start in own["start"]
    ]
    return feeds["sd_per_hour"] * (np.array(hours) - feeds["reference_hours"])


def _notes(spec: dict, own: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Give each jotting its day, in the order in which they were written; events have theirs."""
    note = np.full(len(own), None, dtype=object)
    early = np.flatnonzero(own["start"] < spec.get("notes_until", LAST))
    rows = np.sort(early[np.argsort(rng.random(len(early)))[: len(spec["notes"])]])
    note[rows] = spec["notes"][: len(rows)]
    days = own["start"].dt.strftime("%Y-%m-%d")
    for event in spec.get("events", []):
        note[np.flatnonzero(days == event["date"])[0]] = event["note"]
    return note


def _selves(spec: dict, own: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    selves = spec.get("selves", {"share": 0.0, "names": [""]})
    return np.where(rng.random(len(own)) < selves["share"], chosen(rng, selves["names"], len(own)), None)


def _milestones(specs: dict, log: pd.DataFrame) -> pd.DataFrame:
    worth = log[log["payoff"] >= 4].groupby("skill", as_index=False)["start"].min()
    first = pd.DataFrame({"date": worth["start"].dt.normalize(), "kind": "first payoff", "skill": worth["skill"]})
    told = pd.DataFrame(
        [
            {"date": pd.Timestamp(event["date"]), "kind": event["kind"], "skill": skill, "note": event["note"]}
            for skill, spec in specs.items()
            for event in spec.get("events", [])
            if "kind" in event
        ]
    )
    rows = pd.concat([first.assign(note="The first session rated 4 or more."), told, mastered(log)])
    field = rows["skill"].map({skill: spec["card"]["domain"] for skill, spec in specs.items()})
    return milestones(rows.assign(learner=LEARNER, field=field))


def _truth(specs: dict, log: pd.DataFrame) -> dict[str, Any]:
    curves = pd.DataFrame(
        [
            {"skill": skill, **{name: spec["curve"][name] for name in CURVE}, "mood_lift": spec["felt"]["mood_lift"]}
            for skill, spec in specs.items()
        ]
    )
    circle = specs["drawing a circle"]
    reached = mastered(log).set_index("skill")["date"]["drawing a circle"]
    ceiling = {"asymptote": circle["curve"]["asymptote"], "target": circle["card"]["target"]}
    return {
        "skills": curves,
        "leap": {"skill": "juggling", **specs["juggling"]["leap"]},
        "transfer": {"skill": "ukulele", **specs["ukulele"]["feeds"]},
        "forgetting": {"skill": "Japanese phrases", **specs["Japanese phrases"]["forgets"]},
        "entry_trick": {"skill": "omelette", **specs["omelette"]["at_once"]},
        "ceiling": {"skill": "drawing a circle", **ceiling, "date": f"{reached:%Y-%m-%d}"},
        "dropped": {"skill": "sourdough", "last_day": specs["sourdough"]["events"][-1]["date"]},
        "asleep": {"skill": "surf pop-up", "last_day": specs["surf pop-up"]["events"][-1]["date"]},
        "overpractised": {"skill": "ukulele", **specs["ukulele"]["weariness"]},
    }

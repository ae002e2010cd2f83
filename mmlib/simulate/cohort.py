"""A cohort of learners, with a confounded relation between arts and breakthroughs whose truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mmlib.simulate.diary import counted, felt, mastered, moods, rounded, sign, trials, untangled, worked_on
from mmlib.simulate.randomness import chosen, lasting_noise, learned
from mmlib.simulate.simulated import Simulated, cards, milestones, settings, tidied

FIRST, LAST = pd.Timestamp("2025-09-01"), pd.Timestamp("2026-10-31")
SHARED = ("drawing a circle", "card trick", "juggling", "harmonica", "ukulele", "surf pop-up")
STORIES = ("leap", "phases", "feeds", "forgets", "weariness", "plain_from", "at_once", "events")
MAIN, ARTS = "science", "art"
# Commitment drives all three; given the commitment, arts and breakthroughs have nothing to do with each other.
COMMITMENT = {
    "commitment": ["light", "steady", "devoted"],
    "minutes_low": [450, 1500, 3400],
    "minutes_high": [900, 2500, 5600],
    "chance_of_arts": [0.15, 0.5, 0.85],
    "chance_of_breakthrough": [0.1, 0.4, 0.8],
}
# how far the learners' curves differ; the share of sessions that they rate
SPREAD = 0.1
RATED = 0.4
BREAKTHROUGHS = (
    "First paper accepted.",
    "The apparatus ran through the night.",
    "Proof found, and it held.",
    "Prize of the institute.",
    "The method is used by another group.",
    "Grant awarded at the first try.",
)


def cohort(*, seed: int = 14, learners: int = 60) -> Simulated:
    """Return a simulated cohort: 3 to 9 months of 2 to 5 skills a learner, and who had a breakthrough.

    Every learner has a main field (a skill of the domain "science") and a commitment, which sets the total of
    practice, the chance to practise an art and the chance of a breakthrough. Within a commitment arts and
    breakthroughs are independent, so that the crude odds ratio is all confounding.

    Parameters
    ----------
    seed : int
        data/sample-cohort is made with the default, a draw whose odds ratios lie near the model's own.
    learners : int
        How many; commitments are dealt out evenly.

    Returns
    -------
    Simulated
        `truth` holds `learners` (learner, commitment, main, arts, breakthrough, minutes planned), `model` (a row
        per commitment: minutes_low, minutes_high, chance_of_arts, chance_of_breakthrough),
        `conditional_odds_ratio` (1.0), `crude_odds_ratio` (what the model makes of it without strata) and
        `curves` (learner, skill, form, asymptote, gain, rate, noise_sd, autocorrelation).

    Examples
    --------
    >>> truth = cohort(learners=6).truth
    >>> truth["conditional_odds_ratio"], round(truth["crude_odds_ratio"], 1)
    (1.0, 4.0)
    """
    specs = {**settings("cohort.toml"), **{skill: settings("ada.toml")[skill] for skill in SHARED}}
    specs = {skill: {key: spec[key] for key in spec if key not in STORIES} for skill, spec in specs.items()}
    people = _people(specs, learners, np.random.default_rng([seed, 0]))
    told, curves = zip(
        *(_told(person, specs, np.random.default_rng([seed, i + 1])) for i, person in enumerate(people)), strict=True
    )
    skills = cards(specs)
    log = tidied(pd.concat(told), skills)
    truth = _truth(pd.DataFrame(people), pd.DataFrame([curve for own in curves for curve in own]))
    return Simulated(log, skills, _milestones(people, log, np.random.default_rng([seed, learners + 1])), truth)


def _people(specs: dict, n: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Draw who practises what, how much and when; commitments are dealt out evenly."""
    domain = {skill: spec["card"]["domain"] for skill, spec in specs.items()}
    choices = {name: [skill for skill in specs if domain[skill] == name] for name in (MAIN, ARTS)}
    choices["other"] = [skill for skill in specs if domain[skill] not in choices]
    levels = pd.DataFrame(COMMITMENT).to_dict("records")
    dealt = np.argsort(rng.random(n)) % len(levels)
    return [{"learner": f"p{i + 1:02d}", **_person(levels[level], choices, rng)} for i, level in enumerate(dealt)]


def _person(level: dict, choices: dict[str, list[str]], rng: np.random.Generator) -> dict[str, Any]:
    arts = bool(rng.random() < level["chance_of_arts"])
    breakthrough = bool(rng.random() < level["chance_of_breakthrough"])
    main, art = chosen(rng, choices[MAIN], 1)[0], chosen(rng, choices[ARTS], 1)[0]
    more = int(rng.integers(1, 5)) - arts
    others = [choices["other"][k] for k in np.argsort(rng.random(len(choices["other"])))[:more]]
    days = int(rng.integers(91, 275))
    begin = int(rng.integers(0, (LAST - FIRST).days - days + 1))
    return {
        "commitment": level["commitment"],
        "main": main,
        "arts": arts,
        "breakthrough": breakthrough,
        "minutes": int(rng.integers(level["minutes_low"], level["minutes_high"] + 1)),
        "first_day": FIRST + pd.Timedelta(days=begin),
        "days": days,
        "skills": [main, *([art] if arts else []), *others],
    }


def _told(person: dict, specs: dict, rng: np.random.Generator) -> tuple[pd.DataFrame, list[dict]]:
    """Return a learner's log and true curves."""
    share = 0.5 + rng.random(len(person["skills"]))
    share[0] += 0.7
    budget = person["minutes"] * share / share.sum()
    sessions = [
        _sessions(person, skill, specs[skill], minutes, rng)
        for skill, minutes in zip(person["skills"], budget, strict=True)
    ]
    diary = untangled(pd.concat(sessions))
    told, curves = [], []
    for skill in person["skills"]:
        spec = {**specs[skill], "curve": _own_curve(specs[skill]["curve"], rng)}
        told.append(_written(spec, diary[diary["skill"] == skill].reset_index(drop=True), rng))
        curves.append({"learner": person["learner"], "skill": skill, **spec["curve"]})
    return pd.concat(told).assign(learner=person["learner"]), curves


def _sessions(person: dict, skill: str, spec: dict, budget: float, rng: np.random.Generator) -> pd.DataFrame:
    usual = spec["habit"].get("minutes", 15)
    n = max(int(budget / usual + 0.5), 2)
    day = np.floor(rng.random(n) * person["days"])
    hour = np.round((18.5 + 1.8 * rng.standard_normal(n)).clip(7, 22) * 12) / 12
    start = person["first_day"] + pd.to_timedelta(day * 1440 + hour * 60, unit="min").round("min")
    minutes = rounded(usual * np.exp(0.25 * rng.standard_normal(n) - 0.03), rng)
    return pd.DataFrame({"skill": skill, "start": start, "minutes": minutes})


def _own_curve(curve: dict, rng: np.random.Generator) -> dict:
    """Return the learner's own curve: where it ends, how far it climbs and how fast differ from person to person."""
    ends, climbs, fast = rng.standard_normal(3)
    factor = max(1 + SPREAD * ends, 0.5)
    own = {
        "asymptote": curve["asymptote"] * factor,
        "gain": curve["gain"] * factor * max(1 + SPREAD * climbs, 0.5),
        "rate": curve["rate"] * np.exp(3 * SPREAD * fast),
    }
    return {**curve, **{name: round(float(value), 3) for name, value in own.items()}}


def _written(spec: dict, own: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    noise = lasting_noise(rng, len(own), spec["curve"]["autocorrelation"])
    level = learned(spec["curve"], trials(own), spec["card"]["better"])
    own = own.assign(**worked_on(spec, own, rng))
    own = own.assign(**counted(spec, level + sign(spec) * spec["curve"]["noise_sd"] * noise, own, rng))
    mood = 2.9 + 0.5 * rng.standard_normal(len(own))
    ratings = pd.DataFrame({**felt(spec, own, noise, rng), **moods(spec, own, mood, rng)}, index=own.index)
    ratings[rng.random(len(own)) >= RATED] = np.nan
    return own.join(ratings)


def _milestones(people: list[dict], log: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for person in people:
        when, what = 0.4 + 0.6 * rng.random(), chosen(rng, list(BREAKTHROUGHS), 1)[0]
        date = person["first_day"] + pd.Timedelta(days=int(when * person["days"]))
        if person["breakthrough"]:
            who = {"learner": person["learner"], "skill": person["main"], "field": MAIN}
            rows.append({**who, "date": date, "kind": "breakthrough", "note": what})
    return milestones(pd.concat([pd.DataFrame(rows), mastered(log)]))


def _truth(people: pd.DataFrame, curves: pd.DataFrame) -> dict[str, Any]:
    model = pd.DataFrame(COMMITMENT)
    arts, breaks = model["chance_of_arts"], model["chance_of_breakthrough"]
    crude = (arts * breaks).mean() * ((1 - arts) * (1 - breaks)).mean()
    crude /= (arts * (1 - breaks)).mean() * ((1 - arts) * breaks).mean()
    columns = ["learner", "skill", "form", "asymptote", "gain", "rate", "noise_sd", "autocorrelation"]
    return {
        "learners": people[["learner", "commitment", "main", "arts", "breakthrough", "minutes"]],
        "model": model,
        "conditional_odds_ratio": 1.0,
        "crude_odds_ratio": float(crude),
        "curves": curves[columns],
    }

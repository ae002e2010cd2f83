"""What a simulated learner writes down about practice sessions: scores, ratings, parts and moods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mmlib.simulate.randomness import SIGN, chosen, learned, rated, sometimes, whole

# how often each rating is given at all
GIVEN = {"payoff": 0.8, "flow": 0.7, "challenge": 0.75, "support": 0.5}
MOOD_GIVEN, PRAISED, SCORED, VARIED = 0.7, 0.08, 0.95, 0.2
NEVER = "2200-01-01"


def trials(own: pd.DataFrame) -> np.ndarray:
    """Return the trials of one skill's sessions: 1 for the first."""
    return np.arange(1, len(own) + 1)


def sign(spec: dict) -> float:
    """Return 1 where higher is better, -1 where lower is."""
    return SIGN[spec["card"]["better"]]


def rounded(minutes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Round as people do: long sessions mostly to five minutes."""
    fives = (minutes >= 18) & (rng.random(len(minutes)) < 0.75)
    return np.maximum(np.where(fives, np.round(minutes / 5) * 5, np.round(minutes)), 2)


def untangled(diary: pd.DataFrame) -> pd.DataFrame:
    """Put off what would begin before the session before it has ended, to the next five minutes."""
    diary = diary.sort_values(["start", "skill"], ignore_index=True)
    starts, free = [], pd.Timestamp("1900-01-01")
    for start, minutes in zip(diary["start"], diary["minutes"], strict=True):
        start = max(start, free.ceil("5min"))
        free = start + pd.Timedelta(minutes=minutes)
        starts.append(start)
    return diary.assign(start=pd.Series(starts, dtype="datetime64[us]"))


def worked_on(spec: dict, own: pd.DataFrame, rng: np.random.Generator) -> dict[str, Any]:
    """Return `part` and `variation`: by habit, in the phases of a plan, and at the beginning the entry trick."""
    n, parts, draw = len(own), spec["parts"], rng.random(len(own))
    part, edge = np.full(n, None, dtype=object), 0.0
    for name in ("repeat", "isolate", "combine"):
        part[(draw >= edge) & (draw < edge + parts.get(name, 0.0))] = name
        edge += parts.get(name, 0.0)
    varied = (rng.random(n) < spec.get("varied", VARIED)) & (own["start"] < spec.get("plain_from", NEVER))
    variation = np.where(varied, chosen(rng, spec["variations"], n), None)
    part[varied] = "experiment"
    for phase in spec.get("phases", []):
        during = own["start"].dt.normalize().between(phase["from"], phase["to"]) & (rng.random(n) < phase["share"])
        part[during] = phase["part"]
        variation[during] = chosen(rng, phase["variations"], n)[during]
    part[: parts.get("entry", 0)], variation[: parts.get("entry", 0)] = "entry_trick", None
    return {"part": part, "variation": variation}


def counted(spec: dict, performance: np.ndarray, own: pd.DataFrame, rng: np.random.Generator) -> dict[str, Any]:
    """Return `score`, and `reps` and `successes` where the skill is counted in them."""
    if "reps" not in spec["habit"]:
        return {"score": _scores(spec, performance, own, rng)}
    fewest, most = spec["habit"]["reps"]
    reps = rng.integers(fewest, most + 1, len(own))
    if "tries" not in spec["curve"]:
        return {"reps": sometimes(rng, reps, 0.85), "score": _scores(spec, performance, own, rng)}
    successes = [int((rng.random(tries) < share).sum()) for tries, share in zip(reps, performance, strict=True)]
    return {"reps": reps, "successes": successes, "score": np.nan}


def _scores(spec: dict, performance: np.ndarray, own: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return scores as they are written: all at the beginning, fewest where a part was practised alone."""
    score = np.clip(performance, 0, spec["curve"].get("most", np.inf)).round(spec["curve"]["decimals"])
    share = own["part"].map({"entry_trick": 1.0, "isolate": 0.7 * SCORED}).fillna(SCORED)
    return sometimes(rng, score, share)


def left_to_gain(spec: dict, own: pd.DataFrame) -> np.ndarray:
    """Return the share of the gain that still lies ahead at each trial: 1 at first, 0 at the asymptote."""
    return np.abs(learned(spec["curve"], trials(own), "higher") - spec["curve"]["asymptote"]) / spec["curve"]["gain"]


def felt(spec: dict, own: pd.DataFrame, noise: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the ratings: flow is highest where the challenge is just right, payoff falls where it is too easy."""
    n, means, left = len(own), spec["felt"], left_to_gain(spec, own)
    after = np.asarray(own["start"] >= spec.get("leap", {"date": NEVER})["date"])
    stuck = ("leap" in spec) * (left < 0.2) * ~after
    challenge = rated(rng, 2.3 + 1.9 * left + 1.2 * stuck + 0.7 * after)
    easy = np.maximum(2.5 - challenge, 0)
    payoff = rated(rng, means["payoff"] + 0.2 * noise - 0.6 * easy - 0.5 * stuck + 1.0 * after)
    flow = rated(rng, means["flow"] + 0.35 - 0.4 * (challenge - 3) ** 2)
    support = rated(rng, np.full(n, means["support"]))
    ratings = {"payoff": payoff, "flow": flow, "challenge": challenge, "support": support}
    given = {name: sometimes(rng, values, GIVEN[name]) for name, values in ratings.items()}
    first = trials(own) <= spec.get("at_once", {"trials": 0})["trials"]
    given["payoff"][first] = np.maximum(payoff, spec.get("at_once", {"payoff": 1})["payoff"])[first]
    return given | {"praise": sometimes(rng, rated(rng, np.full(n, 3.6), 0.9), spec.get("praised", PRAISED))}


def moods(spec: dict, own: pd.DataFrame, mood: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return the moods before and after; where a skill wearies, the lift shrinks over the days from then on."""
    before, lift = rated(rng, mood, 0.4), np.full(len(own), spec["felt"]["mood_lift"])
    if weary := spec.get("weariness"):
        since, until = pd.Timestamp(weary["from"]), pd.Timestamp(weary["to"])
        share = np.clip((own["start"].dt.normalize() - since) / (until - since), 0, 1).to_numpy()
        lift = lift + share * (weary["mood_lift"] - lift)
    after = np.clip(before + whole(rng, lift + 0.4 * rng.standard_normal(len(own))), 1, 5)
    given = sometimes(rng, np.ones(len(own)), MOOD_GIVEN)
    return {"mood_before": before * given, "mood_after": after * given}


def mastered(log: pd.DataFrame, in_a_row: int = 5) -> pd.DataFrame:
    """Return when each learner's skill first met its target so many scored sessions in a row."""
    scored = log[log["score"].notna() & log["target"].notna()]
    direction = scored["better"].map(SIGN)
    met = (direction * scored["score"] >= direction * scored["target"]).astype(float)
    row = met.groupby([scored["learner"], scored["skill"]]).transform(lambda hit: hit.rolling(in_a_row).sum())
    first = scored[row == in_a_row].groupby(["learner", "skill"], as_index=False).first()
    return pd.DataFrame(
        {
            "learner": first["learner"],
            "date": first["start"].dt.normalize(),
            "kind": "mastered",
            "skill": first["skill"],
            "field": first["domain"],
            "note": "Five in a row within the target.",
        }
    )

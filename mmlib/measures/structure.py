"""Structure: the six parts of a micromastery, on the card and in the practice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from mmlib.errors import counted

TYPES = {
    "skill": "str",
    "part": "str",
    "score": "float64",
    "card": "float64",
    "practice": "float64",
    "evidence": "str",
}
FIRST_SESSIONS = 5
FEWEST_WEEKS = 4
ENOUGH_VARIATIONS = 3


def scorecard(skills: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """Return how far each skill shows the six parts of a micromastery, with the evidence in words.

    A part's score is the mean of two kinds of evidence, each from 0 to 1, or the one that is known. A card that
    describes any of the parts counts 1 for these and 0 for the others; one that describes none, such as a card
    with a unit only, says nothing. The practice counts:

    - entry_trick: the share of each learner's first five sessions with a rated payoff in which it was 4 or more.
    - rub_pat_barrier: 1 if there are sessions that isolate and sessions that combine, 0.5 if only one of them,
      0 if other parts are recorded but neither.
    - background_support: (mean support - 1)/4.
    - payoff: (mean payoff - 1)/4.
    - repeatability: the share of weeks with a session, counted from the skill's first session to the learner's
      last day in the log; unknown before four weeks have passed.
    - experimental_possibilities: distinct variations/3, at most 1; unknown if the log records none at all.

    Parameters
    ----------
    skills : DataFrame
        The skill cards: skill and the six parts (text, NA if empty).
    log : DataFrame
        The log. Several learners are taken together.

    Returns
    -------
    DataFrame
        Six rows per skill of either table: skill, part, score (0 to 1; NaN if nothing is known), card (0 or 1;
        NaN where the card describes no part), practice (0 to 1; NaN if the log cannot tell), evidence (sentences).

    References
    ----------
    Twigger, R. (2017). Micromastery: Learn small, learn fast and find the hidden path to happiness. Penguin.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["surfing", "surfing"],
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-02"]),
    ...     "payoff": [3, 5],
    ... }))
    >>> skills = pd.DataFrame({"skill": ["surfing"], "entry_trick": ["pop-up on the living-room floor"]})
    >>> first = scorecard(skills, log).iloc[0]
    >>> float(first["score"]), first["evidence"]
    (0.75, 'Card: pop-up on the living-room floor. Log: payoff of 4 or more in 1 of the first 2 rated sessions.')
    """
    cards = skills.drop_duplicates("skill").set_index("skill").reindex(columns=list(PRACTISED))
    cards = cards[cards.notna().any(axis=1)]
    names = dict.fromkeys([*skills["skill"], *sorted(log["skill"].unique())])
    last_days = log.groupby("learner")["start"].max().dt.normalize()
    varied = bool(log["variation"].notna().any())
    rows = []
    for skill in names:
        sessions = log[log["skill"] == skill].sort_values("start", kind="stable")
        for part, practised in PRACTISED.items():
            card, said = _card(cards, skill, part)
            practice, shown = practised(sessions, last_days, varied)
            known = [value for value in (card, practice) if not np.isnan(value)]
            score = float(np.mean(known)) if known else np.nan
            rows.append((skill, part, score, card, practice, f"Card: {said} Log: {shown}."))
    return pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)


def _card(cards: pd.DataFrame, skill: str, part: str) -> tuple[float, str]:
    """Return what the card says of a part."""
    if skill not in cards.index:
        return np.nan, "it describes no part."
    text = cards.loc[skill, part]
    if pd.isna(text) or not str(text).strip():
        return 0.0, "nothing said."
    said = str(text).strip()
    return 1.0, said if said.endswith((".", "!", "?", "…")) else f"{said}."


def _entry_trick(sessions: pd.DataFrame, *_: object) -> tuple[float, str]:
    tricks = int((sessions["part"] == "entry_trick").sum())
    practised = f"; {counted(tricks, 'session')} on the entry trick" if tricks else ""
    first = sessions[sessions["payoff"].notna()].groupby("learner").head(FIRST_SESSIONS)["payoff"]
    if first.empty:
        return np.nan, f"no payoff rated{practised}"
    good = int((first >= 4).sum())
    rated = f"the first {counted(len(first), 'rated session')}" if len(first) > 1 else "the only rated session"
    return good / len(first), f"payoff of 4 or more in {good} of {rated}{practised}"


def _rub_pat_barrier(sessions: pd.DataFrame, *_: object) -> tuple[float, str]:
    parts = sessions["part"].dropna()
    if parts.empty:
        return np.nan, "no parts recorded"
    isolated, combined = int((parts == "isolate").sum()), int((parts == "combine").sum())
    if isolated + combined == 0:
        return 0.0, f"none of the {counted(parts.size, 'session')} with a recorded part isolated or combined"
    shown = f"{counted(isolated, 'session')} isolated the parts and {combined} combined them"
    return ((isolated > 0) + (combined > 0)) / 2, shown


def _background_support(sessions: pd.DataFrame, *_: object) -> tuple[float, str]:
    return _mean_rating(sessions["support"], "support")


def _payoff(sessions: pd.DataFrame, *_: object) -> tuple[float, str]:
    return _mean_rating(sessions["payoff"], "payoff")


def _mean_rating(ratings: pd.Series, name: str) -> tuple[float, str]:
    n = int(ratings.count())
    if n == 0:
        return np.nan, f"no {name} rated"
    mean = float(ratings.mean())
    return (mean - 1) / 4, f"mean {name} {mean:.1f} of 5 in {counted(n, 'session')}"


def _repeatability(sessions: pd.DataFrame, last_days: pd.Series, *_: object) -> tuple[float, str]:
    if sessions.empty:
        return np.nan, "no session"
    day = sessions["start"].dt.normalize()
    first = day.groupby(sessions["learner"]).transform("min")
    weeks = pd.DataFrame({"learner": sessions["learner"], "week": (day - first).dt.days // 7})
    kept = len(weeks.drop_duplicates())
    begun = day.groupby(sessions["learner"]).min()
    possible = int(((last_days.reindex(begun.index) - begun).dt.days // 7 + 1).sum())
    if possible < FEWEST_WEEKS:
        return np.nan, f"begun only {counted(possible, 'week')} before the log ends, too new to tell"
    return kept / possible, f"practised in {kept} of {counted(possible, 'week')} since the first session"


def _experiments(sessions: pd.DataFrame, _: pd.Series, varied: bool) -> tuple[float, str]:
    if not varied:
        return np.nan, "no variations recorded in any skill"
    if sessions.empty:
        return np.nan, "no session"
    tried = int(sessions["variation"].nunique())
    return min(1.0, tried / ENOUGH_VARIATIONS), f"{counted(tried, 'variation')} tried"


PRACTISED: dict[str, Callable[..., tuple[float, str]]] = {
    "entry_trick": _entry_trick,
    "rub_pat_barrier": _rub_pat_barrier,
    "background_support": _background_support,
    "payoff": _payoff,
    "repeatability": _repeatability,
    "experimental_possibilities": _experiments,
}

"""The scorecard: which of the six parts each skill has, with the evidence in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.log.firsts import passed_barriers
from mmlib.measures.structure.evidence import PRACTISED, Context
from mmlib.measures.structure.sessions import sessions_by_skill

TYPES = {
    "skill": "str",
    "part": "str",
    "score": "float64",
    "card": "float64",
    "practice": "float64",
    "evidence": "str",
}


def scorecard(skills: pd.DataFrame, log: pd.DataFrame, *, barriers: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return how far each skill shows the six parts of a micromastery, with the evidence in words.

    A part's score is the mean of two kinds of evidence, each from 0 to 1, or the one that is known. A card that
    describes any of the parts counts 1 for these and 0 for the others; one that describes none, such as a card
    with a unit only, says nothing. The practice counts:

    - entry_trick: the share of each learner's first five sessions with a rated payoff in which it was 4 or more.
    - rub_pat_barrier: 1 if there are sessions that isolate and sessions that combine, or a leap that ended a
      plateau after the parts were isolated; 0.5 if only one of these, or such a leap without; 0 if other parts are
      recorded but neither.
    - background_support: (mean support - 1)/4.
    - payoff: (mean payoff - 1)/4.
    - repeatability: the mean of the share of weeks with a session and of the share of days on which the last one
      lay no more than 28 days back, from the skill's first session to the learner's last day in the log; unknown
      before four weeks have passed.
    - experimental_possibilities: distinct variations/3, at most 1; unknown if the log records none at all, and for a
      set of items, such as flash cards, whose `variation` names the item asked.

    The evidence says more: the payoff before, with and after the entry trick; how long a skill stayed alive; and
    how sessions with a variation compare with the nearest ones without, before and after them (the mean
    difference with its 95 % interval: an association, for who is at ease may feel like experimenting).

    Parameters
    ----------
    skills : DataFrame
        The skill cards: skill and the six parts (text, NA if empty).
    log : DataFrame
        The log. Several learners are taken together.
    barriers : DataFrame, optional
        What `payoff.barriers` returned: a leap that ended a plateau counts as a barrier passed.

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
    cards = cards[cards.notna().any(axis=1)].to_dict("index")
    names = dict.fromkeys([*skills["skill"], *sorted(log["skill"].unique())])
    by_skill = sessions_by_skill(log, names)
    varied = any((sessions.variation >= 0).any() for sessions in by_skill.values())
    leaps, searched = passed_barriers(barriers), set() if barriers is None else set(barriers["skill"])
    rows = []
    for skill, sessions in by_skill.items():
        own = leaps[leaps["skill"] == skill] if skill in searched else None
        context = Context(varied, own)
        for part, practised in PRACTISED.items():
            card, said = _card(cards.get(skill), part)
            practice, shown = practised(sessions, context)
            known = [value for value in (card, practice) if not np.isnan(value)]
            score = sum(known) / len(known) if known else np.nan
            rows.append((skill, part, score, card, practice, f"Card: {said} Log: {shown}."))
    return pd.DataFrame(rows, columns=list(TYPES)).astype(TYPES)


def _card(card: dict[str, object] | None, part: str) -> tuple[float, str]:
    """Return what the card says of a part."""
    if card is None:
        return np.nan, "it describes no part."
    text = card[part]
    if pd.isna(text) or not str(text).strip():
        return 0.0, "nothing said."
    said = str(text).strip()
    return 1.0, said if said.endswith((".", "!", "?", "…")) else f"{said}."

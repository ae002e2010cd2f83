"""What isolating first buys: each hand's error alone beside its error together, read from the log."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.stats.intervals import FEWEST, Interval, difference_interval
from mmlib.stats.tapping import interference

HANDS = ("left", "right")
SKILLS = {"both": "rub-pat", "left": "rub-pat left", "right": "rub-pat right"}
RECENT = 10
"""So many attempts of each kind are looked at: what was true before a thousand attempts is history."""

SHOWN = 60


def noted(errors: Mapping[str, float]) -> str:
    """Return the errors of the hands as the log's note holds them.

    Examples
    --------
    >>> noted({"left": 41.26, "right": 87.0})
    'left 41.3 ms, right 87.0 ms'
    """
    return ", ".join(f"{hand} {error:.1f} ms" for hand, error in errors.items())


def by_hand(log: pd.DataFrame) -> pd.DataFrame:
    """Return each attempt's error by hand, as the notes say it.

    Parameters
    ----------
    log : DataFrame
        Rows of the drill, of one learner; other skills' rows are ignored.

    Returns
    -------
    DataFrame
        start, mode ("both", "left" or "right": which hands tapped), left and right (ms off; NA for a hand at rest).

    Examples
    --------
    >>> log = pd.DataFrame({"start": pd.to_datetime(["2026-10-31 10:00"]), "skill": "rub-pat",
    ...                     "note": "left 41.3 ms, right 87.0 ms"})
    >>> by_hand(log)[["mode", "left", "right"]].values.tolist()
    [['both', 41.3, 87.0]]
    """
    modes = {skill: mode for mode, skill in SKILLS.items()}
    own = log[log["skill"].isin(modes)].sort_values("start", kind="stable")
    notes = own["note"].astype("str")
    errors = {hand: notes.str.extract(rf"\b{hand} ([\d.]+) ms", expand=False).astype(float) for hand in HANDS}
    return pd.DataFrame({"start": own["start"], "mode": own["skill"].map(modes)} | errors).reset_index(drop=True)


def costs(table: pd.DataFrame) -> pd.DataFrame:
    """Return what it costs each hand that the other one taps as well, over the last ten attempts of each kind.

    Parameters
    ----------
    table : DataFrame
        What `by_hand` returned.

    Returns
    -------
    DataFrame
        One row per hand: hand, alone, together (mean ms off), n_alone, n_together, and the interference: estimate,
        low, high (95%; missing with fewer than 3 attempts of either kind), n.
    """
    rows = []
    for hand in HANDS:
        alone, together = (table.loc[table["mode"] == mode, hand].dropna().tail(RECENT) for mode in (hand, "both"))
        found = interference(alone, together)
        means = {"alone": alone.mean(), "together": together.mean(), "n_alone": len(alone), "n_together": len(together)}
        rows.append({"hand": hand} | means | found._asdict())
    return pd.DataFrame(rows)


def since_isolating(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the errors with both hands before the first attempt alone and after it, ten of each at most."""
    both = table[["left", "right"]].mean(axis=1).where(table["mode"] == "both")
    isolated = np.flatnonzero(table["mode"] != "both")
    first = isolated[0] if len(isolated) else len(table)
    return both[:first].dropna().tail(RECENT).to_numpy(), both[first:].dropna().head(RECENT).to_numpy()


def bought(table: pd.DataFrame) -> dict[str, object]:
    """Return what the page shows of it: the hands, the course of attempts, and what can be said.

    Parameters
    ----------
    table : DataFrame
        What `by_hand` returned.

    Returns
    -------
    dict
        `hands`: hand, alone, together (None where there is none) and `said`; `course`: mode and error of the last
        60 attempts; `said`: of both together before and after practice alone.
    """
    hands = [
        {"hand": row.hand, "alone": _plain(row.alone), "together": _plain(row.together), "said": cost_said(row)}
        for row in costs(table).itertuples()
    ]
    last = table.tail(SHOWN)
    errors = last[["left", "right"]].mean(axis=1)
    course = [[mode, _plain(error)] for mode, error in zip(last["mode"], errors, strict=True) if not np.isnan(error)]
    return {"hands": hands, "course": course, "said": course_said(*since_isolating(table), _isolated(table))}


def _isolated(table: pd.DataFrame) -> bool:
    return bool((table["mode"] != "both").any())


def _plain(value: float) -> float | None:
    return None if pd.isna(value) else round(float(value), 1)


def cost_said(row: tuple) -> str:
    """Return one hand's errors alone and together as a sentence, with how sure their difference is."""
    name = row.hand.capitalize()
    if not row.n_alone and not row.n_together:
        return f"{name}: no attempts yet."
    if not row.n_alone:
        return f"{name}: {row.together:.0f} ms off together; not tapped alone yet."
    if not row.n_together:
        return f"{name}: {row.alone:.0f} ms off alone; not tapped together yet."
    means = f"{name}: {row.alone:.0f} ms off alone, {row.together:.0f} ms together"
    if np.isnan(row.low):
        kinds = f"{counted(row.n_alone, 'attempt')} alone, {row.n_together} together"
        return f"{means}. Too few to tell ({kinds}; at least {FEWEST} of each)."
    verb = "costs" if row.estimate > 0 else "saves"
    chance = " That may be chance." if row.low <= 0 <= row.high else ""
    return f"{means}: the other hand {verb} it {abs(row.estimate):.0f} ms ({_within(row.estimate, row)}).{chance}"


def course_said(before: np.ndarray, after: np.ndarray, isolated: bool) -> str:
    """Return how both together went before and after the first attempt with a hand alone.

    Parameters
    ----------
    before, after : array-like of float
        Errors with both hands.
    isolated : bool
        Whether a hand was ever tapped alone.

    Examples
    --------
    >>> course_said([110, 118], [90], True)
    'Both together: 114 ms off before the first attempt alone (n = 2), 90 ms since (n = 1). Too few to tell.'
    """
    if not isolated:
        return "Tap each hand alone a few times, then both again: both errors will stand here side by side."
    if not len(before):
        return "You began with a hand alone: there is nothing before it to compare with."
    if not len(after):
        return "Now both again: how much less are you off than before?"
    means = f"{np.mean(before):.0f} ms off before the first attempt alone (n = {len(before)})"
    said = f"Both together: {means}, {np.mean(after):.0f} ms since (n = {len(after)})"
    found = difference_interval(before, after)
    if np.isnan(found.low):
        return f"{said}. Too few to tell."
    more = "less" if found.estimate < 0 else "more"
    change = f"{said}: {abs(found.estimate):.0f} ms {more} ({_within(found.estimate, found)})."
    if found.low <= 0 <= found.high:
        return f"{change} That may be chance."
    return f"{change} That isolating did it is not shown: practice with both hands went on, too."


def _within(estimate: float, found: Interval | tuple) -> str:
    """Return the interval of a difference, seen from the side of its sign."""
    ends = sorted([found.low, found.high] if estimate > 0 else [-found.low, -found.high])
    low, high = (f"{end:.0f}".replace("-", "−") for end in ends)
    return f"95%: {low} to {high}, n = {found.n}"

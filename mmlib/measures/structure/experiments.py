"""What variations bought: sessions with one against the nearest sessions without."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmlib.stats import intervals


def differences(sessions: pd.DataFrame, column: str) -> pd.Series:
    """Return the mean of each run of varied sessions less that of the two unvaried ones before and after it.

    Neighbours on both sides cancel a steady rise, so that learning does not pass for the variation's doing. A run
    without an unvaried neighbour on either side is left out.

    Parameters
    ----------
    sessions : DataFrame
        One skill's sessions, in order of learner and start.
    column : str
        "payoff" or "score".

    Returns
    -------
    Series
        One difference per run, in order of time.

    Examples
    --------
    >>> rows = pd.DataFrame({"learner": "me", "variation": [None, "slowly", None], "score": [10.0, 14.0, 12.0]})
    >>> differences(rows, "score").to_list()
    [3.0]
    """
    known = sessions[column].notna().to_numpy()
    values = sessions[column].to_numpy(dtype=float, na_value=np.nan)[known]
    varied = sessions["variation"].notna().to_numpy()[known]
    learner = pd.factorize(sessions["learner"])[0][known]
    if not varied.any() or varied.all():
        return pd.Series(dtype="float64")
    plain = np.flatnonzero(~varied)
    run = np.searchsorted(plain, np.flatnonzero(varied))  # how many unvaried sessions lie before
    before, after = plain[np.maximum(run - 1, 0)], plain[np.minimum(run, plain.size - 1)]
    who = learner[varied]
    sided = (run > 0) & (run < plain.size) & (learner[before] == who) & (learner[after] == who)
    off = (values[varied] - (values[before] + values[after]) / 2)[sided]
    return pd.Series(off, dtype="float64").groupby(run[sided]).mean().reset_index(drop=True)


def bought(sessions: pd.DataFrame) -> str:
    """Return in words how payoff and score of sessions with a variation compare; nothing where that is unknown."""
    worse = -1 if sessions.get("better", pd.Series(dtype="str")).eq("lower").any() else 1
    units = sessions["unit"].dropna() if "unit" in sessions else ()
    unit = str(units.iloc[0]) if len(units) else "points"
    payoff = intervals.mean_interval(differences(sessions, "payoff"), least_sd=intervals.RATING_SD)
    score = intervals.mean_interval(worse * differences(sessions, "score"))
    said = [_compared("payoff", payoff, "points", "higher lower"), _compared("score", score, unit, "better worse")]
    said = [words for words in said if words]
    if not said:
        return ""
    return f"; against the sessions just before and after these, {' and '.join(said)}: an association"


def _compared(name: str, found: intervals.Interval, unit: str, ways: str) -> str:
    """Return a difference in words, with its limits and the number of runs behind it."""
    estimate, low, high, n = found
    if np.isnan(low):
        return ""
    clear = low > 0 or high < 0
    if clear and estimate < 0:
        estimate, low, high = -estimate, -high, -low
    places = int(np.clip(1 - np.floor(np.log10(max(high - low, 1e-9))), 0, 4))
    size, first, last = (_rounded(value, places) for value in (estimate, low, high))
    if not clear:
        return f"no clear difference in {name} ({first} to {last} {unit}, n = {n})"
    return f"{name} {size} {unit} {ways.split()[found.estimate < 0]} ({first} to {last}, n = {n})"


def _rounded(value: float, places: int) -> str:
    text = f"{value:.{places}f}"
    return text.replace("-", "\N{MINUS SIGN}") if float(text) else f"{0:.{places}f}"

"""What a randomised experiment has shown, in sentences."""

from __future__ import annotations

import pandas as pd

from mmlib.errors import counted
from mmlib.words import RATE, capital, date, difference, number, signed

CLEARLY = 0.8
"""Fewer days as planned than this are spoken of."""


def p_words(p_value: float) -> str:
    """Return a p-value as one writes it.

    Examples
    --------
    >>> p_words(0.0323), p_words(0.69), p_words(0.00002)
    ('p = 0.032', 'p = 0.69', 'p < 0.001')
    """
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.{3 if p_value < 0.1 else 2}f}"


def effect_words(row: pd.Series) -> str:
    """Return the effect with its interval, in the skill's unit.

    Examples
    --------
    >>> effect_words(pd.Series({"estimate": 4.9, "low": 1.6, "high": 8.8, "unit": "points"}))
    '+4.9 points (+1.6 to +8.8)'
    """
    size = difference(row["estimate"], row["unit"])
    if pd.isna(row["low"]) or pd.isna(row["high"]):
        return size
    scale = 100 if row["unit"] == RATE else 1
    low, high = (signed(round(scale * row[name], 3)) for name in ("low", "high"))
    return f"{size} ({low} to {high})"


def finding(row: pd.Series) -> str:
    """Return what an experiment has shown in one line: the title of its charts.

    Examples
    --------
    >>> row = {"to_skill": "ukulele", "from_skill": "harmonica", "verdict": "effect shown", "p_value": 0.032}
    >>> finding(pd.Series(row | {"estimate": 4.9, "low": 1.6, "high": 8.8, "unit": "points"}))
    'Effect of harmonica on ukulele: +4.9 points (+1.6 to +8.8), p = 0.032'
    """
    pair = f"of {row['from_skill']} on {row['to_skill']}"
    if row["verdict"] == "not finished":
        return f"The experiment {pair} is not finished"
    if row["verdict"] == "cannot be told":
        return f"The effect {pair} cannot be told"
    size = f"{effect_words(row)}, {p_words(row['p_value'])}"
    if row["verdict"] == "effect shown":
        return f"Effect {pair}: {size}"
    return f"No effect {pair} was shown: {size}"


def told(row: pd.Series, *, confidence: float = 0.95) -> list[str]:
    """Return what an experiment has shown, how well the plan was followed, and what it could have shown.

    Parameters
    ----------
    row : Series
        A row of `synergy.experiment_effect`.
    confidence : float
        The confidence that it was computed with.

    Returns
    -------
    list of str
        Sentences.
    """
    if row["reason"]:
        return [f"{finding(row)}. {capital(row['reason'])}."]
    days = f"{counted(int(row['n']), 'trial')} on {counted(int(row['n_days']), 'day')}"
    said = [
        f"{finding(row)}.",
        f"Of {row['arrangements']:,} schedules that might have been drawn, {row['p_value']:.1%} would have found as "
        f"much in the same {days}; an effect counts as shown at {1 - confidence:.0%} or less.",
    ]
    if row["verdict"] == "no effect shown":
        said.append(_missed(row))
    said.append(_followed(row))
    if row["n_used"] < row["n_blocks"]:
        said.append(f"There are trials in {row['n_used']} of the {row['n_blocks']} blocks.")
    if row["carry_over_p"] <= 1 - confidence:
        said.append(
            f"Practice from before the window still showed ({p_words(row['carry_over_p'])}): a next plan should have a "
            "longer window."
        )
    return said


def _missed(row: pd.Series) -> str:
    if pd.isna(row["detectable"]):
        return "That is no proof that there is none: these trials could hardly have shown an effect of any size."
    size = difference(row["detectable"], row["unit"]).removeprefix("+")
    return f"That is no proof that there is none: only an effect of {size} or more was likely (80%) to be shown."


def _followed(row: pd.Series) -> str:
    with_it, free = row["adherence_with"], row["adherence_without"]
    said = f"{capital(row['from_skill'])} was practised on {with_it:.0%} of the days with it, and rested on "
    end = f"{free:.0%} of the others."
    if min(with_it, free) < CLEARLY:
        end += " The less a plan is followed, the less of an effect of the practice it can show."
    return said + end


def could_show(row: pd.Series) -> str:
    """Return what a plan could show, from a row of `synergy.experiment_power`."""
    if row["reason"]:
        return f"What the plan could show is not known: {row['reason']}."
    often = f"With {row['to_skill']} on {number(round(row['days_per_week'], 1))} days a week as before"
    chance = f"an effect of one standard deviation ({difference(row['noise_sd'], row['unit']).removeprefix('+')})"
    if pd.isna(row["detectable"]):
        return f"{often}, it shows {chance} with a chance of {row['power_one']:.0%}; make the plan longer."
    size = difference(row["detectable"], row["unit"]).removeprefix("+")
    return (
        f"{often}, it shows {chance} with a chance of {row['power_one']:.0%}, and one of {size} with a chance of 80%. "
        "A longer plan shows smaller ones."
    )


def span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Return from when to when."""
    return f"{date(first)} to {date(last)}"

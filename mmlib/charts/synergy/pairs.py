"""What the charts of transfer share: which pairs stand out, and the words for one."""

from __future__ import annotations

import pandas as pd

from mmlib.errors import MMError, counted
from mmlib.words import MINUS, capital, listed, number, rated

BETTER, WORSE, UNTESTED = "better after more", "worse after more", "too little overlap"
MOST_NAMED = 2


def of_one_learner(transfer: pd.DataFrame) -> pd.DataFrame:
    """Return the table, or say that a chart of transfer shows one learner's."""
    learners = transfer["learner"].dropna().unique() if "learner" in transfer else []
    if len(learners) > 1:
        raise MMError(
            f"transfer: found {counted(len(learners), 'learner')}, expected one. Draw one of them, as in"
            f' transfer[transfer["learner"] == "{learners[0]}"], or all of them with pooled_transfer.'
        )
    return transfer


def estimated(transfer: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that have an estimate."""
    return transfer[transfer["estimate"].notna()]


def surviving(transfer: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that stand out, the clearest first."""
    found = transfer[transfer["verdict"].isin([BETTER, WORSE]) & transfer["estimate"].notna()]
    return found.sort_values(["p_value", "from_skill", "to_skill"], kind="stable", ignore_index=True)


def per(table: pd.DataFrame | pd.Series) -> str:
    """Return whether the practice before is counted in hours or in sessions."""
    kinds = pd.Series(table["per"]).dropna().unique() if "per" in table else ["hour"]
    return str(kinds[0]) if len(kinds) == 1 else "hour or session" if len(kinds) else "hour"


def before(table: pd.DataFrame | pd.Series) -> str:
    """Return the name of the days before in which practice counts."""
    days = float(pd.Series(table["window_days"]).iloc[0]) if "window_days" in table else 7.0
    return "week before" if days == 7 else "day before" if days == 1 else f"{number(days)} days before"


def clause(row: pd.Series) -> str:
    """Return what stands out, as a clause.

    Examples
    --------
    >>> clause(pd.Series({"from_skill": "harmonica", "to_skill": "ukulele", "verdict": "better after more"}))
    'ukulele goes better after more harmonica'
    """
    return f"{row['to_skill']} goes {row['verdict']} {row['from_skill']}"


def size(row: pd.Series) -> str:
    """Return an estimate with its interval and unit.

    Examples
    --------
    >>> size(pd.Series({"estimate": 0.9, "low": 0.5, "high": 1.3, "per": "hour"}))
    '+0.9 SD per hour (+0.5 to +1.3)'
    """
    span = "" if pd.isna(row["low"]) else f" ({short(row['low'])} to {short(row['high'])})"
    return f"{short(row['estimate'])} SD per {per(row)}{span}"


def short(value: float) -> str:
    """Return an estimate in as few digits as tell it.

    Examples
    --------
    >>> short(0.914), short(-0.048), short(12.3)
    ('+0.9', '−0.05', '+12.3')
    """
    text = rated(value) if abs(value) < 9.95 else number(value)
    return text if text.startswith(MINUS) else f"+{text}"


def finding(found: pd.DataFrame, n: int) -> str:
    """Return which of n tested pairs stand out."""
    if found.empty:
        none = f"None of {n:,} pairs tested stands" if n > 2 else "Neither of the two pairs tested stands"
        none = none if n > 1 else "The one pair tested does not stand"
        return f"{none} out: what differs may well be chance"
    clauses = [clause(row) for _, row in found.head(MOST_NAMED).iterrows()]
    if n == 1:
        return capital(clauses[0])
    if len(found) > MOST_NAMED:
        return f"Of {n:,} pairs tested, {len(found)} stand out, most clearly that {clauses[0]}"
    if len(found) == n == MOST_NAMED:
        return f"Both pairs tested stand out: {listed(clauses)}"
    return f"Of {n:,} pairs tested, {'1 stands' if len(found) == 1 else f'{len(found)} stand'} out: {listed(clauses)}"

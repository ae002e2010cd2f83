"""Load: recent practice beside what went before, and how narrow it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import counted
from mmlib.log.derived import DAY, through, until
from mmlib.log.items import of_items

LARGE_SHARE = 0.4
SELDOM_VARIED = 0.1
FEWEST_SESSIONS = 5
SUDDEN = 1.5
LEAST_ACUTE = 60
LEAST_CHRONIC = 15
UNTOLD = "whether it is narrow is not known: no session says what was varied"
ITEMS = "whether it is narrow is not known: its variations name the items that were asked"
UNKNOWN = "the length of its sessions in the last 35 days is not known"


def load(log: pd.DataFrame, *, as_of: str | pd.Timestamp) -> pd.DataFrame:
    """Return the recent load of each skill beside what went before, and how narrow the practice is.

    Acute load is the minutes of the last 7 days; chronic load the minutes per week in the 28 days before those
    7. The two do not overlap (uncoupled), so that their ratio is not a number divided by part of itself. The
    ratio describes a change of habit; it is no forecast of injury.

    Two things are pointed out, with thresholds of ours. *Narrow*: a skill took at least 40 % of the learner's minutes
    in the last 28 days, in 5 sessions or more, fewer than a tenth of them with a variation. *Sudden*: at least an
    hour in the last 7 days, and at least 1.5 times the usual week, which was a quarter of an hour or more.

    Parameters
    ----------
    log : DataFrame
        The log.
    as_of : date or time
        The last day of the 7; later sessions are ignored.

    Returns
    -------
    DataFrame
        learner, skill (every one practised so far), acute_minutes, chronic_minutes (per week), ratio (NaN
        without chronic load), share (0 to 1, of the learner's minutes in the last 28 days), sessions (in the
        last 28 days), varied_share (0 to 1, of those sessions with a variation; NaN for a learner who never
        recorded one, and for a set of items, such as flash cards, whose `variation` names the item), flag ("",
        "narrow", "sudden" or "narrow and sudden"), reason (the numbers behind the flag; or why there are none).
        Minutes are NaN for a skill whose sessions in these 35 days are all of unknown length.

    References
    ----------
    Windt, J. & Gabbett, T. J. (2019). Is it all for naught? What does mathematical coupling mean for
    acute:chronic workload ratios? British Journal of Sports Medicine 53, 988-990.

    Examples
    --------
    >>> from mmlib.log import check_log
    >>> log = check_log(pd.DataFrame({
    ...     "skill": ["guitar", "guitar", "juggling"],
    ...     "start": pd.to_datetime(["2026-10-01", "2026-10-30", "2026-10-30"]),
    ...     "minutes": [80, 60, 20],
    ... }))
    >>> load(log, as_of="2026-10-31")[["skill", "acute_minutes", "chronic_minutes", "ratio", "share"]]
          skill  acute_minutes  chronic_minutes  ratio  share
    0    guitar           60.0             20.0    3.0   0.75
    1  juggling           20.0              0.0    NaN   0.25
    """
    keys = ["learner", "skill"]
    rows = until(log, as_of)
    days_ago = (through(as_of).normalize() - rows["start"].dt.normalize()) / DAY
    last_28 = rows[days_ago < 28]
    known = rows[days_ago < 35].groupby(keys)["minutes"].count()
    table = pd.DataFrame(index=rows.groupby(keys).size().index)
    silent = known.reindex(table.index).eq(0)

    def minutes(part: pd.DataFrame) -> pd.Series:
        return part.groupby(keys)["minutes"].sum().reindex(table.index).fillna(0.0).mask(silent)

    table["acute_minutes"] = minutes(rows[days_ago < 7])
    table["chronic_minutes"] = minutes(rows[(days_ago >= 7) & (days_ago < 35)]) / 4
    table["ratio"] = table["acute_minutes"] / table["chronic_minutes"].replace(0.0, np.nan)
    recent = minutes(last_28)
    table["share"] = recent / recent.groupby("learner").transform("sum").replace(0.0, np.nan)
    # A card's name is no variation, and of a set of cards nobody can say what was varied.
    items = of_items(rows)
    varied = rows["variation"].mask(items)
    sessions = varied[last_28.index].groupby([last_28[key] for key in keys]).agg(["size", "count"]).reindex(table.index)
    table["sessions"] = sessions["size"].fillna(0).astype("int64")
    varies = varied.groupby(rows["learner"]).count().reindex(table.index.get_level_values("learner")) > 0
    sets = items.groupby([rows[key] for key in keys]).any().reindex(table.index).to_numpy(dtype=bool)
    table["varied_share"] = (sessions["count"] / sessions["size"]).where(varies.to_numpy() & ~sets)
    floats = ["acute_minutes", "chronic_minutes", "ratio", "share", "varied_share"]
    table = _flagged(table.astype(dict.fromkeys(floats, "float64")), silent, sets)
    return table.reset_index().astype({"flag": "str", "reason": "str"})


def _flagged(table: pd.DataFrame, silent: pd.Series, sets: NDArray[np.bool_]) -> pd.DataFrame:
    """Add what stands out in plain words, with its numbers."""
    large = (table["share"] >= LARGE_SHARE) & (table["sessions"] >= FEWEST_SESSIONS)
    narrow = large & (table["varied_share"] < SELDOM_VARIED)
    sudden = (table["ratio"] >= SUDDEN) & (table["acute_minutes"] >= LEAST_ACUTE)
    sudden &= table["chronic_minutes"] >= LEAST_CHRONIC
    untold = large & table["varied_share"].isna()
    said = {(lambda _: UNKNOWN): silent, (lambda _: UNTOLD): untold & ~sets, (lambda _: ITEMS): untold & sets,
            _narrow: narrow, _sudden: sudden}  # fmt: skip
    rows = list(table.itertuples())
    parts = [[say(row) if here else "" for row, here in zip(rows, which, strict=True)] for say, which in said.items()]
    reasons = ["; ".join(filter(None, each)) for each in zip(*parts, strict=True)]
    flag = np.select([narrow & sudden, narrow, sudden], ["narrow and sudden", "narrow", "sudden"], "")
    return table.assign(flag=flag, reason=reasons)


def _narrow(row: Any) -> str:
    varied = round(row.varied_share * row.sessions)
    return (
        f"{row.share:.0%} of the minutes of the last 28 days, and {varied or 'none'} of "
        f"{counted(row.sessions, 'session')} with a variation"
    )


def _sudden(row: Any) -> str:
    return (
        f"{row.acute_minutes:,.0f} minutes in the last 7 days, {row.ratio:.1f} times the "
        f"{row.chronic_minutes:,.0f} of a usual week before"
    )

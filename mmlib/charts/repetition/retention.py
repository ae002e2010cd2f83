"""The chart of what a gap costs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mmlib.charts.layout import WIDTH, nothing, small_multiples, titled, wrapped
from mmlib.charts.style import ACCENT, BAND, BOLD, MUTED, OBSERVED, RULE, styled
from mmlib.errors import counted
from mmlib.words import MINUS, RATE, capital, from_to, gap, listed, number

HOUR = 1 / 24
TICKS = {0: "no gap", 1: "1 day", 3: "3 days", 7: "1 week", 14: "2 weeks", 30: "1 month", 90: "3 months", 365: "1 year"}
KNOWN = ["estimate", "low", "high"]
LABELLED = 130  # points beside a panel for what its axis shows


@styled
def retention(retention: pd.DataFrame, points: pd.DataFrame, *, most: int = 6, confidence: float = 0.95) -> np.ndarray:
    """Draw what is lost, or still recalled, after shorter and longer gaps: a panel per skill, the clearest first.

    Parameters
    ----------
    retention : DataFrame
        What `repetition.retention` returned, for one learner.
    points : DataFrame
        What `repetition.retention_points` returned, for the same learner.
    most : int
        How many skills to draw.
    confidence : float
        The confidence that the intervals were computed with.

    Returns
    -------
    ndarray of Axes
        Panels in rows and columns; unused ones are hidden.

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["Japanese"], "kind": "score", "unit": "phrases", "days": 7.0,
    ...                       "estimate": [6.6], "low": [5.9], "high": [7.3], "n": [59], "reason": ""})
    >>> points = pd.DataFrame({"skill": "Japanese", "gap_days": [1.0, 9.0], "observed": [2.0, 7.2], "low": [1.0, 6.0],
    ...                        "high": [3.0, 8.0], "n": 20, "fitted": [2.2, 7.3], "fitted_low": [2.0, 6.6],
    ...                        "fitted_high": [2.4, 8.0]})
    >>> retention(table, points)[0, 0].finding
    'After 7 days without Japanese, 6.6 (5.9 to 7.3) phrases are lost'
    """
    skills = retention[retention["kind"] != "pooled"]
    known = _order(skills[skills["skill"].isin(points["skill"])].dropna(subset=KNOWN))
    if known.empty:
        return np.array([[nothing(None, _why_nothing(skills))]])
    shown = known.head(most)
    columns = min(len(shown), 2)
    axes = small_multiples(len(shown), columns, 2.45)
    for ax, (_, row) in zip(axes.flat, shown.iterrows(), strict=False):
        _panel(ax, row, points[points["skill"] == row["skill"]], width=WIDTH * 72 / columns - 58)
    alone = points[points["skill"].isin(shown["skill"]) & points["low"].isna() & points["observed"].notna()]
    _words(axes, retention, (known, shown), confidence, hollow=len(alone) > 0)
    return axes


def _order(known: pd.DataFrame) -> pd.DataFrame:
    """Return the skills with those first whose loss stands out most from its interval."""
    width = (known["high"] - known["low"]).replace(0, np.nan)
    clear = (known["estimate"] / width).fillna(0).mask(known["reason"] != "", -np.inf)
    return known.assign(clear=clear).sort_values("clear", ascending=False, kind="stable")


def _why_nothing(skills: pd.DataFrame) -> str:
    start = "There is no cost of gaps to show"
    reasons = skills["reason"].replace("", np.nan).dropna()
    if len(skills) == 1 and len(reasons):
        return f"{start} for {skills['skill'].iloc[0]}: {reasons.iloc[0]}."
    return f"{start}: no skill has enough scored trials after longer and shorter gaps yet."


def _panel(ax: Axes, row: pd.Series, points: pd.DataFrame, *, width: float) -> None:
    points = points.sort_values("gap_days")
    recalled = row["kind"] == "recall"
    scale = 100 if recalled else _of(row)
    line = points if recalled else _line(points)
    ax.fill_between(line["gap_days"], line["fitted_low"] * scale, line["fitted_high"] * scale, color=BAND, alpha=0.75,
                    lw=0, zorder=2)  # fmt: skip
    ax.plot(line["gap_days"], line["fitted"] * scale, color=ACCENT, lw=2.2, zorder=3)
    if not recalled:
        ax.axhline(0, color=RULE, lw=1.2, zorder=1.5)
    ax.vlines(points["gap_days"], points["low"] * scale, points["high"] * scale, color=OBSERVED, lw=2, alpha=0.6,
              zorder=3.5)  # fmt: skip
    known = points["low"].notna()
    for part, fill in ((points[known], OBSERVED), (points[~known], "none")):
        ax.plot(part["gap_days"], part["observed"] * scale, "o", color=OBSERVED, mfc=fill, mew=1.3, ms=5.5, zorder=4)
    _axes(ax, points, scale, recalled=recalled)
    if not recalled:
        ax.set_ylabel(wrapped(f"lost, {_unit(row)}", LABELLED, size=10.5, most=2)[0], size=10.5)
    ax.set_title(wrapped(row["skill"], width, size=12, weight=BOLD, most=1)[0], pad=22)
    finding = _small_finding(row)
    if len(wrapped(finding, width, size=10.5)) > 1:
        finding = finding.removesuffix(f" {_unit(row)}")  # the axis says the unit too
    finding = wrapped(finding, width, size=10.5, most=1)[0]
    ax.annotate(finding, (0, 1), xytext=(0, 7), xycoords="axes fraction", textcoords="offset points", va="bottom",
                size=10.5, color=MUTED)  # fmt: skip


def _line(points: pd.DataFrame) -> pd.DataFrame:
    """Return where the fitted loss is drawn: from no gap on, or from an hour on where a warm-up is part of it."""
    if (points["gap_days"] < HOUR).any():
        return points[points["gap_days"] >= HOUR]
    start = pd.DataFrame({name: [0.0] for name in ("gap_days", "fitted", "fitted_low", "fitted_high")})
    return pd.concat([start, points[list(start)]], ignore_index=True)


def _axes(ax: Axes, points: pd.DataFrame, scale: float, *, recalled: bool) -> None:
    last = max(points["gap_days"].max(), 1.0)
    ax.set_xscale("function", functions=(_stretched, np.expm1))
    ax.set_xlim(np.expm1(-0.04 * np.log1p(last)), np.expm1(1.06 * np.log1p(last)))
    places: list[float] = []
    for place in (place for place in TICKS if place <= last * 1.2):
        if not places or np.log1p(place) - np.log1p(places[-1]) > 0.25 * np.log1p(last):
            places.append(place)
    ax.set_xticks(places, [TICKS[place] for place in places])
    ax.set_xticks([], minor=True)
    values = points[["observed", "fitted", "fitted_low", "fitted_high"]].to_numpy().ravel() * scale
    ends = points.loc[points["n"] >= 10, ["low", "high"]].to_numpy().ravel() * scale
    values = np.concatenate([values, ends, [] if recalled else [0.0]])
    low, high = np.nanmin(values), np.nanmax(values)
    pad = 0.08 * (high - low) or 0.5
    low, high = (max(low - pad, 0), min(high + pad, 102)) if recalled else (high + pad, low - pad)
    ax.set_ylim(low, high)
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}%" if recalled else number(value)))
    if recalled:
        ax.set_ylabel("recalled")
    ax.grid(False, axis="x")


def _stretched(days: np.ndarray) -> np.ndarray:
    return np.log1p(np.maximum(days, -0.9))


def _unit(row: pd.Series) -> str:
    if row["unit"] == RATE:
        return "percentage points"
    return "points" if pd.isna(row["unit"]) or not row["unit"] else str(row["unit"])


def _amount(row: pd.Series) -> str:
    """Return a loss with its interval."""
    if row["kind"] == "recall":
        return f"{row['estimate']:.0%} ({row['low']:.0%} to {row['high']:.0%})"
    return f"{_sized(row)} ({_limits(row)}) {_unit(row)}"


def _of(row: pd.Series) -> int:
    """Return by what a score is multiplied to be said: a success rate is said in percentage points."""
    return 100 if row["unit"] == RATE else 1


def _sized(row: pd.Series) -> str:
    """Return the estimate with as many decimals as its limits."""
    decimals = len(from_to(_of(row) * row["low"], _of(row) * row["high"])[1].partition(".")[2])
    text = f"{_of(row) * abs(row['estimate']):,.{decimals}f}"
    return f"{MINUS if row['estimate'] < 0 and float(text.replace(',', '')) else ''}{text}"


def _limits(row: pd.Series) -> str:
    return " to ".join(from_to(_of(row) * row["low"], _of(row) * row["high"]))


def _small_finding(row: pd.Series) -> str:
    days = gap(row["days"])
    if row["reason"]:
        return "not foreseen better than by the average"
    if row["kind"] == "recall":
        return f"after {days}, {row['estimate']:.0%} would be forgotten"
    if row["low"] > 0:
        return f"{days} cost {_amount(row)}"
    if row["high"] < 0:
        return f"better after {days}: {_limits(row)} {_unit(row)}"
    return f"no clear loss: {_limits(row)} {_unit(row)}"


def _one(row: pd.Series) -> str:
    """Return one skill's finding as a sentence without its stop."""
    days, name = gap(row["days"]), row["skill"]
    if row["reason"]:
        return f"What is forgotten of {name} cannot be foreseen better than by its average rate"
    if row["kind"] == "recall":
        return f"After {days}, {_amount(row)} of {name} would be forgotten"
    if row["low"] > 0:
        return f"After {days} without {name}, {_amount(row)} are lost"
    if row["high"] < 0:
        return f"After {days} without {name}, scores are better, not worse ({_limits(row)} {_unit(row)} lost)"
    return f"For {name}, no loss over {days} can be told from noise ({_limits(row)} {_unit(row)})"


def _title(known: pd.DataFrame) -> str:
    clear = known[(known["low"] > 0) & (known["reason"] == "")]
    if len(known) == 1:
        return capital(_one(known.iloc[0]))
    if clear.empty:
        none = "neither skill" if len(known) == 2 else f"none of {len(known)} skills"
        return f"In {none} can a loss after a gap be told from noise"
    return f"A loss after a gap shows in {len(clear)} of {len(known)} skills. {capital(_one(clear.iloc[0]))}"


def _words(
    axes: np.ndarray,
    retention: pd.DataFrame,
    which: tuple[pd.DataFrame, pd.DataFrame],
    confidence: float,
    *,
    hollow: bool,
) -> None:
    known, shown = which
    title, n = _title(known), len(known)
    few = f"; the {len(shown)} clearest of {n} skills" if n > len(shown) else ""
    kinds = set(shown["kind"])
    drawn = " and ".join(
        words
        for kind, words in (("score", "What the first trial after a gap loses"), ("recall", "what is still recalled"))
        if kind in kinds
    )
    subtitle = f"{capital(drawn)}: dots are means, blue is fitted, with {confidence:.0%} intervals"
    subtitle += f"{'; hollow dots have too few trials for one' if hollow else ''}{few}"
    silent = retention.loc[retention["estimate"].isna(), "skill"].to_list()
    footnote = f"Too little to say: {listed(silent if len(silent) <= 8 else [*silent[:7], f'{len(silent) - 7} more'])}"
    every = [sentence for sentence in (capital(_one(row)) for _, row in shown.iterrows()) if sentence not in title]
    titled(
        axes, title, subtitle, footnote=footnote if silent else "", alt_text=f"{'. '.join([title, *every])}.",
        reading=" ".join([*_how_to_read(known), *_all_skills(retention)]),
    )  # fmt: skip


def _how_to_read(known: pd.DataFrame) -> list[str]:
    said = ["The further right, the longer the pause before; the further down, the worse the first trial after it."]
    scored, recalled = (known[known["kind"] == kind] for kind in ("score", "recall"))
    if len(scored):
        said.append("Where the blue band holds the level of no gap all along, the loss may be chance.")
    if len(scored) >= 5:
        said.append(f"Of {len(scored)} skills, one in twenty may seem to lose or gain something by chance alone.")
    if len(recalled):
        said.append(
            "The line of what is recalled need not fall: what is asked after a longer pause is mostly better known, "
            "and what would be forgotten is reckoned for all items as each review found them."
        )
    for _, row in recalled.iterrows():
        better = "better than" if row["beats_baseline"] else "no better than"
        said.append(
            f"The last fifth of the reviews of {row['skill']} is foreseen {better} by the average rate "
            f"(log-loss {row['log_loss']:.3f} against {row['log_loss_baseline']:.3f}; less is better)."
        )
    n = counted(int(known["n"].sum()), "trial")
    return [*said, f"Long pauses have reasons of their own, so this is an association; it rests on {n} after a pause."]


def _all_skills(retention: pd.DataFrame) -> list[str]:
    pooled = retention[retention["kind"] == "pooled"].dropna(subset=KNOWN)
    said = []
    for _, row in pooled.iterrows():
        over = f"over {gap(row['days'])}"
        sds = "standard deviations of their noise"
        if row["low"] > 0:
            said.append(f"All scored skills together lose {_sized(row)} ({_limits(row)}) {sds} {over}.")
        elif row["high"] < 0:
            said.append(f"All scored skills together are better, not worse, {over} ({_limits(row)} {sds} lost).")
        else:
            said.append(f"All scored skills together show no clear change {over} ({_limits(row)} {sds} lost).")
    return said

"""Charts of how often, how evenly and for how long each skill is practised."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mmlib.charts.layout import LABEL_SIZE, ROW, WIDTH, canvas, fold, note, nothing, row_labels, titled
from mmlib.charts.style import ACCENT, AMOUNT, AMOUNTS, INK, MUTED, OBSERVED, PANEL, styled
from mmlib.errors import counted
from mmlib.words import MINUS, capital, date, duration, gap, listed, who

WEEKS = 53
MOST_ROWS = 15
STEPS = {"minutes": (1, 15, 30, 60, 120), "sessions": (1, 2, 4, 8, 16)}


@styled
def calendar(daily: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the last 12 months day by day, darker for more practice.

    Parameters
    ----------
    daily : DataFrame
        What `repetition.daily` returned, for one learner: date, sessions, minutes.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> dates = pd.date_range("2026-10-01", "2026-10-31")
    >>> daily = pd.DataFrame({"learner": "ada", "date": dates, "sessions": 1, "minutes": 20.0})
    >>> calendar(daily).finding
    'Ada practised on every one of the 31 days of October 2026'
    """
    if daily.empty:
        return nothing(ax, "There is no calendar to show: the log has no sessions yet.")
    table = daily.assign(date=pd.to_datetime(daily["date"]).dt.normalize()).sort_values("date")
    monday = table["date"] - pd.to_timedelta(table["date"].dt.day_of_week, unit="D")
    week = (monday - monday.iloc[-1]).dt.days // 7
    table = table.assign(week=week - max(week.min(), 1 - WEEKS)).query("week >= 0")
    columns = max(int(table["week"].max()) + 1, 22)
    ax = canvas(ax, WIDTH / columns * (9.4 if columns > 40 else 9.2) + (0.2 if columns > 40 else 0))
    unit = "minutes" if table["minutes"].notna().any() else "sessions"
    _days(ax, table, unit)
    _months(ax, table)
    ax.set(xlim=(-0.6, columns - 0.4), ylim=(9.2 if columns > 40 else 8.0, -1.2), aspect="equal", anchor="W")
    ax.set_yticks([0, 2, 4, 6], ["Mon", "Wed", "Fri", "Sun"])
    ax.set_xticks([])
    ax.grid(False)
    _scale(ax, unit, columns)
    _calendar_words(ax, table, unit)
    return ax


def _days(ax: Axes, table: pd.DataFrame, unit: str) -> None:
    # A session of unknown length is still a session: it gets the palest step, not an empty day.
    amount = np.maximum(table[unit].astype(float).fillna(0), (table["sessions"] > 0) * 1.0)
    steps = np.digitize(amount, STEPS[unit])
    for week, day, step in zip(table["week"], table["date"], steps, strict=True):
        _cell(ax, week, day.weekday(), PANEL if step == 0 else AMOUNTS[step - 1])


def _cell(ax: Axes, x: float, y: float, color: str) -> None:
    ax.add_patch(Rectangle((x - 0.43, y - 0.43), 0.86, 0.86, facecolor=color, edgecolor="none"))


def _months(ax: Axes, table: pd.DataFrame) -> None:
    firsts = table.groupby(table["date"].dt.to_period("M"))["week"].min()
    room = 3 if table["week"].max() > 20 else 2
    # A month that only begins at the edge would take the room of the next one's name.
    kept = firsts[firsts.shift(-1, fill_value=99) - firsts >= room]
    for month, week in kept.items():
        name = month.strftime("%b %Y" if len(firsts) < 3 else "%b")
        ax.text(week - 0.45, -0.75, name, ha="left", va="bottom", color=MUTED, size=LABEL_SIZE)


def _scale(ax: Axes, unit: str, columns: int) -> None:
    y, step = (8.4, 1.0) if columns > 40 else (7.6, 0.7)
    words = {"minutes": ("none", "2 hours or more a day"), "sessions": ("none", "16 sessions or more a day")}[unit]
    note(ax, -0.45, y, words[0], dx=0)
    start = 3.2 if columns > 40 else 1.6
    for i, color in enumerate((PANEL, *AMOUNTS)):
        size = 0.86 * step
        ax.add_patch(Rectangle((start + i * step, y - size / 2), size, size, facecolor=color, edgecolor="none"))
    note(ax, start + 6 * step, y, words[1], dx=3)


def _calendar_words(ax: Axes, table: pd.DataFrame, unit: str) -> None:
    name, last = who(table), table["date"].iloc[-1]
    month = table[table["date"].dt.to_period("M") == last.to_period("M")]
    practised = int((month["sessions"] > 0).sum())
    title = f"{name} {_days_practised(practised, month['date'])}"
    total, length = int((table["sessions"] > 0).sum()), len(table)
    since = date(last) if length == 1 else f"{date(table['date'].iloc[0])} to {date(last)}"
    steps = (
        "under 15, 15, 30, 60 and 120 minutes or more" if unit == "minutes" else "1, 2, 4, 8 and 16 sessions or more"
    )
    subtitle = f"Each square is a day, each column a week; {since}"
    share = f"{counted(total, 'day')} of {length:,} ({total / length:.0%})"
    reading = (
        f"The darker the square, the more practice that day (steps: {steps}); pale grey means none. "
        f"Over the whole time shown {name[:1].lower() + name[1:] if name == 'You' else name} practised on {share}."
    )
    titled(ax, title, subtitle, alt_text=f"Calendar, {since}. {title}; over the whole time on {share}.",
           reading=reading)  # fmt: skip


def _days_practised(practised: int, dates: pd.Series) -> str:
    first, last, n = dates.iloc[0], dates.iloc[-1], len(dates)
    if n == 1:
        return f"{'practised' if practised else 'did not practise'} on {date(last)}"
    whole = n == last.days_in_month
    span = f"{last:%B %Y}" if whole else f"{first.day} to {date(last)}"
    if practised == 0:
        return f"did not practise {'in' if whole else 'from'} {span}"
    days = f"the {n} days {'of' if whole else 'from'} {span}"
    return f"practised on every one of {days}" if practised == n else f"practised on {practised} of {days}"


@styled
def totals(table: pd.DataFrame, *, before: pd.DataFrame | None = None, ax: Axes | None = None) -> Axes:
    """Draw how much time each skill got, and how that differs from the period before.

    Parameters
    ----------
    table : DataFrame
        What `repetition.totals` returned, for one learner and one period: minutes and sessions per skill
        (or domain, or self). Where no minutes are known, sessions are drawn.
    before : DataFrame, optional
        The same for the period before, drawn as thin marks.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["ukulele"], "minutes": [380.0], "sessions": [12]})
    >>> totals(table).finding
    'All 6 h 20 min of practice went to ukulele'
    """
    by = next((name for name in ("skill", "domain", "self", "learner") if name in table), "skill")
    unit = "minutes" if table["minutes"].notna().any() else "sessions"
    rows = _amounts(table, by, unit)
    if before is not None and unit in before:
        rows = rows.merge(_amounts(before, by, unit), on=by, how="outer", suffixes=("", "_before"))
        rows = rows.fillna({unit: 0.0, f"{unit}_before": 0.0})
    if rows.empty or not rows[unit].sum() > 0:
        return nothing(ax, f"There are no {unit} to show: no session was recorded in this period.")
    rows = rows.sort_values([unit, by], ascending=[False, True], kind="stable")
    titles = _totals_words(rows, by, unit, compared=before is not None)
    rows = fold(rows, rows.columns[1:], most=MOST_ROWS)
    ax = canvas(ax, ROW * len(rows) + 0.1)
    _bars(ax, rows, by, unit)
    titled(ax, **titles)
    return ax


def _amounts(table: pd.DataFrame, by: str, unit: str) -> pd.DataFrame:
    named = table.assign(**{by: table[by].astype(object).fillna("unknown"), unit: table[unit].astype(float)})
    return named.groupby(by)[unit].sum().reset_index()


def _amount(value: float, unit: str) -> str:
    return duration(value) if unit == "minutes" else counted(round(value), "session")


def _change(value: float, unit: str) -> str:
    size = duration(abs(value)) if unit == "minutes" else f"{abs(value):,.0f}"
    return "same as before" if round(value) == 0 else f"{MINUS if value < 0 else '+'}{size}"


def _bars(ax: Axes, rows: pd.DataFrame, by: str, unit: str) -> None:
    y, compared = np.arange(len(rows)), f"{unit}_before" in rows
    other = [not isinstance(name, str) or name.endswith(" others") for name in rows[by]]
    ax.barh(y, rows[unit], height=0.56, color=np.where(other, AMOUNTS[1], AMOUNT))
    earlier = rows[f"{unit}_before"] if compared else np.zeros(len(rows))
    if compared:
        some = np.asarray(earlier) > 0
        ax.vlines(earlier[some], y[some] - 0.4, y[some] + 0.4, color=INK, lw=2)
    for i, (value, old) in enumerate(zip(rows[unit], earlier, strict=True)):
        change = f" ({_change(value - old, unit)})" if compared else ""
        note(ax, max(value, old), i, _amount(value, unit) + change, color=INK, dx=6)
    row_labels(ax, rows[by])
    ax.set_xlim(0, max(rows[unit].max(), np.max(earlier)) * 1.01)
    ax.set_xticks([])


def _totals_words(rows: pd.DataFrame, by: str, unit: str, *, compared: bool) -> dict[str, str]:
    top, total, n = rows.iloc[0], rows[unit].sum(), int((rows[unit] > 0).sum())
    share = f"{_amount(top[unit], unit).removesuffix(' sessions')} of {_amount(total, unit)}"
    most = "time" if unit == "minutes" else "sessions"
    kind = counted(n, by, "selves" if by == "self" else None)
    only = f"All {_amount(total, unit)} of practice went to {top[by]}"
    if unit == "sessions":
        only = f"{'The only session' if total == 1 else f'All {total:,.0f} sessions'} went to {top[by]}"
    title = only if n == 1 else f"{capital(top[by])} got the most {most}: {share}"
    drawn = "Time" if unit == "minutes" else "Sessions (their length is unknown)"
    subtitle = f"{drawn} per {by}" + ("; the dark tick marks the period before" if compared else "")
    reading = f"The longer the bar, the more practice: {_amount(total, unit)} in {kind}."
    if compared:
        old = rows[f"{unit}_before"].sum()
        reading += f" The period before had {_amount(old, unit)}; the brackets give each {by}'s change since then."
    largest = [f"{name} {_amount(value, unit)}" for name, value in rows[[by, unit]].head(5).to_numpy()]
    alt = f"{title}. {'The largest are ' if n > 5 else ''}{listed(largest)}."
    return {"title": title, "subtitle": subtitle, "alt_text": alt, "reading": reading}


@styled
def spacing(spacing: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the time between one session and the next, skill by skill.

    Parameters
    ----------
    spacing : DataFrame
        What `repetition.spacing` returned, for one learner: skill, start, gap_days.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> gaps = pd.DataFrame({"skill": ["ukulele"] * 3, "gap_days": [1.0, 2.0, 4.0]})
    >>> spacing(gaps).finding
    'Between two sessions of ukulele there are typically 2 days'
    """
    gaps = spacing.dropna(subset=["gap_days"])
    if gaps.empty:
        return nothing(ax, "There are no gaps to show: no skill has been practised twice yet.")
    medians = gaps.groupby("skill")["gap_days"].agg(["median", "size"]).sort_values("size", ascending=False)
    n, medians = len(medians), medians.head(MOST_ROWS).sort_values("median", kind="stable")
    ax = canvas(ax, ROW * len(medians) + 0.45)
    shown = gaps[gaps["skill"].isin(medians.index)]
    # Two attempts in the same second have no place on such an axis but its left end.
    least = max(shown["gap_days"].min(), 1 / 86_400)
    for y, skill in enumerate(medians.index):
        days = np.maximum(np.sort(shown.loc[shown["skill"] == skill, "gap_days"]), least)
        # Golden-ratio steps spread the dots over the row evenly and the same way each time.
        jitter = (np.arange(len(days)) * 0.618034 % 1 - 0.5) * 0.5
        ax.plot(days, y + jitter, "o", color=OBSERVED, ms=3.2, alpha=0.35 if len(days) > 150 else 0.6,
                rasterized=len(shown) > 800)  # fmt: skip
    middle = np.maximum(medians["median"], least)
    ax.vlines(middle, np.arange(len(medians)) - 0.38, np.arange(len(medians)) + 0.38, color=ACCENT, lw=3)
    _time_axis(ax, least, shown["gap_days"].max())
    row_labels(ax, medians.index)
    for y, value in enumerate(medians["median"]):
        ax.annotate(gap(value), (1, y), xytext=(8, 0), xycoords=ax.get_yaxis_transform(),
                    textcoords="offset points", va="center", size=LABEL_SIZE, color=ACCENT)  # fmt: skip
    _spacing_words(ax, medians, n)
    return ax


def _time_axis(ax: Axes, least: float, most: float) -> None:
    minute = 1 / 1440
    ticks = {minute / 6: "10 s", minute: "1 min", 10 * minute: "10 min", 1 / 24: "1 hour", 1: "1 day", 7: "1 week",
             30: "1 month", 365: "1 year"}  # fmt: skip
    low, high = least / 1.3, max(most, least * 30) * 1.3
    ax.set(xscale="log", xlim=(low, high))
    places: list[float] = []
    for place in (place for place in ticks if low <= place <= high):
        if not places or np.log(place / places[-1]) > 0.17 * np.log(high / low):
            places.append(place)
    ax.set_xticks(places, [ticks[place] for place in places])
    ax.set_xticks([], minor=True)
    ax.grid(False, axis="x", which="minor")


def _spacing_words(ax: Axes, medians: pd.DataFrame, n: int) -> None:
    first, last = medians.iloc[0], medians.iloc[-1]
    title = (
        f"Between two sessions of {first.name} there are typically {gap(first['median'])}"
        if len(medians) == 1
        else f"{capital(first.name)} is taken up again soonest, typically after {gap(first['median'])}; "
        f"{last.name} waits longest ({gap(last['median'])})"
    )
    few = f"; the {len(medians)} most practised of {n} skills" if n > len(medians) else ""
    subtitle = f"Time from each session to the next; the blue mark is the middle (median){few}"
    gaps = int(medians["size"].sum())
    reading = (
        f"Each dot is a pause between two sessions of the same skill ({counted(gaps, 'pause')} in all), the further "
        "right the longer; each step to the right is a multiple. Half of a skill's pauses are shorter than its blue "
        "mark, half longer."
    )
    alt = "Typical pauses: " + listed(f"{skill} {gap(value)}" for skill, value in medians["median"].items())
    titled(ax, title, subtitle, alt_text=f"{title}. {alt}.", reading=reading)

"""Agency: the progress that could be seen, event by event."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import WIDTH, canvas, column, nothing, row_labels, titled, wrapped
from mmlib.charts.letters import text_width
from mmlib.charts.style import ACCENT, GRID, MUTED, TARGET, styled
from mmlib.charts.synergy.breadth import period_axis
from mmlib.errors import counted
from mmlib.words import date, listed, who

LANE = 0.62
LABELS = 9.5
PLOT = WIDTH * 72 * 0.66
"""Points from the first day to the last, with room for names on the left and counts on the right."""
KINDS = {
    "new door": ("new doors", "opened", "door"),
    "first payoff": ("first payoffs", "had", "first payoff"),
    "barrier passed": ("barriers passed", "passed", "barrier"),
    "target reached": ("targets reached", "reached", "target"),
    "milestone": ("milestones", "noted", "milestone"),
}
FEWEST_MONTHS = 4


@styled
def agency(agency: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the visible progress on a line of time for each kind: doors, payoffs, barriers, targets, milestones.

    Parameters
    ----------
    agency : DataFrame
        What `selves.agency` returned, for one learner: date, kind, skill, what.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"learner": "ada", "date": pd.to_datetime(["2026-09-19", "2026-10-18"]),
    ...                       "kind": ["new door", "target reached"], "skill": "omelette",
    ...                       "what": ["the first session", "at the target after 22 sessions"]})
    >>> agency(table).finding
    'Ada opened a door and reached a target in 2 months'
    """
    rows = agency[agency["kind"].isin(KINDS) & agency["date"].notna()].sort_values("date", kind="stable")
    if rows.empty:
        return nothing(ax, "There is no progress to show yet: it begins with the first session of a skill.")
    months = list(pd.period_range(rows["date"].min(), rows["date"].max(), freq="M").to_timestamp())
    lanes = [kind for kind in KINDS if (rows["kind"] == kind).any()]
    ax = canvas(ax, LANE * len(lanes) + 0.55)
    scale = PLOT / max(len(months), FEWEST_MONTHS)
    for y, kind in enumerate(lanes):
        own = rows[rows["kind"] == kind]
        places = [_place(day, months[0]) for day in own["date"]]
        ax.axhline(y, color=GRID, lw=1.2, zorder=0.5)
        ax.plot(places, [y] * len(own), "o", color=TARGET if kind == "target reached" else ACCENT, ms=7, alpha=0.85)
        _labels(ax, y, list(zip(places, own["skill"], strict=True)), scale)
    row_labels(ax, [KINDS[kind][0] for kind in lanes], width=110)
    ax.set_ylim(len(lanes) - 0.4, -0.6)
    period_axis(ax, months)
    ax.set_xlim(-0.3, max(len(months), FEWEST_MONTHS) + 0.1)
    column(ax, [f"{(rows['kind'] == kind).sum():,}" for kind in lanes])
    _words(ax, rows, lanes, len(months))
    return ax


def _place(day: pd.Timestamp, first: pd.Timestamp) -> float:
    """Return a day's place in months since the first one."""
    return (day.year - first.year) * 12 + day.month - first.month + (day.day - 1) / day.days_in_month


def _labels(ax: Axes, y: int, events: list[tuple[float, str]], scale: float) -> None:
    """Name as many events as there is room for, above and below the line, the latest first."""
    right = {-1: float("inf"), 1: float("inf")}
    end = max(ax.get_xlim()[1], events[-1][0]) * scale
    for place, skill in reversed(events):
        if pd.isna(skill):
            continue
        words = wrapped(skill, 90, size=LABELS, most=1)[0]
        half = text_width(words, LABELS) / 2
        for side in (-1, 1):
            middle = min(max(place * scale, half - 6), max(PLOT, end) - half + 14)
            if middle + half + 6 <= right[side]:
                right[side] = middle - half
                ax.annotate(words, (place, y), xytext=(middle - place * scale, -8 * side), textcoords="offset points",
                            ha="center", va="bottom" if side < 0 else "top", size=LABELS, color=MUTED,
                            annotation_clip=False)  # fmt: skip
                break


def _words(ax: Axes, rows: pd.DataFrame, lanes: list[str], months: int) -> None:
    did = []
    for kind in lanes:
        _, verb, noun = KINDS[kind]
        n = int((rows["kind"] == kind).sum())
        did.append(f"{verb} {f'a {noun}' if n == 1 else counted(n, noun)}")
    when = f"{rows['date'].iloc[0]:%B %Y}" if months == 1 else counted(months, "month")
    title = f"{who(rows)} {listed(did)} in {when}"
    last = rows.iloc[-1]
    skill = "" if pd.isna(last["skill"]) else f" in {last['skill']}"
    latest = f"The latest is of {date(last['date'])}: {last['kind']}{skill}"
    told = "" if pd.isna(last["what"]) else f" ({str(last['what']).rstrip('.')})"
    titled(
        ax, title, "Visible progress: each dot is an event, named by its skill where there is room",
        alt_text=f"{title}. {latest}.",
        reading="A new door is the first session of a skill, a first payoff its first session rated 4 or more; a "
        f"target is reached when the middle of five scores is there. {latest}{told}.",
    )  # fmt: skip

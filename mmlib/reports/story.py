"""What the monthly report says in words: headline numbers, what happened, and where it comes from.

Takes the measures' tables, returns fragments of HTML; every text from a log or a card is escaped.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from html import escape
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.practice import Practice
from mmlib.reports.inputs import digest, row_digests
from mmlib.words import capital, duration, listed, number, signed

SENTENCES = 3


class Fragment(str):
    """A piece of HTML that a notebook shows."""

    def _repr_html_(self) -> str:
        return str(self)


class Tile(NamedTuple):
    """One headline number: as it is shown, its noun, a remark; its name in a list of reports, and how it is sorted."""

    shown: str
    noun: str
    remark: str
    name: str
    value: float


class Tiles(Fragment):
    """Headline numbers; the list of reports finds them in the output's metadata, as a chart's alt text is found."""

    numbers: tuple[tuple[str, str, float], ...] = ()

    def _repr_html_(self) -> tuple[str, dict[str, Any]]:  # type: ignore[override]
        return str(self), {"numbers": [list(number) for number in self.numbers]}


def tiles(numbers: Iterable[Tile]) -> Tiles:
    """Return headline numbers side by side; the list of reports shows them too, and sorts by them.

    Parameters
    ----------
    numbers : iterable of Tile
        Or tuples: the number as it is shown, its noun, a remark or an empty text, its name (the same in each
        report, whatever the number), and its value.

    Examples
    --------
    >>> tiles([("2 h", "practised", "", "practised", 120.0)])
    '<ul class="tiles"><li><b>2 h</b> practised <small></small></li></ul>'
    """
    told = [Tile(*number) for number in numbers]
    items = [f"<li><b>{escape(t.shown)}</b> {escape(t.noun)} <small>{escape(t.remark)}</small></li>" for t in told]
    made = Tiles(f'<ul class="tiles">{"".join(items)}</ul>')
    made.numbers = tuple((tile.name, tile.shown, float(tile.value)) for tile in told)
    return made


def title(learner: str, month: pd.Period, as_of: str) -> Fragment:
    """Return the report's heading; of a month that is not over it names the last day.

    Examples
    --------
    >>> title("ada", pd.Period("2026-10"), "2026-10-31")
    '<h1>Ada’s practice in October 2026</h1>'
    >>> title("me", pd.Period("2026-10"), "2026-10-09")
    '<h1>Your practice in October 2026, until 9 October</h1>'
    """
    whose = "Your" if learner == "me" else f"{capital(learner)}’s"
    last = pd.Timestamp(as_of)
    until = f", until {last.day} {last.strftime('%B')}" if _days(month, as_of) < month.days_in_month else ""
    return Fragment(f"<h1>{escape(whose)} practice in {month.strftime('%B %Y')}{until}</h1>")


def headlines(
    by_learner: pd.DataFrame, by_skill: pd.DataFrame, streaks: pd.DataFrame, month: pd.Period, as_of: str
) -> Tiles:
    """Return the month's headline numbers, each against the month before.

    Parameters
    ----------
    by_learner, by_skill : DataFrame
        `repetition.totals` of one learner, by="learner" and by="skill", with freq="MS".
    streaks : DataFrame
        `repetition.streaks` of that learner at `as_of`.
    month : Period
        The calendar month.
    as_of : str
        The last day looked at: the month's last, or an earlier one while it runs.
    """
    now, before = _totals_of(by_learner, month), _totals_of(by_learner, month - 1)
    whole = "" if _days(month, as_of) == month.days_in_month else "the whole of "
    first = not (by_learner["period"] < month.start_time).any()
    than, told = "" if first else f"on {whole}{(month - 1).strftime('%B')}", []
    if not np.isnan(now["minutes"]):
        change = _change(now["minutes"] - before["minutes"], duration, than)
        told.append(Tile(duration(now["minutes"]), "practised", change, "practised", now["minutes"]))
    sessions, days = now["sessions"], now["days"]
    change = _change(sessions - before["sessions"], _count, than)
    told.append(Tile(f"{sessions:,}", _noun(sessions, "session"), change, "sessions", sessions))
    change = _change(days - before["days"], _count, than)
    told.append(Tile(f"{days} of {_days(month, as_of)}", "days with practice", change, "days with practice", days))
    skills, skills_before = (len(by_skill[_in(by_skill, m)]) for m in (month, month - 1))
    change = _change(skills - skills_before, _count, than)
    told.append(Tile(str(skills), _noun(skills, "skill"), change, "skills", skills))
    if len(streaks):
        current, longest = (int(streaks.iloc[0][f"{which}_days"]) for which in ("current", "longest"))
        so_far = f"longest so far: {counted(longest, 'day')}"
        told.append(Tile(counted(current, "day"), "current streak", so_far, "current streak", current))
    return tiles(told)


def happened(
    practice: Practice, by_skill: pd.DataFrame, progress: pd.DataFrame, mood: pd.DataFrame, month: pd.Period
) -> Fragment:
    """Return three sentences that say what happened: how much, what changed, how it felt.

    Where scores or moods are missing, others take their place: which skills came and went, and how the month
    ranks among the last twelve.

    Parameters
    ----------
    practice : Practice
        One learner's, through the month's end.
    by_skill : DataFrame
        `repetition.totals(log, by="skill", freq="MS")`.
    progress : DataFrame
        `payoff.progress` of the month against the four weeks before.
    mood : DataFrame
        `selves.mood_lift` of the last months, by skill.
    month : Period
        The calendar month.
    """
    name = "You" if practice.log["learner"].eq("me").all() else capital(practice.log["learner"].iloc[-1])
    if not _in(by_skill, month).any():
        last = practice.log["start"].max()
        when = f"the last session was on {last.day} {last.strftime('%B %Y')}"
        return _sentences([f"{name} logged no practice in {month.strftime('%B %Y')}: {when}."])
    said = [_how_much(name, by_skill, month), _what_changed(progress), _how_it_felt(mood)]
    said += [_what_came_and_went(by_skill, month), _among_months(by_skill, month)]
    return _sentences([sentence for sentence in said if sentence][:SENTENCES])


def provenance(practice: Practice, parameters: Mapping[str, str]) -> Fragment:
    """Return what the report was made from: rows, their hash, versions, parameters."""
    log = practice.log
    data = digest(row_digests(log).tobytes())
    span = "" if log.empty else f", {log['start'].min():%Y-%m-%d} to {log['start'].max():%Y-%m-%d}"
    tools = ", ".join(f"{name} {version(name)}" for name in ("mmlib", "pandas", "matplotlib"))
    facts = {
        "Rows": f"{counted(len(log), 'practice session')}{span}",
        "Data": f"SHA-256 {data[:16]} of the rows’ hashes",
        "Made with": f"{tools}, Python {platform.python_version()}",
        "Parameters": ", ".join(f"{name} = {value}" for name, value in parameters.items()),
    }
    items = [f"<dt>{escape(term)}</dt><dd>{escape(fact)}</dd>" for term, fact in facts.items()]
    return Fragment(f'<dl class="provenance">{"".join(items)}</dl>')


def _days(month: pd.Period, as_of: str) -> int:
    """Return how many days of the month have passed."""
    return min((pd.Timestamp(as_of) - month.start_time).days + 1, month.days_in_month)


def _in(table: pd.DataFrame, month: pd.Period) -> pd.Series:
    return table["period"] == month.start_time


def _totals_of(table: pd.DataFrame, month: pd.Period) -> pd.Series:
    rows = table[_in(table, month)]
    if len(rows):
        return rows.iloc[0]
    unknown = len(table) and table["minutes"].isna().all()
    return pd.Series({"sessions": 0, "days": 0, "minutes": np.nan if unknown else 0.0})


def _noun(n: int, noun: str) -> str:
    return noun if n == 1 else f"{noun}s"


def _count(n: float) -> str:
    return f"{n:,.0f}"


def _change(change: float, words: object, than: str) -> str:
    if np.isnan(change) or not than:
        return ""
    if round(change) == 0:
        return f"as in {than.removeprefix('on ')}"
    return f"{'+' if change > 0 else '−'}{words(abs(change))} {than}"


def _sentences(sentences: Iterable[str]) -> Fragment:
    return Fragment(f'<ol class="story">{"".join(f"<li>{escape(said)}</li>" for said in sentences if said)}</ol>')


def _how_much(name: str, by_skill: pd.DataFrame, month: pd.Period) -> str:
    now, before = by_skill[_in(by_skill, month)], by_skill[_in(by_skill, month - 1)]
    unit = "minutes" if now["minutes"].notna().any() else "sessions"
    words = duration if unit == "minutes" else lambda n: counted(int(n), "session")
    total, earlier = now[unit].sum(), before[unit].sum()
    last_month = (month - 1).strftime("%B")
    more = "more" if total > earlier else "less" if unit == "minutes" else "fewer"
    if not (by_skill["period"] < month.start_time).any():
        compared = "the first in this log"
    elif before.empty:
        compared = f"after a month without any in {last_month}"
    elif round(total - earlier) == 0:
        compared = f"as much as in {last_month}"
    else:
        compared = f"{words(abs(total - earlier))} {more} than in {last_month}"
    said = f"{name} practised {counted(len(now), 'skill')} for {words(total)}, {compared}"
    largest = now.loc[now[unit].idxmax()]
    share = largest[unit] / total if total else 0
    return f"{said}; {largest['skill']} took {share:.0%} of it." if len(now) > 1 and share >= 0.25 else f"{said}."


def clear_changes(progress: pd.DataFrame) -> pd.DataFrame:
    """Return the changes that have an interval, with how clear each is: estimate by half the interval."""
    known = progress[progress["low"].notna() & (progress["high"] > progress["low"])]
    return known.assign(clear=2 * known["estimate"] / (known["high"] - known["low"]))


def _what_changed(progress: pd.DataFrame) -> str:
    known = clear_changes(progress)
    if known.empty:
        return ""
    best = known.loc[known["clear"].abs().idxmax()]
    compared = counted(len(known), "skill")
    if abs(best["clear"]) <= 1:
        return f"In none of the {compared} with enough scores did performance change beyond its usual ups and downs."
    unit = "" if pd.isna(best["unit"]) else f" {best['unit']}"
    better = (known["clear"] > 1).sum()
    many = f", one of {better} skills that improved" if better > 1 and best["estimate"] > 0 else ""
    low, high = sorted([abs(best["low"]), abs(best["high"])])
    verb = "improved most clearly" if best["estimate"] > 0 else "slipped most clearly"
    return (
        f"{capital(best['skill'])} {verb}: {number(best['now'])}{unit} on average, {number(best['before'])} in the "
        f"four weeks before (95% interval of the difference {number(low)} to "
        f"{number(high)}){many}."
    )


def _how_it_felt(mood: pd.DataFrame) -> str:
    known = mood[mood["low"].notna()]
    if known.empty:
        return ""
    best = known.loc[known["estimate"].idxmax()]
    interval = f"(95% interval {signed(best['low'])} to {signed(best['high'])}, {counted(int(best['n']), 'session')})"
    if best["high"] < 0:
        return f"Mood was lower after a session than before; it fell least with {best['skill']} {interval}."
    if best["low"] <= 0:
        return (
            f"Mood after a session was much the same as before; the largest lift was with {best['skill']} {interval}."
        )
    return f"Mood rose most with {best['skill']}: by {number(best['estimate'])} on the scale of 5 {interval}."


def _what_came_and_went(by_skill: pd.DataFrame, month: pd.Period) -> str:
    now, before = (set(by_skill.loc[_in(by_skill, m), "skill"]) for m in (month, month - 1))
    ever = set(by_skill.loc[by_skill["period"] < month.start_time, "skill"])
    if not ever:
        return ""
    groups = {"New": now - ever, "Taken up again": (now & ever) - before, "Resting since last month": before - now}
    said = [f"{words.lower()}: {_few(names)}" for words, names in groups.items() if names]
    return f"{capital('; '.join(said))}." if said else "The skills were the same as the month before."


def _among_months(by_skill: pd.DataFrame, month: pd.Period) -> str:
    """Return how the month's practice ranks among the last twelve, or among as many as there are."""
    unit = "minutes" if by_skill["minutes"].notna().any() else "sessions"
    last = by_skill[by_skill["period"] > (month - 12).start_time].groupby("period")[unit].sum()
    rank = int((last > last[month.start_time]).sum()) + 1
    if len(last) < 3:
        return ""
    if rank == len(last):
        return f"{month.strftime('%B')} was the quietest of the last {len(last)} months with practice."
    ordinal = {1: "", 2: "second ", 3: "third "}.get(rank, f"{rank}th ")
    return f"{month.strftime('%B')} was the {ordinal}busiest of the last {len(last)} months with practice."


def _few(names: set[str]) -> str:
    ordered = sorted(names, key=str.casefold)
    return listed([*ordered[:3], counted(len(ordered) - 3, "other")] if len(ordered) > 4 else ordered)

"""What the monthly report says in words: headline numbers, what happened, what to do next, and from what.

Takes the measures' tables, returns fragments of HTML; every text from a log or a card is escaped.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping
from html import escape
from importlib.metadata import version

import numpy as np
import pandas as pd

from mmlib.errors import counted
from mmlib.practice import Practice
from mmlib.words import capital, duration, listed, number, signed

ASLEEP_DAYS = 14  # a rest shorter than this is no sign of falling asleep
DROPPED_DAYS = 90  # after a longer one a skill has been dropped, and no reminder is due
TYPICAL_GAPS = 3  # how many of its typical gaps a skill may rest
FEW_TRIALS = 5
LARGE_SHARE = 0.4
SELDOM_VARIED = 0.1
SUDDEN = 1.5
PRECISE = 0.2  # an interval wider than this share of the mean cannot say "no change"
MOST_SUGGESTIONS = 3


class Fragment(str):
    """A piece of HTML that a notebook shows."""

    def _repr_html_(self) -> str:
        return str(self)


def title(learner: str, month: pd.Period) -> Fragment:
    """Return the report's heading.

    Examples
    --------
    >>> title("ada", pd.Period("2026-10"))
    '<h1>Ada’s practice in October 2026</h1>'
    """
    whose = "Your" if learner == "me" else f"{capital(learner)}’s"
    return Fragment(f"<h1>{escape(whose)} practice in {month.strftime('%B %Y')}</h1>")


def headlines(by_learner: pd.DataFrame, by_skill: pd.DataFrame, streaks: pd.DataFrame, month: pd.Period) -> Fragment:
    """Return the month's headline numbers, each against the month before.

    Parameters
    ----------
    by_learner, by_skill : DataFrame
        `repetition.totals` of one learner, by="learner" and by="skill", with freq="MS".
    streaks : DataFrame
        `repetition.streaks` of that learner as of the month's end.
    month : Period
        The calendar month.
    """
    now, before = _totals_of(by_learner, month), _totals_of(by_learner, month - 1)
    than, tiles = f"on {(month - 1).strftime('%B')}", []
    if not np.isnan(now["minutes"]):
        change = now["minutes"] - before["minutes"]
        tiles.append((duration(now["minutes"]), "practised", _change(change, duration, than)))
    sessions = now["sessions"] - before["sessions"]
    tiles.append((f"{now['sessions']:,}", _noun(now["sessions"], "session"), _change(sessions, _count, than)))
    days = f"{now['days']} of {month.days_in_month}"
    tiles.append((days, "days with practice", _change(now["days"] - before["days"], _count, than)))
    skills, skills_before = (len(by_skill[_in(by_skill, m)]) for m in (month, month - 1))
    tiles.append((str(skills), _noun(skills, "skill"), _change(skills - skills_before, _count, than)))
    if len(streaks):
        row = streaks.iloc[0]
        so_far = f"longest so far: {counted(int(row['longest_days']), 'day')}"
        tiles.append((str(row["current_days"]), f"{_noun(row['current_days'], 'day')} in a row at the end", so_far))
    items = [f"<li><b>{escape(b)}</b> {escape(text)} <small>{escape(small)}</small></li>" for b, text, small in tiles]
    return Fragment(f'<ul class="tiles">{"".join(items)}</ul>')


def happened(
    practice: Practice, by_skill: pd.DataFrame, progress: pd.DataFrame, mood: pd.DataFrame, month: pd.Period
) -> Fragment:
    """Return up to three sentences that say what happened: how much, what improved, how it felt.

    Parameters
    ----------
    practice : Practice
        One learner's, through the month's end.
    by_skill : DataFrame
        `repetition.totals(log, by="skill", freq="MS")`.
    progress : DataFrame
        `payoff.progress` of the month against the four weeks before.
    mood : DataFrame
        `selves.mood_lift` of the last months, by skill; where mood is never rated, the third sentence says which
        skills came and went.
    month : Period
        The calendar month.
    """
    name = "You" if practice.log["learner"].eq("me").all() else capital(practice.log["learner"].iloc[-1])
    if not _in(by_skill, month).any():
        last = practice.log["start"].max()
        when = f"the last session was on {last.day} {last.strftime('%B %Y')}"
        return _sentences([f"{name} logged no practice in {month.strftime('%B %Y')}: {when}."])
    third = _how_it_felt(mood) or _what_came_and_went(by_skill, month)
    return _sentences([_how_much(name, by_skill, month), _what_changed(progress), third])


def suggestions(
    skills: pd.DataFrame, rhythm: pd.DataFrame, load: pd.DataFrame, progress: pd.DataFrame, month: pd.Period
) -> Fragment:
    """Return up to three suggestions for the next month, each with the number that led to it.

    Parameters
    ----------
    skills : DataFrame
        The cards.
    rhythm, load : DataFrame
        `repetition.rhythm` and `repetition.load` as of the month's end.
    progress : DataFrame
        `payoff.progress` of the month against the four weeks before.
    month : Period
        The calendar month.
    """
    found: dict[str, tuple[str, str]] = {}
    for skill, what, why in (*_widen(load), *_wake(rhythm), *_isolate(skills, progress, month), *_ease(load)):
        found.setdefault(skill, (what, why))  # one suggestion a skill is enough
    if not found:
        return Fragment("<p>No number stands out this month: carry on.</p>")
    chosen = list(found.values())[:MOST_SUGGESTIONS]
    items = [f"<li><b>{escape(what)}</b> {escape(why)}</li>" for what, why in chosen]
    return Fragment(f'<ul class="next">{"".join(items)}</ul>')


def provenance(practice: Practice, parameters: Mapping[str, str]) -> Fragment:
    """Return what the report was made from: rows, their hash, versions, parameters."""
    log = practice.log
    text = log.to_csv(index=False, lineterminator="\n")
    span = "" if log.empty else f", {log['start'].min():%Y-%m-%d} to {log['start'].max():%Y-%m-%d}"
    tools = ", ".join(f"{name} {version(name)}" for name in ("mmlib", "pandas", "matplotlib"))
    facts = {
        "Rows": f"{counted(len(log), 'practice session')}{span}",
        "Data": f"SHA-256 {hashlib.sha256(text.encode()).hexdigest()[:16]}",
        "Made with": f"{tools}, Python {platform.python_version()}",
        "Parameters": ", ".join(f"{name} = {value}" for name, value in parameters.items()),
    }
    items = [f"<dt>{escape(term)}</dt><dd>{escape(fact)}</dd>" for term, fact in facts.items()]
    return Fragment(f'<dl class="provenance">{"".join(items)}</dl>')


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
    if np.isnan(change):
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
    if before.empty:
        compared = f"after a month without any in {last_month}"
    elif round(total - earlier) == 0:
        compared = f"as much as in {last_month}"
    else:
        compared = f"{words(abs(total - earlier))} {more} than in {last_month}"
    said = f"{name} practised {counted(len(now), 'skill')} for {words(total)}, {compared}"
    largest = now.loc[now[unit].idxmax()]
    share = largest[unit] / total if total else 0
    return f"{said}; {largest['skill']} took {share:.0%} of it." if len(now) > 1 and share >= 0.25 else f"{said}."


def _known(progress: pd.DataFrame) -> pd.DataFrame:
    """Return the changes that have an interval, with how clear each is: estimate by half the interval."""
    known = progress[progress["low"].notna() & (progress["high"] > progress["low"])]
    return known.assign(clear=2 * known["estimate"] / (known["high"] - known["low"]))


def _what_changed(progress: pd.DataFrame) -> str:
    known = _known(progress)
    if known.empty:
        return ""
    best = known.loc[known["clear"].abs().idxmax()]
    compared = counted(len(known), "skill")
    if abs(best["clear"]) <= 1:
        return f"In none of the {compared} with enough scores did performance change beyond its usual ups and downs."
    unit = "" if pd.isna(best["unit"]) else f" {best['unit']}"
    better = (known["clear"] > 1).sum()
    many = f", one of {better} skills that improved" if better > 1 and best["estimate"] > 0 else ""
    verb = "improved most clearly" if best["estimate"] > 0 else "slipped most clearly"
    return (
        f"{capital(best['skill'])} {verb}: {number(best['now'])}{unit} on average, {number(best['before'])} in the "
        f"four weeks before (95% interval of the difference {number(abs(best['low']))} to "
        f"{number(abs(best['high']))}){many}."
    )


def _how_it_felt(mood: pd.DataFrame) -> str:
    known = mood[mood["low"].notna()]
    if known.empty:
        return ""
    best = known.loc[known["estimate"].idxmax()]
    interval = f"(95% interval {signed(best['low'])} to {signed(best['high'])}, {counted(int(best['n']), 'session')})"
    if best["low"] <= 0:
        return (
            f"Mood after a session was much the same as before; the largest lift was with {best['skill']} {interval}."
        )
    return f"Mood rose most with {best['skill']}: by {number(best['estimate'])} on the scale of 5 {interval}."


def _what_came_and_went(by_skill: pd.DataFrame, month: pd.Period) -> str:
    now, before = (set(by_skill.loc[_in(by_skill, m), "skill"]) for m in (month, month - 1))
    ever = set(by_skill.loc[by_skill["period"] < month.start_time, "skill"])
    groups = {"New": now - ever, "Taken up again": (now & ever) - before, "Resting since last month": before - now}
    said = [f"{words.lower()}: {_few(names)}" for words, names in groups.items() if names]
    return f"{capital('; '.join(said))}." if said else "The skills were the same as the month before."


def _few(names: set[str]) -> str:
    ordered = sorted(names, key=str.casefold)
    return listed([*ordered[:3], counted(len(ordered) - 3, "other")] if len(ordered) > 4 else ordered)


def _widen(load: pd.DataFrame) -> list[tuple[str, str, str]]:
    narrow = load[(load["share"] >= LARGE_SHARE) & (load["varied_share"].fillna(0) < SELDOM_VARIED)]
    if len(load[load["share"] > 0]) < 2:
        return []
    return [
        (
            row["skill"],
            f"Widen {row['skill']}.",
            f"It took {row['share']:.0%} of the practice of the last 28 days, and "
            f"{row['varied_share']:.0%} of its {counted(int(row['sessions']), 'session')} tried a variation.",
        )
        for _, row in narrow.nlargest(1, "share").iterrows()
        if not pd.isna(row["varied_share"])
    ]


def _wake(rhythm: pd.DataFrame) -> list[tuple[str, str, str]]:
    rest, gap = rhythm["days_since"], rhythm["median_gap_days"]
    asleep = rhythm[(rest > ASLEEP_DAYS) & (rest > TYPICAL_GAPS * gap) & (rest <= DROPPED_DAYS)]
    asleep = asleep[asleep["sessions"] >= FEW_TRIALS].sort_values("sessions", ascending=False)
    return [
        (
            row["skill"],
            f"Wake {row['skill']} up.",
            f"It has rested for {row['days_since']} days; before, "
            f"{counted(round(row['median_gap_days']), 'day')} between practice days was typical.",
        )
        for _, row in asleep.head(1).iterrows()
    ]


def _isolate(skills: pd.DataFrame, progress: pd.DataFrame, month: pd.Period) -> list[tuple[str, str, str]]:
    known = _known(progress)
    precise = (known["high"] - known["low"]) / 2 <= PRECISE * known["now"].abs()
    stuck = known[precise & (known["clear"].abs() < 1) & (known[["n_now", "n_before"]].min(axis=1) >= FEW_TRIALS)]
    stuck = stuck.merge(skills[["skill", "target", "rub_pat_barrier"]], on="skill", how="left")
    sign = np.where(stuck["better"].eq("lower"), -1, 1)
    stuck = stuck[~(sign * (stuck["now"] - stuck["target"]) >= 0)]
    return [
        (
            row["skill"],
            f"Isolate the parts of {row['skill']}.",
            f"{counted(row['n_now'], 'trial')} in {month.strftime('%B')} averaged {number(row['now'])}"
            f"{'' if pd.isna(row['unit']) else ' ' + row['unit']}, after {number(row['before'])} in the four weeks "
            f"before: no change beyond its ups and downs (95% interval {signed(row['low'])} to {signed(row['high'])})."
            + ("" if pd.isna(row["rub_pat_barrier"]) else f" Its card says: {row['rub_pat_barrier']}"),
        )
        for _, row in stuck.nlargest(3, "n_now").iterrows()
    ]


def _ease(load: pd.DataFrame) -> list[tuple[str, str, str]]:
    sudden = load[(load["ratio"] >= SUDDEN) & (load["acute_minutes"] >= 60) & (load["chronic_minutes"] >= 15)]
    return [
        (
            row["skill"],
            f"Let {row['skill']} grow more slowly.",
            f"{duration(row['acute_minutes'])} in the last week, where {duration(row['chronic_minutes'])} a week "
            "was usual in the four weeks before.",
        )
        for _, row in sudden.nlargest(1, "ratio").iterrows()
    ]

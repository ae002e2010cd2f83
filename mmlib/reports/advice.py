"""What to do next month: up to three suggestions, each with the number that led to it."""

from __future__ import annotations

from html import escape
from shlex import quote

import pandas as pd

from mmlib.errors import counted
from mmlib.reports.story import Fragment, clear_changes
from mmlib.words import capital, duration, number, signed

DROPPED_DAYS = 90  # after a longer one a skill has been dropped, and no reminder is due
TYPICAL_GAPS = 3  # how many of its typical gaps a skill may rest
FEW_TRIALS = 5
PRECISE = 0.2  # an interval wider than this share of the mean cannot say "no change"
MOST_SUGGESTIONS = 3
EXPERIMENT_WEEKS = 12  # eight can show only what is larger than most transfer


def suggestions(
    skills: pd.DataFrame,
    month: pd.Period,
    *,
    rest: pd.DataFrame,
    load: pd.DataFrame,
    progress: pd.DataFrame,
    forecast: pd.DataFrame,
    transfer: pd.DataFrame,
) -> Fragment:
    """Return up to three suggestions for the next month, each with the number that led to it.

    Parameters
    ----------
    skills : DataFrame
        The cards.
    month : Period
        The calendar month.
    rest, load : DataFrame
        `repetition.rest` and `repetition.load` as of the month's end.
    progress : DataFrame
        `payoff.progress` of the month against the four weeks before.
    forecast : DataFrame
        `payoff.forecast` as of the month's end: what is on its way to its target, or there, is not stuck.
    transfer : DataFrame
        `synergy.transfer`: what survives is worth an experiment.
    """
    found: dict[str, tuple[str, str]] = {}
    kinds = (_widen(load), _prove(transfer), _wake(rest), _isolate(skills, progress, forecast, month), _ease(load))
    for kind in kinds:
        # One suggestion of each kind, and for each skill, is enough.
        found.update(next(({skill: (what, why)} for skill, what, why in kind if skill not in found), {}))
    if not found:
        return Fragment("<p>No number stands out this month: carry on.</p>")
    chosen = list(found.values())[:MOST_SUGGESTIONS]
    items = [f"<li><b>{escape(what)}</b> {escape(why)}</li>" for what, why in chosen]
    return Fragment(f'<ul class="next">{"".join(items)}</ul>')


def _widen(load: pd.DataFrame) -> list[tuple[str, str, str]]:
    narrow = load[load["flag"].str.contains("narrow")]
    if len(load[load["share"] > 0]) < 2:
        return []
    return [
        (
            row["skill"],
            f"Widen {row['skill']}.",
            f"It took {row['share']:.0%} of the practice of the last 28 days, and "
            f"{row['varied_share']:.0%} of its {counted(int(row['sessions']), 'session')} tried a variation.",
        )
        for _, row in narrow.nlargest(3, "share").iterrows()
        if not pd.isna(row["varied_share"])
    ]


def _prove(transfer: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Propose an experiment for the clearest pair of skills; the plan itself is drawn once, by the command."""
    clear = transfer[transfer["verdict"] == "better after more"]
    return [
        (
            f"{row['from_skill']} to {row['to_skill']}",
            f"Find out whether {row['from_skill']} feeds {row['to_skill']}.",
            f"{capital(row['to_skill'])} went better after weeks with more {row['from_skill']}: "
            f"{signed(row['estimate'])} standard deviations for each {row['per']} in the week before "
            f"(95% interval {signed(row['low'])} to {signed(row['high'])}). Chance or a common cause may be behind it. "
            f"A plan of {EXPERIMENT_WEEKS} weeks, drawn by lot, would tell: "
            f"mm experiment plan --to {quote(row['to_skill'])} --from {quote(row['from_skill'])} "
            f"--weeks {EXPERIMENT_WEEKS}",
        )
        for _, row in clear.nsmallest(1, "p_value").iterrows()
    ]


def _wake(rest: pd.DataFrame) -> list[tuple[str, str, str]]:
    asleep = rest[
        rest["state"].ne("awake") & (rest["gaps_rested"] > TYPICAL_GAPS) & (rest["days_since"] <= DROPPED_DAYS)
    ]
    asleep = asleep[asleep["sessions"] >= FEW_TRIALS].sort_values("sessions", ascending=False)
    return [
        (
            row["skill"],
            f"Wake {row['skill']} up.",
            f"It has rested for {row['days_since']} days; before, "
            f"{counted(round(row['median_gap_days']), 'day')} between practice days was typical.",
        )
        for _, row in asleep.head(3).iterrows()
    ]


def _isolate(
    skills: pd.DataFrame, progress: pd.DataFrame, forecast: pd.DataFrame, month: pd.Period
) -> list[tuple[str, str, str]]:
    known = clear_changes(progress)
    precise = (known["high"] - known["low"]) / 2 <= PRECISE * known["now"].abs()
    stuck = known[precise & (known["clear"].abs() < 1) & (known[["n_now", "n_before"]].min(axis=1) >= FEW_TRIALS)]
    going = forecast.loc[forecast["state"].isin(["reached", "on the way"]), "skill"]
    stuck = stuck[~stuck["skill"].isin(going)].merge(skills[["skill", "rub_pat_barrier"]], on="skill", how="left")
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
    sudden = load[load["flag"].str.contains("sudden")]
    return [
        (
            row["skill"],
            f"Let {row['skill']} grow more slowly.",
            f"{duration(row['acute_minutes'])} in the last week, where {duration(row['chronic_minutes'])} a week "
            "was usual in the four weeks before.",
        )
        for _, row in sudden.nlargest(3, "ratio").iterrows()
    ]

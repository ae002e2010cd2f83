"""The plan of a randomised experiment of one, and how a plan that was kept as a table is read again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mmlib.errors import MMError, counted, did_you_mean
from mmlib.log.derived import DAY, TIME
from mmlib.stats import schedules

LEVEL = 0.05
"""A plan must be able to reach this p-value."""

CONDITIONS = ("without", "with")
PLAN = {
    "block": "int64",
    **dict.fromkeys(["start", "end"], TIME),
    **dict.fromkeys(["condition", "from_skill", "to_skill"], "str"),
    **dict.fromkeys(["blocks", "block_days", "window_days", "seed"], "int64"),
}


class Schedule(NamedTuple):
    """What a plan says, once: the skills, the first day, the blocks and their seed."""

    to_skill: str
    from_skill: str
    start: pd.Timestamp
    treated: NDArray[np.bool_]
    block_days: int
    window_days: int
    seed: int

    @property
    def days(self) -> int:
        """How many days the plan lasts."""
        return self.treated.size * self.block_days

    @property
    def end(self) -> pd.Timestamp:
        """The last day."""
        return self.start + (self.days - 1) * DAY

    def day(self, start: pd.Series) -> pd.Series:
        """Return on which day of the plan, counted from 0, each session starts; it may be before or after it."""
        return (start.dt.normalize() - self.start).dt.days


def plan_experiment(
    to_skill: str,
    from_skill: str,
    *,
    start: object,
    seed: int,
    weeks: int = 8,
    block_days: int = 7,
    window_days: int = 7,
) -> pd.DataFrame:
    """Return a randomised schedule of blocks with and without a second skill, to show whether it feeds the first.

    Half of the blocks are "with": the second skill is practised every day. In the others it rests. The first skill
    is practised as usual all the time. The order is drawn from all that have no more than three blocks of a kind in
    a row, each as likely as any other, so that whatever else changes in these weeks is not to blame for a
    difference. `experiment_effect` compares the schedule that was followed with those that were not drawn.

    What was practised may take days to show, and last for days. So `experiment_effect` looks at the share of "with"
    among the last `window_days` days, and blocks should be about as long as that: in much shorter ones every window
    holds the same mixture. For something that shows at once, a window of 1 day and blocks of 3 or 4 days detect
    smaller effects.

    Parameters
    ----------
    to_skill, from_skill : str
        The skill that may gain, and the one that may feed it.
    start : date
        The first day, best a Monday.
    seed : int
        The schedule's chance. A schedule is drawn once: to draw until it pleases would undo the randomisation.
    weeks : int, default 8
        How long; days that do not fill two more blocks are left out.
    block_days : int, default 7
        The length of a block.
    window_days : int, default 7
        For how many days practice is thought to show, the day itself included. It is part of the plan, for a
        window that is chosen afterwards fits the chance in the data.

    Returns
    -------
    DataFrame
        One row per block: block (1, 2, …), start, end (its first and last day), condition ("with" or "without"),
        from_skill, to_skill, blocks (how many), block_days, window_days, seed. Columns may be added, but none of these
        changed.

    Raises
    ------
    MMError
        For a plan that could not reach p = 0.05, with what would.

    References
    ----------
    Edgington, E. S. & Onghena, P. (2007). Randomization tests, 4th ed. Chapman & Hall/CRC.
    Kravitz, R. L. & Duan, N. (eds.) (2014). Design and implementation of N-of-1 trials: a user's guide. Agency for
    Healthcare Research and Quality, 13(14)-EHC122-EF.

    Examples
    --------
    >>> plan = plan_experiment("ukulele", "harmonica", start="2026-11-02", seed=1)
    >>> plan[["block", "start", "end", "condition"]].head(3)
       block      start        end condition
    0      1 2026-11-02 2026-11-08   without
    1      2 2026-11-09 2026-11-15   without
    2      3 2026-11-16 2026-11-22      with
    """
    for name, value in {"weeks": weeks, "block_days": block_days, "window_days": window_days}.items():
        if value < 1:
            raise MMError(f"{name}: found {value}, expected at least 1.")
    if to_skill == from_skill:
        raise MMError(f'The plan needs two skills: found "{to_skill}" for both.')
    blocks = weeks * 7 // block_days // 2 * 2
    if blocks < 4 or 2 / schedules.number(blocks) > LEVEL:
        raise MMError(_too_few(weeks, block_days, blocks))
    first = pd.Timestamp(start).tz_localize(None).normalize()
    treated = schedules.drawn(blocks, np.random.default_rng(seed).random((1, blocks)))[0]
    return _table(Schedule(to_skill, from_skill, first, treated, block_days, window_days, seed))


def _too_few(weeks: int, block_days: int, blocks: int) -> str:
    need = next(n for n in range(4, 100, 2) if 2 / schedules.number(n) <= LEVEL)
    ways = schedules.number(blocks) if blocks >= 2 else 1
    least = f"the p-value could not fall below {2 / ways:.2f}" if ways > 2 else "nothing can be told from chance"
    shorter = weeks * 7 // need
    advice = f"block_days of at most {shorter}" if shorter else ""
    longer = f"at least {counted(-(-need * block_days // 7), 'week')}"
    return (
        f"{counted(weeks, 'week')} in blocks of {counted(block_days, 'day')} make {counted(blocks, 'block')}, whose "
        f"order can be drawn in {counted(ways, 'way')}: {least}. To reach {LEVEL} takes {need} blocks: "
        f"{' or '.join(filter(None, [advice, longer]))}."
    )


def _table(schedule: Schedule) -> pd.DataFrame:
    number = np.arange(schedule.treated.size)
    start = schedule.start + pd.to_timedelta(number * schedule.block_days, unit="D")
    table = pd.DataFrame({"block": number + 1, "start": start, "blocks": number.size})
    table["end"] = table["start"] + (schedule.block_days - 1) * DAY
    table["condition"] = np.array(CONDITIONS, dtype=object)[schedule.treated.astype(int)]
    for name in ("from_skill", "to_skill", "block_days", "window_days", "seed"):
        table[name] = getattr(schedule, name)
    return table[list(PLAN)].astype(PLAN)


def checked(plan: pd.DataFrame) -> Schedule:
    """Return what a plan says, also where it was kept as text; refuse one that is not as it was drawn."""
    missing = [name for name in PLAN if name not in plan]
    if missing:
        raise MMError(f"The plan has no column {', '.join(missing)}: expected a table of synergy.plan_experiment.")
    if plan.empty:
        raise MMError("The plan has no blocks: expected a table of synergy.plan_experiment.")
    try:
        dates = {name: pd.to_datetime(plan[name], format="ISO8601").astype(TIME) for name in ("start", "end")}
        table = plan[list(PLAN)].assign(**dates).astype(PLAN).sort_values("block", ignore_index=True)
    except (ValueError, TypeError) as error:
        raise MMError(f"The plan cannot be read: {str(error).splitlines()[0]}. Dates are written 2026-11-02.") from None
    one = table.iloc[0]
    first = [one[name] for name in ("to_skill", "from_skill", "start")]
    lengths = [int(one[name]) for name in ("block_days", "window_days", "seed")]
    if len(table) != one["blocks"] or len(table) % 2 or min(lengths[:2]) < 1:
        raise MMError(f"The plan has {len(table)} of its {one['blocks']} blocks. {_as_drawn(lengths[2])}")
    treated = schedules.drawn(len(table), np.random.default_rng(lengths[2]).random((1, len(table))))[0]
    schedule = Schedule(*first, treated, *lengths)
    for name in PLAN:
        changed = table[name] != _table(schedule)[name]
        if changed.any():
            row = table[changed].iloc[0]
            raise MMError(
                f'The plan, block {row["block"]}: {name} was changed to "{row[name]}". {_as_drawn(lengths[2])}'
            )
    return schedule


def _as_drawn(seed: int) -> str:
    return f"A plan is followed as it was drawn (seed {seed}): mend it, and note in the log what came in between."


def known(log: pd.DataFrame, *names: str) -> None:
    """Refuse skills that the log does not know."""
    skills = sorted(set(log["skill"]))
    for skill in names:
        if skills and skill not in skills:
            raise MMError(f'No skill "{skill}" in the log. {did_you_mean(skill, skills)}')

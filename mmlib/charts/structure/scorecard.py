"""The six-part scorecard: which parts of a micromastery each skill has, as far as card and practice show."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mmlib.charts.layout import LABEL_SIZE, WIDTH, canvas, nothing, row_labels, tiles, titled
from mmlib.charts.style import ACCENT, BAD, INK, MUTED, PANEL, RULE, styled
from mmlib.errors import counted
from mmlib.words import capital, listed

MOST_ROWS = 18
WEAK = 0.5
SIZE = 0.84, 0.17
LEAST = 0.025  # of a bar, so that it is seen
UNWRITTEN, CARD_ONLY = "unwritten", "card only"
PARTS = {
    "entry_trick": "entry\ntrick",
    "rub_pat_barrier": "rub-pat\nbarrier",
    "background_support": "background\nsupport",
    "payoff": "\npayoff",
    "repeatability": "repeat-\nability",
    "experimental_possibilities": "room to\nexperiment",
}
NAMES = {
    "entry_trick": "the entry trick", "rub_pat_barrier": "the rub-pat barrier",
    "background_support": "background support", "payoff": "the payoff", "repeatability": "repeatability",
    "experimental_possibilities": "room to experiment",
}  # fmt: skip


@styled
def scorecard(scorecard: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw the score of each skill on each of the six parts of a micromastery.

    Parameters
    ----------
    scorecard : DataFrame
        What `structure.scorecard` returned: skill, part, score from 0 to 1 or NaN where not known; card and
        practice, if there, mark what rests on the card alone and what the card leaves unwritten.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["omelette"] * 2, "part": ["entry_trick", "payoff"], "score": [0.9, 0.4]})
    >>> scorecard(table).finding
    'The payoff is the weakest part: 0.40 of 1'
    """
    known = scorecard[scorecard["part"].isin(PARTS)]
    if known.empty:
        return nothing(ax, "There is no scorecard to show: there are no skills yet.")
    grid = known.pivot_table(index="skill", columns="part", values="score", aggfunc="mean", dropna=False, sort=False)
    grid = grid.reindex(index=known["skill"].drop_duplicates(), columns=list(PARTS))
    marks = {(skill, part): mark for skill, part, mark in _marks(known)}
    silent = grid.notna().sum(axis=1) < 2
    grid, left_out = grid[~silent], int(silent.sum())
    if grid.empty:
        return nothing(ax, "There is no scorecard to show: write the six parts of a skill into skills.toml.")
    alone = pd.Series([_alone(skill, marks) for skill in grid.index], index=grid.index, dtype=bool)
    order = pd.DataFrame({"alone": alone, "mean": -grid.mean(axis=1)}).sort_values(["alone", "mean"], kind="stable")
    grid = grid.loc[order.index]
    shown = grid.head(MOST_ROWS)
    ax = canvas(ax, 0.36 * len(shown) + 0.5)
    _cells(ax, shown, marks)
    row_labels(ax, list(shown.index), width=WIDTH * 72 * 0.27)
    ax.set_xlim(-0.5, len(PARTS) - 0.5)
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(PARTS)), PARTS.values(), linespacing=1.0, va="bottom")
    ax.grid(False)
    drawn = {marks.get((skill, part)) for skill in shown.index for part in PARTS}
    _words(ax, grid, len(shown), left_out, drawn)
    return ax


def _marks(known: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return for each score whether the card alone speaks for it, or leaves it unwritten."""
    if not {"card", "practice"} <= set(known):
        return []
    marks = np.where(known["card"] == 0, UNWRITTEN, np.where(known["practice"].isna(), CARD_ONLY, ""))
    return list(zip(known["skill"], known["part"], marks, strict=True))


def _alone(skill: str, marks: dict[tuple[str, str], str]) -> bool:
    """Return whether all that is known of a skill stands on its card: nothing of it has been seen yet."""
    return bool(marks) and all(marks.get((skill, part)) in (CARD_ONLY, UNWRITTEN) for part in PARTS)


def _cells(ax: Axes, shown: pd.DataFrame, marks: dict[tuple[str, str], str]) -> None:
    """Draw each score as its number above a bar that is filled so far; what is not known as an empty outline."""
    alike: dict[tuple[str, str], list[tuple[float, float, float]]] = defaultdict(list)
    for y, (skill, scores) in enumerate(shown.iterrows()):
        for x, (part, score) in enumerate(scores.items()):
            mark, known, left = marks.get((skill, part), ""), not np.isnan(score), x - 0.42
            color = RULE if not known else BAD if score < WEAK else ACCENT
            if known and mark != CARD_ONLY:
                alike[PANEL, "none"].append((left, y, 1))
                alike[color, "none"].append((left, y, max(score, LEAST)))
            else:
                alike["none", color].append((left, y, max(score, LEAST) if known else 1))
            words = _score(score) + "*" * (mark == UNWRITTEN) if known else "?"
            ax.text(left, y - 0.02, words, ha="left", va="center", color=INK if known else MUTED, size=LABEL_SIZE,
                    in_layout=False)  # fmt: skip
    for (face, edge), bars in alike.items():
        left, row, filled = np.transpose(bars)
        sizes = np.column_stack([SIZE[0] * filled, np.full(len(bars), SIZE[1])])
        line = 0 if edge == "none" else 0.9 if edge == RULE else 1.2
        tiles(ax, np.column_stack([left, row + 0.2]), sizes, facecolor=face, edgecolor=edge, lw=line)


def _score(value: float) -> str:
    return f"{value:.2f}"


def _words(ax: Axes, grid: pd.DataFrame, shown: int, left_out: int, marks: set[str | None]) -> None:
    means, counts = grid.mean().dropna(), grid.notna().sum()
    unknown = int(grid.isna().to_numpy().sum())
    weakest = [part for part in means.index if means[part] < means.min() + 0.005]
    over = f" on average over {counts[weakest[0]]} skills" if counts[weakest[0]] > 1 else ""
    which = f"{capital(listed(NAMES[part] for part in weakest))} {'is' if len(weakest) == 1 else 'are'} the weakest"
    which = f"{len(weakest)} of the 6 parts are equally weak" if len(weakest) > 2 else which
    which += " part" if len(weakest) == 1 else " parts" if len(weakest) == 2 else ""
    title = f"{which}: {_score(means.min())} of 1{over}"
    if (means >= 0.995).all():
        title = "All six parts are in place in every skill with a score"
    few = f"; the first {shown} of {len(grid)} skills" if shown < len(grid) else ""
    every = listed(f"{NAMES[part]} {_score(mean)}" for part, mean in means.items())
    weak = int((grid < WEAK).to_numpy().sum())
    reading = (
        "Each bar is filled as far as the skill's card and its practice show that part to be there: 0 is absent, "
        f"1 fully there. {_below(weak)}"
    )
    reading += f"; a question mark means not known ({counted(unknown, 'case')})." if unknown else "."
    notes = {CARD_ONLY: "Hollow: the card alone; the log cannot tell yet", UNWRITTEN: "* The card leaves it unwritten"}
    footnote = ". ".join(words for mark, words in notes.items() if mark in marks)
    if left_out:
        reading += f" {counted(left_out, 'skill')} with one part known, or none: left out."
    titled(
        ax, title, f"Score of each skill on the six parts of a micromastery, from 0 to 1{few}",
        alt_text=f"{title}." + (f" Means: {every}." if every else ""), reading=reading,
        footnote=footnote,
    )  # fmt: skip


def _below(weak: int) -> str:
    if weak == 0:
        return "No score is below 0.5"
    return f"{counted(weak, 'score')} {'is' if weak == 1 else 'are'} below 0.5 (orange-red)"

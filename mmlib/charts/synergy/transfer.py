"""The matrix of transfer: which skill goes better or worse after more of which other."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mmlib.charts.layout import LABEL_SIZE, WIDTH, canvas, nothing, row_labels, titled, wrapped
from mmlib.charts.letters import text_width
from mmlib.charts.style import ACCENT, BAD, INK, MUTED, PANEL, RULE, styled
from mmlib.charts.synergy import pairs
from mmlib.errors import counted
from mmlib.words import capital, listed

MOST_SKILLS, MOST_NUMBERED, FEWEST_COLUMNS, MOST_APART = 27, 12, 6, 8
LONGEST = WIDTH * 72 * 0.25  # points for a name
PALEST, DEEPEST = 0.28, 0.62
"""How opaque the colour of a small and of the largest estimate is; numbers stay legible on both."""

NO_SKILLS = "There is no transfer to show: it takes two skills with scored trials."


@styled
def transfer(transfer: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw which skills go better or worse after more of which others: of all pairs tested, those that stand out.

    Parameters
    ----------
    transfer : DataFrame
        What `synergy.transfer` returned, for one learner.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    MMError
        For a table of several learners.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "learner": "ada", "from_skill": ["harmonica", "ukulele"], "to_skill": ["ukulele", "harmonica"],
    ...     "estimate": [0.9, 0.1], "low": [0.5, -0.4], "high": [1.3, 0.6], "p_value": [0.0001, 0.7],
    ...     "q_value": [0.0002, 0.7], "n": [110, 90], "per": "hour", "window_days": 7,
    ...     "verdict": ["better after more", "none found"], "reason": ""})
    >>> transfer(table).finding
    'Of 2 pairs tested, 1 stands out: ukulele goes better after more harmonica'
    """
    table = pairs.of_one_learner(transfer)
    if table.empty:
        return nothing(ax, NO_SKILLS)
    known, found = pairs.estimated(table), pairs.surviving(table)
    if known.empty:
        return nothing(ax, f"No pair of skills could be tested for transfer{_commonest(table)}.")
    names = _skills(known, found)
    shown = names[:MOST_SKILLS]
    ax = canvas(ax, _height(shown))
    _cells(ax, shown, table, found)
    _labels(ax, shown)
    _matrix_words(ax, table, found, (names, shown))
    return ax


def _commonest(table: pd.DataFrame) -> str:
    """Return the reason that most pairs have, as the end of a sentence."""
    reasons = table["reason"][table["reason"].fillna("") != ""] if "reason" in table else table.head(0)
    if reasons.empty:
        return ""
    same = len(set(reasons)) == 1
    return f"{':' if same else ': mostly'} {reasons.value_counts().idxmax()}"


def _skills(known: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    """Return the skills of the pairs tested, in alphabetical order; of too many, those that stand out come first."""
    names = sorted({*known["from_skill"], *known["to_skill"]}, key=str.casefold)
    if len(names) <= MOST_SKILLS:
        return names
    part = pd.concat([found["from_skill"], found["to_skill"]]).value_counts()
    times = pd.concat([known["from_skill"], known["to_skill"]]).value_counts()
    order = sorted(names, key=lambda name: (-part.get(name, 0), -times.get(name, 0)))
    return [*sorted(order[:MOST_SKILLS], key=str.casefold), *order[MOST_SKILLS:]]


def _height(names: list[str]) -> float:
    """Return inches enough for the rows, and for the names above the columns."""
    row = 0.36 if len(names) <= MOST_NUMBERED else 0.185
    return row * len(names) + 0.25 + _tallest(names) / 72


def _tallest(names: list[str]) -> float:
    return max(text_width(name, LABEL_SIZE) for name in _short(names))


def _short(names: list[str]) -> list[str]:
    return [wrapped(name, LONGEST, size=LABEL_SIZE, most=1)[0] for name in names]


def _cells(ax: Axes, names: list[str], table: pd.DataFrame, found: pd.DataFrame) -> None:
    place = {name: i for i, name in enumerate(names)}
    rows = table[table["from_skill"].isin(names) & table["to_skill"].isin(names)]
    clear = {(row["from_skill"], row["to_skill"]) for _, row in found.iterrows()}
    most = found["estimate"].abs().max()
    numbered = len(names) <= MOST_NUMBERED
    for row in rows.to_dict("records"):
        y, x = place[row["from_skill"]], place[row["to_skill"]]
        if (row["from_skill"], row["to_skill"]) not in clear:
            _pale(ax, x, y, known=pd.notna(row["estimate"]))
            continue
        color = ACCENT if row["estimate"] > 0 else BAD
        alpha = (PALEST + (DEEPEST - PALEST) * abs(row["estimate"]) / most) / (1 if numbered else DEEPEST)
        ax.add_patch(Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, facecolor=color, alpha=alpha, lw=0))
        if numbered:
            ax.text(x, y, pairs.short(row["estimate"]), ha="center", va="center", color=INK, size=LABEL_SIZE)


def _pale(ax: Axes, x: int, y: int, *, known: bool) -> None:
    """Draw a pair in which nothing was found as a pale square, one that could not be tested as a small cross."""
    if known:
        ax.add_patch(Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, facecolor=PANEL, lw=0))
    else:
        ax.plot([x], [y], "x", color=RULE, ms=3.5, mew=1.0)


def _labels(ax: Axes, names: list[str]) -> None:
    row_labels(ax, names, width=LONGEST)
    if len(names) > MOST_NUMBERED:
        ax.set_yticks(range(len(names)), _short(names))
    ax.set_xlim(-0.5, max(len(names), FEWEST_COLUMNS) - 0.5)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(names)), _short(names), rotation=90, va="bottom", ha="center", color=INK)
    ax.tick_params(axis="x", labelsize=LABEL_SIZE, pad=2)
    ax.grid(False)
    corner = "how → went,\nafter more ↓"
    ax.annotate(corner, (0, 1), xytext=(-8, 3), xycoords="axes fraction", textcoords="offset points", ha="right",
                va="bottom", size=LABEL_SIZE, color=MUTED, linespacing=1.0)  # fmt: skip


def _matrix_words(ax: Axes, table: pd.DataFrame, found: pd.DataFrame, names: tuple[list[str], list[str]]) -> None:
    n, untested, shown = len(pairs.estimated(table)), int(table["estimate"].isna().sum()), names[1]
    drawn = table["from_skill"].isin(shown) & table["to_skill"].isin(shown)
    title = pairs.finding(found, n)
    subtitle = f"How each skill went after more practice of another in the {pairs.before(table)}"
    key = ["blue: better"] if (found["estimate"] > 0).any() else []
    key += ["orange-red: worse"] if (found["estimate"] < 0).any() else []
    key += [f"number: SD per {pairs.per(found)}"] if len(found) and len(shown) <= MOST_NUMBERED else []
    key += ["pale: nothing found"] + (
        ["cross: too little overlap to test"] if table.loc[drawn, "estimate"].isna().any() else []
    )
    subtitle += f" ({'; '.join(key)})"
    told = [f"{pairs.clause(row)}, {pairs.size(row)}" for _, row in found.head(20).iterrows()]
    alt = f"{title}." + (f" {capital('; '.join(told))}." if told else "")
    alt += f" {counted(untested, 'pair')} could not be tested." if untested else ""
    titled(
        ax, title, subtitle, alt_text=alt, reading=_reading(found, n, table), footnote=_footnote(table, found, names)
    )


def _reading(found: pd.DataFrame, n: int, table: pd.DataFrame) -> str:
    chance = 0.05 * n
    many = f"Of {n} such comparisons about {chance:.0f} would have p ≤ 0.05 by chance alone" if n >= 20 else ""
    unit = (
        f"The number is the change for each {pairs.per(table)} of the other skill, in standard deviations (SD) of the "
        "skill's own ups and downs from day to day, around its learning curve. "
    )
    start = unit if len(found) else ""
    start += f"{many}, so only those are coloured" if many else "Only those pairs are coloured"
    start += " whose false discovery rate is at most 10%: of ten such pairs about one may be chance. "
    if found.empty:
        start += "Here no pair is, which does not show that there is no transfer: it may be too small to be seen. "
    return start + "It is an association, not an effect: what lets one practise more may also let one do better."


def _footnote(table: pd.DataFrame, found: pd.DataFrame, names: tuple[list[str], list[str]]) -> str:
    (every, shown), parts = names, []
    if len(shown) > MOST_NUMBERED and len(found):
        best = [f"{row['from_skill']} → {row['to_skill']} {pairs.short(row['estimate'])}"
                for _, row in found.head(5).iterrows()]  # fmt: skip
        parts.append(f"{'The clearest' if len(found) > 5 else 'Change'} in SD per {pairs.per(found)}: {listed(best)}")
    if len(every) > len(shown):
        parts.append(f"{len(every) - len(shown)} of {len(every)} skills are not drawn, but are counted")
    apart = sorted({*table["from_skill"], *table["to_skill"]} - set(every), key=str.casefold)
    some = apart if len(apart) <= MOST_APART else [*apart[: MOST_APART - 1], f"{len(apart) - MOST_APART + 1} others"]
    parts += [f"Too little overlap with any other skill: {listed(some)}"] if apart else []
    return ". ".join(parts)

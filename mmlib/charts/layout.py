"""Where things stand on a chart: its title, its rows and its labels."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from numpy.typing import ArrayLike

from mmlib.charts.letters import fits, measure, text_width
from mmlib.charts.panels import Panels
from mmlib.charts.style import ACCENT, BOLD, INK, MUTED, RULE, TARGET, plain

WIDTH = 6.2  # inches: nearly the text column of an A4 page, and narrow enough for type to be read on a phone
DRAWN = 0.985  # of the width: labels on the right keep off the edge
ROW = 0.32
ALONE = 3.1  # inches: a panel that has the whole width
MOST_ROWS = 15
TITLE_SIZE, SUBTITLE_SIZE, LABEL_SIZE = 15, 11.5, 11
SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
STEPS = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]


def canvas(ax: Axes | None, height: float) -> Axes:
    """Return the Axes to draw on: the user's own, or a new figure's with so many inches below the title."""
    return panels(1, 1, height)[0, 0] if ax is None else ax


def panels(rows: int, columns: int, height: float) -> np.ndarray:
    """Return the Axes of a new figure of small multiples with so many inches below the title."""
    figure = plt.figure(figsize=(WIDTH, height), layout=Panels(wspace=0.03, hspace=0.06))
    axes = figure.subplots(rows, columns, squeeze=False)
    figure.mm_height = height
    return axes


def small_multiples(n: int, columns: int, row: float) -> np.ndarray:
    """Return the Axes of n panels in so many columns, each row as many inches high; places left over stay empty."""
    rows = -(-n // columns)
    axes = panels(rows, columns, ALONE if columns == 1 else row * rows)
    for ax in axes.flat[n:]:
        ax.set_axis_off()
    return axes


def lowest(axes: np.ndarray, n: int) -> np.ndarray:
    """Return the lowest of n panels in each column: these name the scale that all share."""
    return axes.flat[max(n - axes.shape[1], 0) : n]


def titled(
    ax: Axes | np.ndarray, title: str, subtitle: str, *, alt_text: str = "", reading: str = "", footnote: str = ""
) -> None:
    """Write the finding and what is drawn above a chart, and keep its words for those who cannot see it.

    Parameters
    ----------
    ax : Axes or array of Axes
        The chart; several Axes share one title.
    title, subtitle, footnote : str
        The finding, what is drawn, and what could not be; long ones are wrapped.
    alt_text, reading : str
        The finding with its numbers; how to read the chart and what it says. Kept as attributes of the Axes,
        with the title as `finding`.
    """
    axes = list(np.atleast_1d(np.asarray(ax, dtype=object)).flat)
    for each in axes:
        each.finding, each.alt_text, each.reading = title, alt_text or title, reading
    if hasattr(axes[0].figure, "mm_height"):
        _figure_header(axes[0].figure, title, subtitle, footnote)
    else:
        _axes_header(axes[0], title, f"{subtitle}. {footnote}" if footnote else subtitle)


def _figure_header(figure: Figure, title: str, subtitle: str, footnote: str) -> None:
    texts = [figure.suptitle("", x=0, ha="left", va="top", size=TITLE_SIZE, weight=BOLD, color=INK)]
    texts += [figure.text(0, 1, "", ha="left", va="top", size=SUBTITLE_SIZE, color=MUTED) for _ in range(2)]
    heights = []
    for text, words in zip(texts, (title, subtitle, footnote), strict=True):
        text.set_text("\n".join(wrapped(words, WIDTH * 72 * 0.98, size=text.get_size(), weight=text.get_weight())))
        text.set(in_layout=False, linespacing=1.15)
        heights.append(text.get_window_extent(measure(figure.dpi)).height / figure.dpi if words else 0)
    header, footer = heights[0] + heights[1] + 0.2, heights[2] + 0.12 if footnote else 0
    total = figure.mm_height + header + footer
    figure.set_size_inches(WIDTH, total)
    texts[0].set_y(1 - 0.02 / total)
    texts[1].set_y(1 - (heights[0] + 0.08) / total)
    texts[2].set_y((heights[2] + 0.02) / total)
    figure.get_layout_engine().set(rect=(0, footer / total, DRAWN, figure.mm_height / total))


def _axes_header(ax: Axes, title: str, subtitle: str) -> None:
    width = ax.get_window_extent().width * 72 / ax.figure.dpi
    lines = wrapped(subtitle, width, size=SUBTITLE_SIZE)
    ax.annotate("\n".join(lines), (0, 1), xytext=(0, 8), xycoords="axes fraction", textcoords="offset points",
                ha="left", va="bottom", size=SUBTITLE_SIZE, color=MUTED, linespacing=1.15)  # fmt: skip
    above = 12 + len(lines) * SUBTITLE_SIZE * 1.35
    heading = "\n".join(wrapped(title, width, size=TITLE_SIZE, weight=BOLD))
    ax.set_title(heading, loc="left", pad=above, size=TITLE_SIZE, weight=BOLD, color=INK)


def nothing(ax: Axes | None, sentence: str) -> Axes:
    """Return a chart with no data: one sentence that says what is missing and why."""
    lines = wrapped(sentence, WIDTH * 72 * 0.95, size=SUBTITLE_SIZE)
    ax = canvas(ax, 0.3 * len(lines))
    ax.set_axis_off()
    ax.text(0, 0.5, "\n".join(lines), va="center", color=MUTED, size=SUBTITLE_SIZE, transform=ax.transAxes)
    ax.finding, ax.alt_text, ax.reading, ax.is_empty = sentence, sentence, "", True
    return ax


def wrapped(text: object, width: float, *, size: float, weight: int = 400, most: int = 99) -> list[str]:
    """Return drawable text in lines no wider than `width` points; what `most` lines do not hold ends in "…"."""
    lines = [""]
    for word in plain(text).split(" "):
        line = f"{lines[-1]} {word}".strip()
        if fits(line, width, size, weight):
            lines[-1] = line
            continue
        if lines[-1]:
            lines.append("")
        pieces = _broken(word, width, size, weight)
        lines[-1:] = pieces
    if len(lines) > most:
        last = lines[most - 1]
        while last and not fits(last + "…", width, size, weight):
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip(" ,;.\\") + "…"]
    return lines


def _broken(word: str, width: float, size: float, weight: int) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and letter != "$" and not fits(pieces[-1] + letter, width, size, weight):
            pieces.append("")
        pieces[-1] += letter
    return pieces


def row_labels(ax: Axes, names: Sequence[object], *, width: float = 150) -> None:
    """Name the rows of a chart from the top down, in a column that begins at the figure's left edge."""
    labels = ["\n".join(wrapped(name, width, size=LABEL_SIZE, most=2)) for name in names]
    column = max(text_width(line, LABEL_SIZE) for label in labels for line in label.split("\n"))
    ax.set_yticks(range(len(labels)), labels, color=INK, ha="left", va="center", linespacing=1.0)
    ax.tick_params(axis="y", pad=column + 10, labelsize=LABEL_SIZE, labelcolor=INK)
    ax.set_ylim(len(labels) - 0.45, -0.55)
    ax.grid(False, axis="y")


def note(ax: Axes, x: float, y: float, words: str, **kwargs: object) -> Text:
    """Write a label at a point of the chart, a little to its right unless `ha` or `dx`, `dy` say otherwise."""
    offset = (kwargs.pop("dx", 5), kwargs.pop("dy", 0))
    look = {"ha": "left", "va": "center", "size": LABEL_SIZE, "color": MUTED, "annotation_clip": False} | kwargs
    return ax.annotate(words, (x, y), xytext=offset, textcoords="offset points", **look)


def column(ax: Axes, words: Sequence[str], *, color: str = MUTED) -> None:
    """Write one label per row to the right of the chart."""
    for y, label in enumerate(words):
        ax.annotate(label, (1, y), xytext=(8, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
                    ha="left", va="center", size=LABEL_SIZE, color=color, annotation_clip=False)  # fmt: skip


def intervals(ax: Axes, table: pd.DataFrame, *, offset: float = 0.0, color: str = ACCENT) -> None:
    """Draw each row's estimate as a dot and its interval as a bar, one row below the other."""
    rows = np.arange(len(table)) + offset
    ax.hlines(rows, table["low"], table["high"], color=color, lw=3, alpha=0.45, capstyle="round")
    ax.plot(table["estimate"], rows, "o", color=color, ms=7.5)


def few(shown: int, n: int) -> str:
    """Return the end of a subtitle that says that not all skills are drawn, where that is so."""
    return f"; the first {shown} of {n} skills" if n > shown else ""


def tile(ax: Axes, x: float, y: float, size: tuple[float, float], **look: object) -> None:
    """Draw a rectangle on a chart that sets its own limits; of many, neither these nor the layout need ask."""
    tiles(ax, [(x, y)], size, **look)


def tiles(ax: Axes, corners: ArrayLike, sizes: ArrayLike, **look: object) -> None:
    """Draw rectangles that look alike, of one size or each of its own, as one shape."""
    if len(corners):
        sides = np.broadcast_to(np.asarray(sizes, float), (len(corners), 2))
        places = np.asarray(corners, float)[:, None] + SQUARE * sides[:, None]
        path = Path(places.reshape(-1, 2), STEPS * len(corners))
        ax.add_artist(PathPatch(path, in_layout=False, **look))


def zero_line(ax: Axes) -> None:
    """Mark where nothing changes."""
    ax.axvline(0, color=RULE, lw=1.2, zorder=0.9)


def target_line(ax: Axes, y: float) -> None:
    """Mark where the learner wants to be."""
    ax.axhline(y, color=TARGET, lw=1.4, ls=(0, (4, 3)), zorder=1.5)


def fold(table: pd.DataFrame, values: Sequence[str], *, most: int) -> pd.DataFrame:
    """Return the first rows, and the sum of all others in one row named for how many they are.

    Examples
    --------
    >>> table = pd.DataFrame({"skill": ["a", "b", "c"], "minutes": [30.0, 20.0, 10.0]})
    >>> fold(table, ["minutes"], most=2)["skill"].to_list()
    ['a', '2 others']
    """
    if len(table) <= most:
        return table.reset_index(drop=True)
    kept, rest = table.iloc[: most - 1], table.iloc[most - 1 :]
    others = {table.columns[0]: f"{len(rest)} others"} | rest[list(values)].sum(min_count=1).to_dict()
    return pd.concat([kept, pd.DataFrame([others])], ignore_index=True)

"""Where the Axes of a figure stand: panels of one size, with room around them for what is written there."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine

from mmlib.charts.letters import measure

PAD = 0.02  # inches around each panel and what is written at it
TIMES = 2


class Panels(LayoutEngine):
    """Give all panels of a regular grid the same size, the largest that leaves room for their labels.

    The same rule as matplotlib's constrained layout for a plain grid, which works out every text's place twice.
    Here once is enough, unless the new size has changed the ticks. `rect` (left, bottom, width, height), `wspace`
    and `hspace` are shares of the figure.
    """

    _adjust_compatible = False
    _colorbar_gridspec = False

    def __init__(self, *, wspace: float, hspace: float) -> None:
        super().__init__()
        self.set(rect=(0, 0, 1, 1), wspace=wspace, hspace=hspace)

    def set(self, **params: Any) -> None:
        """Set any of `rect`, `wspace` and `hspace`."""
        self._params |= params

    def execute(self, fig: Figure) -> None:
        """Put the figure's panels in their places."""
        axes = [ax for ax in fig.axes if ax.get_subplotspec() is not None and ax.get_in_layout()]
        ticks = _ticks(axes)
        for _ in range(TIMES if axes else 0):
            self._place(fig, axes)
            before, ticks = ticks, _ticks(axes)
            if all(map(np.array_equal, before, ticks)):
                return

    def _place(self, figure: Figure, axes: list[Axes]) -> None:
        rows, columns = axes[0].get_gridspec().get_geometry()
        renderer, to_figure = measure(figure.dpi), figure.transFigure.inverted()
        # By side of the panels (low, high) and column or row, from the left and from the top.
        across, down = np.zeros((2, columns)), np.zeros((2, rows))
        for ax in axes:
            panel, drawn = ax.get_position(original=True), ax.get_tightbbox(renderer, for_layout_only=True)
            around = panel if drawn is None else drawn.transformed(to_figure)
            row, column = ax.get_subplotspec().rowspan.start, ax.get_subplotspec().colspan.start
            across[:, column] = np.maximum(across[:, column], (panel.x0 - around.x0, around.x1 - panel.x1))
            down[:, row] = np.maximum(down[:, row], (around.y1 - panel.y1, panel.y0 - around.y0))
        left, bottom, width, height = self._params["rect"]
        size = figure.get_size_inches()
        width, lefts = _spread(across, width, PAD / size[0], self._params["wspace"])
        height, tops = _spread(down, height, PAD / size[1], self._params["hspace"])
        if width <= 0 or height <= 0:  # labels longer than the figure: it is left as it is
            return
        top = bottom + self._params["rect"][3]
        for ax in axes:
            x, y = lefts[ax.get_subplotspec().colspan.start], tops[ax.get_subplotspec().rowspan.start]
            ax.set_position([left + x, top - y - height, width, height])
            ax.set_in_layout(True)  # setting a place by hand has taken it out


def _spread(margins: np.ndarray, whole: float, pad: float, space: float) -> tuple[float, np.ndarray]:
    """Return the size of a panel along one direction, and where each begins."""
    n = margins.shape[1]
    margins = margins + pad
    between = max(space / 2 / n - pad, 0)
    margins[0, 1:] += between
    margins[1, :-1] += between
    size = (whole - margins.sum()) / n
    return size, np.cumsum(margins[0] + size + np.append(0, margins[1, :-1])) - size


def _ticks(axes: list[Axes]) -> list[np.ndarray]:
    return [axis.get_majorticklocs() for ax in axes for axis in (ax.xaxis, ax.yaxis) if ax.axison]

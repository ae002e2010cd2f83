"""What a widget leaves behind where no kernel answers: a picture of itself in the notebook's own output."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from mmlib.charts import DARK, alt_text, svg

SVG = "image/svg+xml"


@dataclass(frozen=True)
class Picture:
    """A chart as SVG text, with its description for those who cannot see it."""

    svg: str
    alt: str


def picture(figure: Figure, *, dpi: int = 220, outlined: bool = True) -> Picture:
    """Return a figure as a picture, and close it: a notebook would otherwise show it once more.

    Parameters
    ----------
    figure : Figure
        Of a chart of this suite (`ax.figure`), or one of your own whose Axes have an `alt_text`.
    dpi : int
        How finely a cloud of very many dots is drawn, which is an image inside the drawing.
    outlined : bool
        Letters as outlines, or as text, for a page that brings the charts' fonts.

    Returns
    -------
    Picture
        The drawing and the alt text. A drawing that stands inside a page tells a screen reader its text itself.

    Examples
    --------
    >>> figure, ax = plt.subplots()
    >>> ax.alt_text = "Ada practised on 24 of the 31 days of October 2026."
    >>> picture(figure).alt
    'Ada practised on 24 of the 31 days of October 2026.'
    """
    alt = alt_text(figure)
    drawn = svg(figure, dpi=dpi, outlined=outlined)
    drawing = re.sub(r"(?s)^.*?(?=<svg\b)|<metadata>.*?</metadata>\s*", "", drawn, count=2)
    plt.close(figure)
    return Picture(drawing.replace("<svg", f'<svg role="img" aria-label="{html.escape(alt)}"', 1), alt)


class Pictured:
    """A widget that leaves a static picture; mixed in before the widget's own class.

    A report, nbconvert and GitHub show the picture; JupyterLab shows the living widget, and so does any page that
    holds the widget's state.

    Examples
    --------
    >>> from ipywidgets import HTML
    >>> class Greeting(Pictured, HTML):
    ...     def still(self):
    ...         return f"<p>{self.value}</p>"
    >>> Greeting("Good morning")._repr_mimebundle_()[0]["text/html"]
    '<p>Good morning</p>'
    """

    def still(self) -> str | Picture:
        """Return the picture: a chart, or HTML without scripts and styles."""
        raise NotImplementedError(f"{type(self).__name__} has no still picture.")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        if bundle is None:  # a widget without a view
            return None
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        shown = self.still()
        if isinstance(shown, str):
            return {**data, "text/html": shown}, metadata
        return {**data, SVG: shown.svg}, {**metadata, SVG: {"alt": shown.alt, "dark": DARK}}

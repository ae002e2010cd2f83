"""Make the README's pictures from the sample: the first page of a report, and the learning curves."""

from __future__ import annotations

import tempfile
from pathlib import Path

import matplotlib as mpl
import pypdfium2
from PIL import Image

import mmlib as mm
from mmlib.reports.monthly import monthly

IMAGES = Path(__file__).parent / "images"
SAMPLE = Path(__file__).parent.parent / "data" / "sample"


def save(picture: Image.Image, name: str) -> None:
    """Write a picture small enough for a repository: 128 colours are plenty for charts and type."""
    IMAGES.mkdir(exist_ok=True)
    few = picture.convert("RGB").quantize(128, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(IMAGES / name, optimize=True)


def report_page(folder: Path) -> None:
    """Save the first page of the sample learner's report."""
    pdf = monthly(SAMPLE, learner="ada", month="2026-10", out=folder, formats=["pdf"], progress=False).paths["pdf"]
    document = pypdfium2.PdfDocument(pdf)
    save(document[0].render(scale=1.3).to_pil(), "report.png")
    document.close()


def learning_curves(folder: Path) -> None:
    """Save the learning curves of the sample learner."""
    mpl.use("agg")
    log = mm.load(SAMPLE, learner="ada", until="2026-10-31").log
    points = mm.payoff.curve_points(log, mm.payoff.learning_curves(log))
    axes = mm.charts.learning_curves(points, since="2026-10-01")
    axes.flat[0].figure.savefig(folder / "curves.png", dpi=110, facecolor="white")
    save(Image.open(folder / "curves.png"), "learning-curves.png")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        report_page(Path(name))
        learning_curves(Path(name))

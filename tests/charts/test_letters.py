"""Texts on charts: lines are no wider than they may be, and none is broken sooner than it must."""

from itertools import pairwise

import pytest
from matplotlib import rc_context
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from mmlib.charts.layout import wrapped
from mmlib.charts.style import FAMILY, use_style

TEXTS = [
    "Ukulele is narrow and sudden: 52% of the time of the last 28 days, hardly ever varied; 6 h 45 min in 7 days",
    "WWW AV To fi ffl ,,, ;;; iiiiiiiii mmmmmmmmm “quoted” words – and a dash, 12,345.67 a minute (95% interval)",
    "Wörter mit Umlauten, ĳ, ŵ and Ελληνικά, кириллица, in one line of text after another until it is full and more",
    "costs $5 and $6, or a skill_with_a_name_that_is_longer_than_any_line_of_a_narrow_chart_could_ever_be",
]


def exact(line, size, weight):
    font = FontProperties(family=[FAMILY, "DejaVu Sans"], size=size, weight=weight)
    return TextToPath().get_text_width_height_descent(line.replace(r"\$", "$"), font, ismath=False)[0]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("size", "weight"), [(10.5, 400), (11, 400), (15, 700)])
def test_lines_fill_their_width_and_no_more(text, size, weight):
    with rc_context():
        use_style()
        for width in range(80, 440, 7):
            lines = wrapped(text, width, size=size, weight=weight)
            assert all(exact(line, size, weight) <= width for line in lines)
            for line, after in pairwise(lines):
                word = after.split(" ")[0]
                assert exact(f"{line} {word}", size, weight) > width * 0.95 or "_" in word

"""The fonts that reports are set in: those of the charts, under the name "Report"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent.parent / "charts" / "fonts"
WEIGHTS = {"light": 300, "regular": 400, "medium": 500, "semibold": 600, "bold": 700}


def font_faces(folder: Path = FONTS) -> str:
    """Return @font-face rules for the family "Report" from a folder of fonts named like Family-SemiBold.ttf."""
    faces = []
    for file in sorted(folder.glob("*.ttf")):
        slant = "italic" if "italic" in _style(file.stem) else "normal"
        faces.append(
            f'@font-face{{font-family:"Report";font-weight:{weight(file.stem)};font-style:{slant};'
            f'src:url("{file.resolve().as_uri()}")}}'
        )
    return "\n".join(faces)


def weight(name: str) -> int:
    """Return the weight of a font as CSS counts it.

    Examples
    --------
    >>> weight("SourceSansPro-Semibold")
    600
    """
    return WEIGHTS.get(_style(name).replace("italic", "") or "regular", 400)


def _style(name: str) -> str:
    return name.rpartition("-")[2].lower()


class Glyph(NamedTuple):
    """What a glyph stands for, more than one letter where it is a ligature, and its width as a share of the size."""

    text: str
    width: float


@cache
def glyphs(name: str) -> dict[int, Glyph]:
    """Return the glyphs of one of our fonts by their numbers; nothing for a font that is not ours.

    Examples
    --------
    >>> from fontTools.ttLib import TTFont
    >>> number = TTFont(FONTS / "SourceSansPro-Regular.ttf").getGlyphID("ampersand")
    >>> glyphs("SourceSansPro-Regular")[number], glyphs("Comic")
    (Glyph(text='&', width=0.609), {})
    """
    from fontTools.ttLib import TTFont

    if not (FONTS / f"{name}.ttf").is_file():
        return {}
    with TTFont(FONTS / f"{name}.ttf", lazy=True) as font:
        found: dict[str, str] = {}
        for code, glyph in sorted(font.getBestCmap().items()):
            found.setdefault(glyph, chr(code))
        found |= {whole: "".join(found.get(part, "\0") for part in parts) for whole, parts in _ligatures(font)}
        widths, em = font["hmtx"], font["head"].unitsPerEm
        return {font.getGlyphID(glyph): Glyph(text, widths[glyph][0] / em) for glyph, text in found.items()}


def _ligatures(font: TTFont) -> Iterator[tuple[str, list[str]]]:
    """Yield each ligature with the glyphs that it is written for, such as ff for f and f."""
    table = font["GSUB"].table
    features = [each.Feature for each in table.FeatureList.FeatureRecord if each.FeatureTag == "liga"]
    for number in {number for feature in features for number in feature.LookupListIndex}:
        for rule in table.LookupList.Lookup[number].SubTable:
            rule = getattr(rule, "ExtSubTable", rule)
            for first, ligatures in getattr(rule, "ligatures", {}).items():
                yield from ((each.LigGlyph, [first, *each.Component]) for each in ligatures)

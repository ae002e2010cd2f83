"""The card of a small door: what is still missing on it, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmlib.errors import did_you_mean
from mmlib.skills import SIX_PARTS, read_skills
from mmlib.words import measured
from mmlib.workshop.checking import TODO, Checked, CheckError, unanswered

NEEDED = {
    "unit": "a unit: what does a score count? Catches, centimetres, minutes, points of 10 …",
    "better": "a direction: are higher scores better, or lower ones?",
    "target": "a target: at which score would you call it mastered?",
}
ASKED = {
    "entry_trick": "entry trick: what makes the very first try work?",
    "rub_pat_barrier": "rub-pat barrier: which two things get into each other's way?",
    "background_support": "background support: which tools, which time, which place?",
    "payoff": "payoff: what do you get out of it, and how soon?",
    "repeatability": "repeatability: what makes it easy to do it once more?",
    "experimental_possibilities": "experimental possibilities: what could be changed, for fun?",
}


def check_card(skill: Any, folder: str | Path = ".", *, parts: int = 4) -> Checked:
    """Return a tick if a skill's card says what measures need and enough of the six parts; else ask for the rest.

    Parameters
    ----------
    skill : str
        The skill, as its card calls it.
    folder : str or Path
        The practice folder.
    parts : int, default 4
        How many of the six parts are enough.

    Returns
    -------
    Checked
        A notebook shows it as "✓ …".

    Raises
    ------
    CheckError
        If something is missing; the message asks for each.

    Examples
    --------
    >>> from mmlib.workshop import practice_folder
    >>> check_card("juggling", practice_folder(""))
    ✓ Right: juggling, to 100 catches, with 6 of the six parts.
    """
    if unanswered(skill):
        raise CheckError(TODO)
    cards = read_skills(Path(folder) / "skills.toml").set_index("skill")
    if not isinstance(skill, str) or skill not in cards.index:
        raise CheckError(
            f'Not yet: there is no card for "{skill}". {did_you_mean(str(skill), cards.index)} Save it first.'
        )
    card = cards.loc[skill].dropna()
    missing = [question for field, question in NEEDED.items() if field not in card]
    empty = [part for part in SIX_PARTS if part not in card]
    filled = len(SIX_PARTS) - len(empty)
    lines = [f"- It needs {question}" for question in missing]
    if filled < parts:
        lines += [f"- It needs {parts} of the six parts and has {filled}. Such as its {ASKED[empty[0]]}"]
    if lines:
        raise CheckError("\n".join([f"Not yet: the card of {skill} is not full enough.", *lines]))
    return Checked(f"Right: {skill}, to {measured(card['target'], card['unit'])}, with {filled} of the six parts.")

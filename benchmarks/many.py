"""A seeded log of as many sessions as one asks for: a dozen skills of one learner over four years."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import tomlkit

from mmlib.log import check_log, write_log

SKILLS = {  # skill: domain, self, unit, better, from, to, target
    "ukulele": ("music", "the player", "bars", "higher", 4, 60, 64),
    "harmonica": ("music", "the player", "bars", "higher", 2, 40, 48),
    "singing": ("music", "the player", "points", "higher", 30, 80, 90),
    "juggling": ("body", "the athlete", "catches", "higher", 5, 90, 100),
    "surf pop-up": ("body", "the athlete", "seconds", "lower", 6, 1.5, 1.2),
    "skipping": ("body", "the athlete", "jumps", "higher", 20, 250, 300),
    "sourdough": ("kitchen", "the cook", "points", "higher", 30, 85, 90),
    "omelette": ("kitchen", "the cook", "success rate", "higher", 0.2, 0.9, 0.95),
    "drawing a circle": ("art", "the artist", "deviation", "lower", 14, 3, 2.5),
    "calligraphy": ("art", "the artist", "points", "higher", 25, 70, 80),
    "Japanese phrases": ("language", "the traveller", "words", "higher", 2, 40, 50),
    "card trick": ("magic", "the player", "success rate", "higher", 0.1, 0.8, 0.9),
}
DAYS = 4 * 365
FIRST = pd.Timestamp("2022-11-01")
PARTS = ["entry_trick", "isolate", "combine", "repeat", "experiment"]
MILESTONES = "learner,date,kind,skill\n"


def many_sessions(n: int = 10_000, seed: int = 5) -> pd.DataFrame:
    """Return the log: each skill has its own weight, its own start, a learning curve and noise."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(len(SKILLS), 3.0))
    counts = rng.multinomial(n, weights)
    rows = [_skill(name, count, rng) for name, count in zip(SKILLS, counts, strict=True)]
    return check_log(pd.concat(rows, ignore_index=True).assign(learner="ada"))


def _skill(name: str, n: int, rng: np.random.Generator) -> pd.DataFrame:
    *_, unit, _better, begin, end, _target = SKILLS[name]
    days = np.sort(rng.uniform(rng.uniform(0, 0.3), 1, n)) * DAYS
    hours = rng.choice([7, 12, 18, 20], n, p=[0.2, 0.1, 0.5, 0.2])
    start = FIRST + pd.to_timedelta(np.floor(days), unit="D") + pd.to_timedelta(
        hours * 60 + rng.integers(0, 60, n), unit="min"
    )  # fmt: skip
    start = start.sort_values()
    course = end + (begin - end) * np.exp(-np.arange(n) / (0.15 * n))
    performance = course + rng.normal(0, 0.08 * abs(end - begin), n)
    rated = {
        column: np.clip(np.rint(rng.normal(3.4, 1, n)), 1, 5)
        for column in ("payoff", "flow", "challenge", "support", "mood_before", "mood_after")
    }
    counted = {"score": performance.clip(0).round(2)}
    if unit == "success rate":
        reps = rng.integers(8, 20, n)
        counted = {"reps": reps, "successes": rng.binomial(reps, performance.clip(0, 1))}
    tweaks = np.where(rng.random(n) < 0.2, rng.choice(["slower", "left hand", "outside"], n), None)
    return pd.DataFrame(
        {"skill": name, "start": start, "minutes": rng.integers(5, 60, n), "part": rng.choice(PARTS, n)}
        | {"variation": tweaks} | rated | counted
    )  # fmt: skip


def practice_folder(folder: Path, n: int = 10_000, seed: int = 5) -> Path:
    """Write the log, a card for each skill and a few milestones into a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    log = many_sessions(n, seed)
    write_log(log, folder / "log.csv")
    names = ("domain", "self", "unit", "better", "target")
    cards = {
        skill: dict(zip(names, (*card[:4], card[6]), strict=True)) | {"entry_trick": "slowly", "payoff": "the sound"}
        for skill, card in SKILLS.items()
    }
    (folder / "skills.toml").write_text(tomlkit.dumps(cards), encoding="utf-8")
    seen = log.drop_duplicates("skill").head(6)
    lines = [f"ada,{day + pd.Timedelta(days=400):%Y-%m-%d},mastered,{skill}\n" for skill, day in zip(
        seen["skill"], seen["start"], strict=True)]  # fmt: skip
    (folder / "milestones.csv").write_text(MILESTONES + "".join(lines), encoding="utf-8")
    return folder

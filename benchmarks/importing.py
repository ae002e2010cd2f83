"""How many records a second each source reads, from files of many thousands. Run with `make bench`."""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mmlib import sources

PROMISED = {"cstimer": 200_000, "reviews": 200_000}  # records a second
BEGIN = 1_500_000_000  # Unix seconds
SCRAMBLE = "R U2 F' L2 D B2 R' F2 U L2 D2 F' R2 B U' L2 F D2 R"


def cstimer(rows: int, file: Path, chance: random.Random) -> None:
    """Write solves as csTimer's backup: ten sessions, one solve in thirty not finished."""
    each = rows // 10
    solves = [
        [[-1 if chance.random() < 1 / 30 else 0, chance.randrange(8_000, 40_000)], SCRAMBLE, "", BEGIN + 60 * number]
        for number in range(each * 10)
    ]
    named = {str(i + 1): {"name": f"session {i}"} for i in range(10)}
    sessions = {f"session{i + 1}": solves[i * each : (i + 1) * each] for i in range(10)}
    file.write_text(json.dumps({**sessions, "properties": {"sessionData": json.dumps(named)}}))


def reviews(rows: int, file: Path, chance: random.Random) -> None:
    """Write a review log: two thousand cards, one review in ten forgotten."""
    lines = ["card_id,review_time,review_rating,review_state,review_duration"]
    for number in range(rows):
        rating = 1 if chance.random() < 0.1 else chance.choice((3, 3, 3, 2, 4))
        moment = 1000 * BEGIN + 30_000 * number
        lines.append(f"{chance.randrange(2000)},{moment},{rating},2,{chance.randrange(1_000, 60_000)}")
    file.write_text("\n".join(lines) + "\n")


def monkeytype(rows: int, file: Path, chance: random.Random) -> None:
    """Write typing tests as Monkeytype's CSV."""
    lines = ["_id,isPb,wpm,acc,rawWpm,consistency,charStats,mode,mode2,quoteLength,restartCount,testDuration,"
             "afkDuration,incompleteTestSeconds,punctuation,numbers,language,funbox,difficulty,lazyMode,"
             "blindMode,bailedOut,tags,timestamp"]  # fmt: skip
    for number in range(rows):
        speed = chance.randrange(400, 1200) / 10
        lines.append(f"{number:024x},false,{speed},95.5,{speed + 3},70.1,200;3;0;1,time,30,-1,0,30,0,0,false,false,"
                     f"english,none,normal,false,false,false,,{1000 * BEGIN + 60_000 * number}")  # fmt: skip
    file.write_text("\n".join(lines) + "\n")


def toggl(rows: int, file: Path, chance: random.Random) -> None:
    """Write entries as Toggl's detailed report."""
    lines = [
        "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags"
    ]
    for number in range(rows):
        day = f"20{10 + number // 9000:02}-{1 + number % 12:02}-{1 + number % 28:02}"
        minutes = chance.randrange(1, 59)
        lines.append(f"Ada,,,Piano,,Bach,No,{day},10:{number % 60:02}:00,{day},11:00:00,00:{minutes:02}:00,")
    file.write_text("\n".join(lines) + "\n")


WRITERS: dict[str, tuple[Callable[[int, Path, random.Random], None], str]] = {
    "cstimer": (cstimer, "json"),
    "reviews": (reviews, "csv"),
    "monkeytype": (monkeytype, "csv"),
    "toggl": (toggl, "csv"),
}


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000, help="records in each file")
    rows = options.parse_args().rows
    table = Table("source", "records", "s", "records a second", "promised", box=None)
    with tempfile.TemporaryDirectory() as name:
        for tool, (write, suffix) in WRITERS.items():
            file = Path(name) / f"{tool}.{suffix}"
            write(rows, file, random.Random(1))
            begun = time.perf_counter()
            log = sources.read(tool, file, tz="Europe/Berlin")
            took = time.perf_counter() - begun
            read = len(log) + len(sources.set_aside(log))
            promised = f"{PROMISED[tool]:,}" if tool in PROMISED else ""
            table.add_row(tool, f"{read:,}", f"{took:.2f}", f"{read / took:,.0f}", promised)
            file.unlink()
    Console(width=120).print(table)


if __name__ == "__main__":
    main()

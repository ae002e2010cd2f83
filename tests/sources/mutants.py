"""Damaged exports: every fixture, changed in ways that disks, editors, other tools and malice change files."""

from __future__ import annotations

import atexit
import copy
import json
import random
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parent / "data"
# What may stand in the place of a value.
ODD = [None, True, [], {}, [[]], {"a": 1}, "", " ", "x" * 300, "\0", "é\ud7ff三", "NaN", "=1+1", "1e400", "-1", "0x10",
       "1,5", "2026-02-30", "2026-10-31T25:00:00Z", "9999-12-31T23:59:59.999999-23:59", "0000-00-00", "PT1E9S", -1, 0,
       "P9999999Y", 1e308, -1e308, 10**30, -(10**30), 1.5, float("nan"), float("inf"), 2**63, 1e-320]  # fmt: skip
CELLS = [str(value) for value in ODD if not isinstance(value, list | dict | bool)] + [
    '"',
    "'",
    "\t",
    ";",
    "\r",
    "é",
    "١٢",
]


NAMED = {"orgmode": "org", "calendars": "icalendar"}  # tools whose module has another name


class Fixture(NamedTuple):
    """A file and how it is read: the tool, and the mapping that it needs, if any."""

    tool: str
    path: Path
    options: dict[str, Any]


def fixtures(folder: Path) -> list[Fixture]:
    """Return the fixtures in the folder `data`, whose names begin with their tool's, and those that are not text.

    The latter are written into `folder`, as the tests of their tools write them.
    """
    found = []
    for path in sorted([*DATA.iterdir(), *binary(folder)]):
        name = re.split(r"[_.]", path.name)[0]
        tool = NAMED.get(name, name)
        if path.suffix != ".toml":
            rules = path.with_suffix(".toml")
            found.append(Fixture(tool, path, {"mapping": rules} if rules.exists() else {}))
    return found


def binary(folder: Path) -> list[Path]:
    """Write the fixtures of binary formats, and return their paths."""
    from tests.sources import test_anki, test_loop, test_sports

    found = [test_anki.form(_empty(folder / kind), kind) for kind in ("anki2", "new", "apkg", "colpkg")]
    found += [test_loop.archive(folder / "loop_all.zip"), test_loop.backup(folder / "loop_backup.db")]
    (activity := folder / "fit_activity.fit").write_bytes(test_sports.written(test_sports.SESSIONS))
    return [*found, activity]


def _empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


FOLDER = Path(tempfile.mkdtemp(prefix="mm-fixtures-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
FIXTURES = fixtures(FOLDER)


def mutants(data: bytes, n: int, seed: int) -> Iterator[bytes]:
    """Yield n changed copies of a file, the same for the same seed."""
    chance = random.Random(seed)
    ways = [_bits, _without, _twice, _swapped, _cut, _noise, _shifted, _number]
    value = _json(data)
    text = value is None and b"\0" not in data
    for _ in range(n):
        changed = data
        for _ in range(chance.choice([1, 1, 1, 2, 5])):
            if value is not None and chance.random() < 0.6:
                changed = _odd_value(data, chance)
            elif text and chance.random() < 0.5:
                changed = _odd_cell(changed, chance)
            else:
                changed = chance.choice(ways)(changed, chance)
        yield changed


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        try:
            return [json.loads(line) for line in data.splitlines() if line.strip()] or None
        except ValueError:
            return None


def _span(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.choice([1, 1, 2, 5, 20, 100, 1000]))


def _bits(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice([1, 3, 30])):
        if found:
            found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _without(data: bytes, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def _twice(data: bytes, chance: random.Random) -> bytes:
    start, end = _span(data, chance)
    return data[:end] + data[start:end] * chance.choice([1, 1, 3, 50]) + data[end:]


def _swapped(data: bytes, chance: random.Random) -> bytes:
    (a, b), (c, d) = sorted([_span(data, chance), _span(data, chance)])
    return data if b > c else data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _noise(data: bytes, chance: random.Random) -> bytes:
    start, _ = _span(data, chance)
    return data[:start] + chance.randbytes(chance.choice([1, 4, 64])) + data[start:]


def _shifted(data: bytes, chance: random.Random) -> bytes:
    return (
        chance.choice([b"\xef\xbb\xbf", b"PK", b"\n\n", b"<", b"SQLite format 3\0", b""])
        + data
        + chance.choice([b"", data])
    )


def _number(data: bytes, chance: random.Random) -> bytes:
    places = list(re.finditer(rb"-?\d+(?:\.\d+)?", data))
    if not places:
        return data
    place = chance.choice(places)
    new = chance.choice(
        [b"-1", b"0", b"1e400", b"9" * 30, b"9" * 5000, b"1e-400", b"NaN", b"-0", b"12345678901234567890"]
    )
    return data[: place.start()] + new + data[place.end() :]


def _odd_cell(data: bytes, chance: random.Random) -> bytes:
    """Return a text with another value between two of its separators."""
    places = [match.start() for match in re.finditer(rb"[,;\t|\n:= ]", data)]
    if len(places) < 2:
        return data
    at = chance.randrange(len(places) - 1)
    cell = chance.choice(CELLS).encode("utf-8", "surrogatepass")
    return data[: places[at] + 1] + cell + data[places[at + 1] :]


def _odd_value(data: bytes, chance: random.Random) -> bytes:
    """Return JSON with another value, without a field, or nested without end in one place."""
    try:
        whole, lines = json.loads(data), False
    except ValueError:
        whole, lines = [json.loads(line) for line in data.splitlines() if line.strip()], True
    for _ in range(chance.choice([1, 1, 2, 8])):
        places = list(_places(whole))
        if not places:
            break
        holder, key = chance.choice(places)
        if chance.random() < 0.15:
            del holder[key]
        elif chance.random() < 0.1:
            holder[key] = json.loads("[" * 200 + "]" * 200)
        else:
            holder[key] = copy.deepcopy(chance.choice(ODD))
    if lines and isinstance(whole, list):
        return "\n".join(json.dumps(one) for one in whole).encode()
    return json.dumps(whole, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, str) and inner[:1] in ("{", "["):  # JSON within a text
            continue
        yield from _places(inner)

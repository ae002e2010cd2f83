"""Lichess, chess games and Duolingo: what each record becomes, counted by hand, and round trips."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.sources import chess, duolingo, lichess, recognised, set_aside
from tests.sources.shapes import NAMES, SECONDS, ZONES

DATA = Path(__file__).parent / "data"
BERLIN = {"learner": "ada", "tz": "Europe/Berlin"}
TWICE = ["2026-10-25 02:30:00", "2026-10-25 02:30:00"]  # the hour that summer time gives back


DAYS = st.tuples(st.integers(11_000, 30_000), st.integers(1, 900), st.integers(1, 40), st.integers(0, 9000))


def starts(log):
    return log["start"].astype(str).tolist()


def aside(log):
    return set_aside(log)[["row", "column"]].to_numpy().tolist()


def local(second, tz):
    return pd.Timestamp(second, unit="s", tz="UTC").tz_convert(tz).tz_localize(None)


def test_lichess_puzzles():
    log = lichess.read(DATA / "lichess_puzzles.ndjson", **BERLIN)
    assert starts(log) == [*TWICE, "2026-10-25 23:59:50"]
    assert set(log["skill"]) == {"chess puzzles"} and log["successes"].tolist() == [1, 0, 1]
    assert log["variation"].tolist() == ["K69di", "aB3", "K69di"]
    assert log["note"].fillna("").tolist() == ["rated 1512 #fork #short", "rated 1600", ""]
    assert aside(log) == [[4, "date"], [5, "win"], [6, "puzzle"], [7, ""]]


def test_lichess_ratings_count_months_from_zero():
    log = lichess.read(DATA / "lichess_ratings.json", **BERLIN)
    assert starts(log) == ["2026-01-31", "2026-10-25", "2026-10-26"]
    assert log["skill"].tolist() == ["chess: Blitz", "chess: Blitz", "chess: Rapid"]
    assert log["score"].tolist() == [1500, 1523, 1610] and log.attrs["cards"]["chess: Rapid"]["unit"] == "rating"
    assert aside(log) == [[1, "points of Blitz"], [3, "points of Rapid"], [4, "points"]]


def test_chess_games_of_the_player_who_is_in_all_of_them():
    log = chess.read(DATA / "chess.pgn", learner="me", tz="Europe/Berlin")
    assert starts(log) == [*TWICE, "2026-10-31 00:00:00"]
    assert log["skill"].tolist() == ["blitz chess", "rapid chess", "chess"]
    assert log["successes"].tolist() == [1, 0, 0] and log["variation"].tolist() == ["white", "black", "white"]
    assert log["score"].fillna(0).tolist() == [1500, 1502, 0] and log["minutes"].fillna(0).tolist() == [0, 22.5, 0]
    assert log["note"].tolist() == [
        'against ben "the" rook (1480), Italian Game', "draw, against cleo (1490)", "against dora"
    ]  # fmt: skip
    assert log["source_id"].tolist()[:2] == ["https://lichess.org/abcd1234", "https://www.chess.com/game/live/77"]
    assert aside(log) == [[44, "Result"], [52, "Date"]]


def test_chess_games_of_several_players_need_a_name(tmp_path):
    pairs = [("ada", "ben"), ("ben", "cleo"), ("cleo", "ada")]
    (file := tmp_path / "club.pgn").write_text("".join(
        f'[White "{white}"]\n[Black "{black}"]\n[Result "1-0"]\n[Date "2026.10.31"]\n\n1. e4 1-0\n\n'
        for white, black in pairs
    ))  # fmt: skip
    with pytest.raises(SourceError, match="--learner NAME"):
        chess.read(file)
    log = chess.read(file, learner="Ada")
    assert log["successes"].tolist() == [1, 0] and len(set_aside(log)) == 1


def test_time_controls_have_the_classes_that_lichess_gives_them():
    classes = {"60": "bullet", "120+1": "bullet", "180": "blitz", "300+3": "blitz", "480": "rapid", "900+10": "rapid",
               "1800": "classical", "1/86400": "correspondence"}  # fmt: skip
    for control, name in classes.items():
        assert chess._class({"TimeControl": control}) == f"{name} chess"
    assert chess._class({"TimeControl": "-"}) == chess._class({}) == "chess"


def test_duolingo_days_lessons_and_weeks(tmp_path):
    days = duolingo.read(DATA / "duolingo_days.json", **BERLIN)
    assert starts(days) == ["2026-10-25", "2026-10-27"] and days["reps"].tolist() == [3, 1]
    assert days["score"].tolist() == [45, 10] and days["minutes"].fillna(0).tolist() == pytest.approx(
        [610 / 60, 0], abs=1e-6
    )
    assert aside(days) == [[4, "date"], [5, "gainedXp"]]
    lessons = duolingo.read(DATA / "duolingo_lessons.json", **BERLIN)
    assert starts(lessons) == TWICE and lessons["score"].tolist() == [10, 15]
    weeks = duolingo.read(DATA / "duolingo_leaderboards.csv", **BERLIN)
    assert starts(weeks) == ["2026-10-19 10:44:14", "2026-10-26 23:59:50"] and weeks["score"].tolist() == [1186, 736]
    with zipfile.ZipFile(tmp_path / "duolingo.zip", "w") as archive:
        archive.write(DATA / "duolingo_leaderboards.csv", "duolingo-data/leaderboards.csv")
        archive.writestr("duolingo-data/languages.csv", "learning_language\nes\n")
    assert recognised(tmp_path / "duolingo.zip") == "duolingo"
    pd.testing.assert_frame_equal(duolingo.read(tmp_path / "duolingo.zip", **BERLIN), weeks)


@settings(deadline=None, max_examples=40)
@given(found=st.lists(st.tuples(SECONDS, st.booleans(), st.integers(600, 2800)), min_size=1, max_size=8), tz=ZONES)
def test_lichess_round_trip(tmp_path_factory, found, tz):
    file = tmp_path_factory.mktemp("lichess") / "activity.ndjson"
    file.write_text("\n".join(
        json.dumps({"date": 1000 * second, "win": win, "puzzle": {"id": f"p{number}", "rating": rating}})
        for number, (second, win, rating) in enumerate(found)
    ))  # fmt: skip
    log = lichess.read(file, tz=tz).set_index("variation")
    for number, (second, win, rating) in enumerate(found):
        row = log.loc[f"p{number}"]
        assert (row["start"], row["successes"], row["note"]) == (local(second, tz), win, f"rated {rating}")


@settings(deadline=None, max_examples=40)
@given(
    found=st.lists(st.tuples(SECONDS, NAMES, st.sampled_from(["1-0", "0-1", "1/2-1/2"]), st.integers(100, 3000)),
                   min_size=2, max_size=6, unique_by=lambda game: game[0]),
    tz=ZONES,
)  # fmt: skip
def test_chess_round_trip(tmp_path_factory, found, tz):
    file = tmp_path_factory.mktemp("chess") / "games.pgn"
    games = []
    for number, (second, name, result, rating) in enumerate(found):
        utc = pd.Timestamp(second, unit="s")
        other = f"{number} or {name}".replace("\\", "").replace('"', '\\"')
        games.append(
            f'[White "me"]\n[Black "{other}"]\n[Result "{result}"]\n[UTCDate "{utc:%Y.%m.%d}"]\n'
            f'[UTCTime "{utc:%H:%M:%S}"]\n[WhiteElo "{rating}"]\n\n1. e4 {{{other}\n}} {result}\n'
        )
    file.write_text("\n".join(games), encoding="utf-8")
    log = chess.read(file, tz=tz).set_index("score")
    assert len(log) + len(set_aside(log)) == len(found)
    for number, (second, name, result, rating) in enumerate(found):
        rows = log.loc[[rating]]
        mine = rows[rows["note"].str.contains(f"against {number} or", regex=False)].iloc[0]
        assert (mine["start"], mine["successes"]) == (local(second, tz), result == "1-0")
        assert mine["note"].startswith("draw") == (result == "1/2-1/2")
        assert " ".join(name.replace("\\", "").split()) in mine["note"]


@settings(deadline=None, max_examples=40)
@given(found=st.lists(DAYS, min_size=1, max_size=8, unique_by=lambda day: day[0]), tz=ZONES)
def test_duolingo_round_trip(tmp_path_factory, found, tz):
    file = tmp_path_factory.mktemp("duolingo") / "xp.json"
    names = ("date", "gainedXp", "numSessions", "totalSessionTime")
    file.write_text(
        json.dumps({"summaries": [dict(zip(names, (86_400 * day[0], *day[1:]), strict=True)) for day in found]})
    )
    log = duolingo.read(file, tz=tz)
    expected = sorted(found)
    assert log["start"].tolist() == [pd.Timestamp(day, unit="D") for day, *_ in expected]
    assert log["score"].tolist() == [points for _, points, *_ in expected]
    assert log["reps"].tolist() == [lessons for *_, lessons, _ in expected]
    assert log["minutes"].fillna(0).tolist() == pytest.approx([seconds / 60 for *_, seconds in expected], abs=1e-6)


RATINGS = st.lists(st.tuples(st.dates(date(2010, 1, 1), date(2099, 12, 31)), st.integers(400, 3300)), min_size=1,
                   max_size=8, unique_by=lambda point: point[0])  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(blitz=RATINGS, rapid=RATINGS, tz=ZONES)
def test_lichess_ratings_round_trip(tmp_path_factory, blitz, rapid, tz):
    file = tmp_path_factory.mktemp("lichess") / "ratings.json"
    kinds = {"Blitz": blitz, "Rapid": rapid}
    points = {
        kind: [[day.year, day.month - 1, day.day, rating] for day, rating in found] for kind, found in kinds.items()
    }
    file.write_text(json.dumps([{"name": kind, "points": found} for kind, found in points.items()]))
    log = lichess.read(file, tz=tz)
    expected = [(f"chess: {kind}", pd.Timestamp(day), rating) for kind, found in kinds.items() for day, rating in found]
    assert sorted(zip(log["skill"], log["start"], log["score"], strict=True)) == sorted(expected)


@settings(deadline=None, max_examples=40)
@given(found=st.lists(st.tuples(SECONDS, st.integers(1, 900)), min_size=1, max_size=8), tz=ZONES)
def test_duolingo_lessons_and_weeks_round_trip(tmp_path_factory, found, tz):
    folder = tmp_path_factory.mktemp("duolingo")
    lessons = [{"datetime": 1000 * second, "improvement": points, "event_type": None} for second, points in found]
    (folder / "user.json").write_text(json.dumps({"username": "ada", "calendar": lessons}))
    weeks = [f"leagues,{pd.Timestamp(second, unit='s'):%Y-%m-%dT%H:%M:%SZ},1,{points}" for second, points in found]
    (folder / "leaderboards.csv").write_text("\n".join(["leaderboard,timestamp,tier,score", *weeks]) + "\n")
    for file in ("user.json", "leaderboards.csv"):
        log = duolingo.read(folder / file, tz=tz)
        expected = sorted((local(second, tz), points) for second, points in found)
        assert sorted(zip(log["start"], log["score"], strict=True)) == expected

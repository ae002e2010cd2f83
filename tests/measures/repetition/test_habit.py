"""The habit score against Loop's own scores, its published tests and a plain loop."""

import re

import numpy as np
import pandas as pd
import pytest

from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import repetition

YES = 2  # Loop's codes: -1 not known, 0 no, 1 yes by the frequency alone, 2 yes, 3 skipped
# Loop's ScoreListTest: the scores of 20 days in a row, today's first.
TWENTY_DAYS = [
    0.655747, 0.636894, 0.617008, 0.596033, 0.573910, 0.550574, 0.525961, 0.500000, 0.472617, 0.443734, 0.413270,
    0.381137, 0.347244, 0.311495, 0.273788, 0.234017, 0.192067, 0.147820, 0.101149, 0.051922,
]  # fmt: skip


def day(number):
    return pd.Timestamp("2026-01-01") + pd.Timedelta(days=number)


def kept_on(days, skill="juggling"):
    start = pd.Timestamp("2026-01-01 20:00") + pd.to_timedelta(np.asarray(days), unit="D")
    return check_log(pd.DataFrame({"skill": skill, "start": start}))


def loop_scores(kept, per_week):
    """Loop's algorithm in plain Python, for a habit of so many days in seven."""
    times, window = (2 * per_week, 14) if per_week < 7 else (1, 1)
    fade, score, scores = 0.5 ** ((per_week / 7) ** 0.5 / 13), 0.0, []
    for day in range(len(kept)):
        done = min(1.0, sum(kept[max(0, day - window + 1) : day + 1]) / times)
        score = score * fade + (1 - fade) * done
        scores.append(score)
    return scores


def test_twenty_days_in_a_row_score_as_loop_publishes():
    table = repetition.habit(kept_on(range(20)), as_of="2026-01-20")
    assert table["strength"].tolist() == pytest.approx(TWENTY_DAYS[::-1], abs=1e-6)


@pytest.mark.parametrize(("per_week", "limit"), [(3, 2 / 3), (4, 0.5), (2, 1.0)])
def test_two_days_a_week_converge_to_their_share_of_what_was_intended(per_week, limit):
    # From Loop's ScoreListTest, test_imperfectNonDaily.
    days = [7 * week + weekday for week in range(100) for weekday in (5, 6)]
    table = repetition.habit(kept_on(days), as_of=day(699), per_week=per_week)
    assert table["strength"].iloc[-1] == pytest.approx(limit, abs=1e-6)


def test_once_a_week_on_changing_weekdays_converges_to_one():
    # From Loop's ScoreListTest, test_irregularNonDaily.
    days = [14 * fortnight + weekday for fortnight in range(100) for weekday in (0, 13)]
    table = repetition.habit(kept_on(days), as_of=day(1399), per_week=1)
    assert table["strength"].iloc[-1] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("per_week", [1, 2.5, 3, 6, 7])
def test_agrees_with_a_plain_loop_for_several_skills_at_once(per_week):
    rng = np.random.default_rng(5)
    kept = {name: [1, *rng.integers(0, 2, 80)] for name in "abc"}
    log = pd.concat([kept_on(np.flatnonzero(days), name) for name, days in kept.items()], ignore_index=True)
    as_of = day(80)
    table = repetition.habit(log, as_of=as_of, per_week=per_week)
    for name, days in kept.items():
        found = table.loc[table["skill"] == name, "strength"]
        assert found.tolist() == pytest.approx(loop_scores(days, per_week), abs=1e-12)


def test_days_begin_with_the_first_session_and_end_as_of():
    table = repetition.habit(kept_on([0, 0, 3, 9]), as_of="2026-01-06 12:00")
    assert table["date"].tolist() == list(pd.date_range("2026-01-01", "2026-01-06"))
    assert table["sessions"].tolist() == [2, 0, 0, 1, 0, 0]
    assert len(repetition.habit(kept_on([3]), as_of="2025-12-31")) == 0


def test_thirteen_days_of_rest_halve_the_strength():
    table = repetition.habit(kept_on(range(100)), as_of=day(112))
    assert table["strength"].iloc[-1] == pytest.approx(table["strength"].iloc[-14] / 2)


@pytest.mark.parametrize("wrong", [0, -1, 8, float("nan")])
def test_refuses_an_impossible_frequency(wrong):
    with pytest.raises(MMError, match="per_week"):
        repetition.habit(kept_on([0]), as_of="2026-01-06", per_week=wrong)


def test_an_empty_log_gives_an_empty_table_of_the_same_types():
    for per_week in (7, 3):
        full = repetition.habit(kept_on([0, 3]), as_of="2026-01-06", per_week=per_week)
        empty = repetition.habit(empty_log(), as_of="2026-01-06", per_week=per_week)
        assert len(empty) == 0
        assert full.dtypes.astype(str).to_dict() == empty.dtypes.astype(str).to_dict()


def test_reproduces_loops_own_scores_of_all_19_habits_to_four_decimals(real_data):
    folder = real_data / "loop_entry_format"
    scores = pd.read_csv(folder / "Scores.csv", dtype=str, usecols=lambda name: not name.startswith("Unnamed"))
    scores = scores.set_index("Date").sort_index()
    lines = (folder / "Checkmarks.csv").read_text(encoding="utf-8").splitlines()[1:]
    marks = pd.DataFrame({line[:10]: re.findall(r"value=(-?\d+)", line) for line in lines}, index=scores.columns)
    marks = marks.astype(int).T.sort_index()
    yes_no = marks.loc[:, marks.isin([-1, 0, 1, 2, 3]).all()]
    assert yes_no.shape == (75, 19)
    kept = yes_no.rename_axis("start").reset_index().melt("start", var_name="skill", value_name="mark")
    kept = kept[kept["mark"] == YES]
    log = check_log(kept[["skill", "start"]].assign(start=pd.to_datetime(kept["start"])))
    table = repetition.habit(log, as_of=yes_no.index[-1])
    table["date"] = table["date"].dt.strftime("%Y-%m-%d")
    ours = table.pivot_table(index="date", columns="skill", values="strength")
    # Before its first session a skill is not in the table; in Loop its score is 0.
    ours = ours.reindex(index=yes_no.index, columns=yes_no.columns).fillna(0.0)
    assert (ours.map("{:.4f}".format) == scores[yes_no.columns]).all(axis=None)

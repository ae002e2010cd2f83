"""Survival of skills by hand, against statsmodels, and over a simulated truth."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from mmlib import simulate
from mmlib.errors import MMError
from mmlib.log import check_log, empty_log
from mmlib.measures import repetition

START = pd.Timestamp("2026-01-01")


def log_of(days, learner="me"):
    rows = [(skill, START + pd.Timedelta(days=float(day))) for skill, dates in days.items() for day in dates]
    return check_log(pd.DataFrame(rows, columns=["skill", "start"]).assign(learner=learner))


def day(number):
    return START + pd.Timedelta(days=number)


def test_counts_quits_and_ends_of_watching_by_hand():
    log = log_of({
        "tried once": [0],
        "left on day 20": [0, 10, 20],
        "back after a long rest": [5, 15, 60, 61],
        "alive since day 30": [*range(30, 101, 7), 99],
        "begun too late": [80, 95],
    })  # fmt: skip
    table = repetition.survival(log, as_of=day(100))
    assert table["days"].tolist() == [0, 10, 20, 41]
    assert table["at_risk"].tolist() == [4, 3, 2, 1]
    assert table["events"].tolist() == [1, 1, 1, 0]
    assert table["resumed"].tolist() == [0, 1, 0, 0]
    assert table["estimate"].tolist() == pytest.approx([0.75, 0.5, 0.25, 0.25])
    assert set(table["n"]) == {4}
    assert set(table["reason"]) == {"fewer than 5 skills"}
    assert table[["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize(("rest", "quits"), [(28, 0), (29, 1)])
def test_a_skill_is_quit_after_more_than_the_days_allowed(rest, quits):
    since = repetition.survival(log_of({"juggling": [0, 7]}), as_of=day(7 + rest))
    between = repetition.survival(log_of({"juggling": [0, 7, 7 + rest]}), as_of=day(7 + rest))
    assert since["events"].sum() == quits
    assert between["events"].sum() == between["resumed"].sum() == quits
    state = repetition.rest(log_of({"juggling": [0, 7]}), as_of=day(7 + rest))["state"]
    assert state.eq("quit").sum() == quits


def lives(log, as_of, quit_after):
    """Walk from practice day to practice day of each skill, as a learner would on a calendar."""
    for _, rows in log[log["start"] <= as_of].groupby(["learner", "skill"]):
        days = sorted({start.normalize() for start in rows["start"]})
        for date, following in zip(days, [*days[1:], as_of.normalize()], strict=True):
            if (following - date).days > quit_after:
                yield (date - days[0]).days, True
                break
        else:
            watched = (as_of.normalize() - days[0]).days - quit_after - 1
            if watched >= 0:
                yield watched, False


@pytest.mark.parametrize("quit_after", [10, 28])
def test_agrees_with_a_walk_over_the_calendar_and_statsmodels(quit_after):
    log, as_of = simulate.practice().log, pd.Timestamp("2026-09-30 23:59")
    time, ended = zip(*lives(log, as_of, quit_after), strict=True)
    table = repetition.survival(log, as_of=as_of, quit_after_days=quit_after, by=None)
    theirs = SurvfuncRight(np.array(time) + 1, ended)  # it wants times above 0
    some = table[table["events"] > 0]
    assert (some["days"] + 1).tolist() == theirs.surv_times.tolist()
    assert some["estimate"].tolist() == pytest.approx(theirs.surv_prob)
    assert some["at_risk"].tolist() == theirs.n_risk.tolist()


def test_groups_by_learner_domain_or_not_at_all():
    log = pd.concat([log_of({"a": [0], "b": [0, 5]}, "ada"), log_of({"a": [0, 50]}, "ben")], ignore_index=True)
    log["domain"] = log["skill"].map({"a": "music"})
    as_of = day(100)
    assert repetition.survival(log, as_of=as_of).groupby("learner")["n"].first().to_dict() == {"ada": 2, "ben": 1}
    by_domain = repetition.survival(log, as_of=as_of, by="domain")
    assert by_domain.groupby("domain")["n"].first().to_dict() == {"music": 2, "unknown": 1}
    both = repetition.survival(log, as_of=as_of, by=["learner", "skill"])
    assert list(both.columns[:2]) == ["learner", "skill"]
    everything = repetition.survival(log, as_of=as_of, by=None)
    assert set(everything["n"]) == {3}
    assert everything.columns[0] == "days"


def test_learners_with_several_skills_each_widen_the_interval():
    skills = {f"skill {i}": [0, 1, *range(2, 40 + 7 * i, 3)] for i in range(5)}
    logs = [log_of({s: np.array(d) * (1 + k % 3) for s, d in skills.items()}, f"learner {k}") for k in range(9)]
    together = repetition.survival(pd.concat(logs, ignore_index=True), as_of=day(400), by=None)
    as_one = repetition.survival(
        pd.concat([log.assign(learner="me", skill=log["learner"] + log["skill"]) for log in logs], ignore_index=True),
        as_of=day(400),
    )
    assert together["estimate"].tolist() == pytest.approx(as_one["estimate"].tolist())
    both = together["low"].notna()
    assert (together["low"][both] < as_one["low"][both]).mean() > 0.9


def test_says_why_there_is_no_interval():
    young = repetition.survival(log_of({"juggling": [0, 3]}), as_of=day(20))
    assert young["reason"].tolist() == ["no skill has been followed for more than 28 days"]
    assert young["estimate"].isna().all()
    assert young["n"].tolist() == [0]
    alive = repetition.survival(log_of({f"skill {i}": range(0, 100, 5) for i in range(6)}), as_of=day(99))
    assert set(alive["estimate"]) == {1}
    assert set(alive["reason"]) == {"no skill has been quit by then"}
    gone = repetition.survival(log_of({f"skill {i}": [0, i] for i in range(6)}), as_of=day(99))
    assert gone["reason"].iloc[-1] == "every skill has been quit by then"
    assert gone["reason"].iloc[0] == ""
    assert gone["low"].iloc[0] < gone["estimate"].iloc[0] < gone["high"].iloc[0]


def test_what_comes_later_is_not_known():
    log = log_of({"juggling": [0, 5, 80]})
    then = repetition.survival(log, as_of=day(50))
    assert then["events"].sum() == 1
    assert then["resumed"].sum() == 0


@pytest.mark.parametrize(("wrong", "message"), [({"by": "domian"}, '"domain"'), ({"quit_after_days": 0}, "quit_after")])
def test_refuses_what_it_does_not_know(wrong, message):
    with pytest.raises(MMError, match=message):
        repetition.survival(log_of({"a": [0]}), as_of=day(9), **wrong)


@pytest.mark.parametrize("by", ["learner", None, ["skill", "domain"]])
def test_an_empty_log_gives_an_empty_table_of_the_same_types(by):
    full = repetition.survival(log_of({"a": [0]}), as_of=day(90), by=by)
    empty = repetition.survival(empty_log(), as_of=day(90), by=by)
    assert len(empty) == 0
    assert full.dtypes.astype(str).to_dict() == empty.dtypes.astype(str).to_dict()


def test_is_unbiased_although_the_latest_rests_have_not_shown_what_they_are():
    # A session every two days; after each, one in twelve skills is left for good.
    rng, at = np.random.default_rng(4), 30
    truth = (11 / 12) ** (at // 2 + 1)
    found = []
    for _ in range(120):
        lengths = 2 * (rng.geometric(1 / 12, 20) - 1)
        begins = rng.integers(0, 130, 20)
        days = {f"skill {i}": [begins[i] + d for d in range(0, lengths[i] + 1, 2)] for i in range(20)}
        table = repetition.survival(log_of(days), as_of=day(130))
        found.append(table.loc[table["days"] <= at].iloc[-1])
    found = pd.DataFrame(found)
    assert found["estimate"].mean() == pytest.approx(truth, abs=0.03)
    assert found["low"].le(truth).mul(found["high"].ge(truth)).mean() >= 0.9

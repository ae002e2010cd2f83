"""What the report says in words, against counts by hand."""

import html
import re

import numpy as np
import pandas as pd
import pytest

import mmlib as mm
from mmlib.log import check_log
from mmlib.practice import Practice
from mmlib.reports import advice, story
from mmlib.skills import cards_table, known_skills, with_cards

MONTH = pd.Period("2026-10")
AS_OF = "2026-10-31"


def practice(rows, cards=None, learner="ada"):
    log = check_log(pd.DataFrame(rows).assign(learner=learner))
    skills = cards_table(cards or {})
    log = with_cards(log, skills)
    return Practice(log, known_skills(skills, log), pd.DataFrame())


def sessions(skill, days, **values):
    return pd.DataFrame({"skill": skill, "start": pd.to_datetime(days), **values})


def said(fragment):
    return re.sub(r"<[^>]+>", " ", str(fragment))


def headlines(home, as_of=AS_OF, month=MONTH):
    log = home.log
    by_learner, by_skill = (mm.repetition.totals(log, by=by, freq="MS") for by in ("learner", "skill"))
    streaks = mm.repetition.streaks(log, as_of=as_of)
    return said(story.headlines(by_learner, by_skill, streaks, month, as_of))


def happened(home, month=MONTH):
    log = home.log
    by_skill = mm.repetition.totals(log, by="skill", freq="MS")
    progress = mm.payoff.progress(log, since=month.start_time, until=AS_OF)
    return said(story.happened(home, by_skill, progress, mm.selves.mood_lift(log), month))


def suggestions(home, forecast=None, transfer=None):
    log = home.log
    progress = mm.payoff.progress(log, since=MONTH.start_time, until=AS_OF)
    rest, load = mm.repetition.rest(log, as_of=AS_OF), mm.repetition.load(log, as_of=AS_OF)
    if forecast is None:
        forecast = mm.payoff.forecast(log, mm.payoff.learning_curves(log), as_of=AS_OF)
    if transfer is None:
        transfer = mm.synergy.transfer(log)
    tables = {"rest": rest, "load": load, "progress": progress, "forecast": forecast, "transfer": transfer}
    return said(advice.suggestions(home.skills, MONTH, **tables))


def test_headlines_are_the_months_numbers_against_the_month_before():
    september = sessions("juggling", ["2026-09-01", "2026-09-02"], minutes=[30.0, 40.0])
    october = sessions(["juggling", "omelette", "juggling"], ["2026-10-29", "2026-10-30", "2026-10-31"], minutes=45.0)
    text = headlines(practice(pd.concat([september, october])))
    assert "2 h 15 min  practised  +1 h 5 min on September" in text
    assert "3  sessions  +1 on September" in text
    assert "3 of 31  days with practice  +1 on September" in text
    assert "2  skills  +1 on September" in text
    assert "3 days  current streak  longest so far: 3 days" in text


def test_the_headlines_tell_the_list_of_reports_their_numbers_by_the_same_names_each_month():
    def told(days):
        home = practice(sessions("juggling", days, minutes=61.0))
        by_learner, by_skill = (mm.repetition.totals(home.log, by=by, freq="MS") for by in ("learner", "skill"))
        streaks = mm.repetition.streaks(home.log, as_of=AS_OF)
        return story.headlines(by_learner, by_skill, streaks, MONTH, AS_OF).numbers

    assert told(["2026-10-31"]) == (
        ("practised", "1 h 1 min", 61),
        ("sessions", "1", 1),
        ("days with practice", "1 of 31", 1),
        ("skills", "1", 1),
        ("current streak", "1 day", 1),
    )
    many = told(["2026-10-30", "2026-10-31"])
    assert [name for name, _, _ in many] == [name for name, _, _ in told(["2026-10-31"])]
    assert many[-1] == ("current streak", "2 days", 2)


def test_one_session_is_singular_and_unknown_minutes_are_left_out():
    text = headlines(practice(sessions("juggling", ["2026-10-31"])))
    assert "1  session " in text
    assert "September" not in text, "the first month has nothing to be compared with"
    assert "1  skill " in text
    assert "1 day  current streak" in text
    assert "practised" not in text


def test_a_running_month_counts_the_days_so_far():
    text = headlines(practice(sessions("juggling", ["2026-08-01", "2026-10-08", "2026-10-09"])), as_of="2026-10-09")
    assert "2 of 9  days with practice  +2 on the whole of September" in text


def test_the_first_sentence_adds_up():
    september = sessions("juggling", ["2026-09-01"], minutes=[30.0])
    october = sessions(["juggling", "omelette"], ["2026-10-01", "2026-10-02"], minutes=[60.0, 20.0])
    text = happened(practice(pd.concat([september, october])))
    assert "Ada practised 2 skills for 1 h 20 min, 50 min more than in September; juggling took 75% of it." in text


def test_without_scores_and_moods_three_sentences_are_left():
    rows = [sessions("old", ["2026-08-01"]), sessions("juggling", ["2026-09-01", "2026-09-02", "2026-10-03"])]
    text = happened(practice(pd.concat([*rows, sessions("new", ["2026-10-05"])], ignore_index=True), learner="me"))
    assert "You practised 2 skills for 2 sessions, as much as in September" in text
    assert "New: new." in text
    assert "October was the busiest of the last 3 months with practice." in text


def test_the_first_month_is_called_so():
    text = happened(practice(sessions("juggling", ["2026-10-01"], minutes=[60.0])))
    assert "Ada practised 1 skill for 1 h, the first in this log." in text


def test_a_month_without_practice_says_when_the_last_was():
    text = happened(practice(sessions("juggling", ["2026-09-12"])))
    assert "Ada logged no practice in October 2026: the last session was on 12 September 2026." in text


@pytest.mark.parametrize(("better", "verb"), [("higher", "improved"), ("lower", "slipped")])
def test_the_clearest_change_is_told_in_the_cards_direction(better, verb):
    noise = np.tile([-0.5, 0.5, 0.2, -0.2], 5)[:18]
    days = pd.date_range("2026-09-10", periods=18).append(pd.date_range("2026-10-02", periods=18))
    rows = sessions("juggling", days, score=np.concatenate([10 + noise, 20 + noise]))
    text = happened(practice(rows, {"juggling": {"better": better, "unit": "catches"}}))
    assert f"Juggling {verb} most clearly: 20 catches on average, 10 in the four weeks before" in text


def test_a_slip_has_its_interval_from_low_to_high():
    noise = np.tile([-0.5, 0.5, 0.2, -0.2], 5)[:18]
    days = pd.date_range("2026-09-10", periods=18).append(pd.date_range("2026-10-02", periods=18))
    text = happened(practice(sessions("juggling", days, score=np.concatenate([20 + noise, 10 + noise]))))
    low, high = re.search(r"Juggling slipped .* difference ([\d.]+) to ([\d.]+)\)", text).groups()
    assert float(low) < 10 < float(high)


def test_a_mood_that_falls_is_not_called_much_the_same():
    days = pd.date_range("2026-10-01", periods=12)
    before, after = np.tile([4.0, 5.0], 6), np.tile([3.0, 4.0, 2.0, 4.0], 3)
    text = happened(practice(sessions("chess", days, mood_before=before, mood_after=after)))
    assert "Mood was lower after a session than before; it fell least with chess" in text


def test_a_skill_that_falls_asleep_is_woken_but_a_dropped_one_is_not():
    asleep = sessions("surfing", pd.date_range("2026-07-01", "2026-09-29", freq="3D"))
    dropped = sessions("bread", pd.date_range("2026-01-01", "2026-03-01", freq="3D"))
    awake = sessions("juggling", pd.date_range("2026-09-01", "2026-10-31"))
    text = suggestions(practice(pd.concat([asleep, dropped, awake])))
    assert "Wake surfing up." in text
    assert "It has rested for 32 days; before, 3 days between practice days was typical." in text
    assert "bread" not in text


def test_a_narrow_load_is_widened():
    days = pd.date_range("2026-10-01", "2026-10-31")
    rows = pd.concat([sessions("ukulele", days, minutes=60.0), sessions("tea", days, minutes=20.0, variation="x")])
    text = suggestions(practice(rows))
    assert "Widen ukulele. It took 75% of the practice of the last 28 days, and 0% of its 28 sessions" in text.replace(
        "  ", " "
    )


def test_a_skill_that_stands_still_is_taken_apart_unless_its_target_is_reached():
    random = np.random.default_rng(3)
    days = pd.date_range("2026-09-05", "2026-10-31")
    rows = sessions("juggling", days, score=50 + random.normal(0, 2, len(days)))
    card = {"unit": "catches", "rub_pat_barrier": "Throw alone, catch alone."}
    text = suggestions(practice(rows, {"juggling": {**card, "target": 100}}))
    assert "Isolate the parts of juggling." in text
    assert "Its card says: Throw alone, catch alone." in text
    assert "Isolate" not in suggestions(practice(rows, {"juggling": {**card, "target": 40}}))


def test_a_skill_on_the_way_to_its_target_is_not_called_stuck():
    days = pd.date_range("2026-01-01", "2026-10-31")
    score = 80 - 60 * np.exp(-0.008 * np.arange(len(days))) + np.random.default_rng(3).normal(0, 6, len(days))
    home = practice(sessions("juggling", days, score=score), {"juggling": {"unit": "catches", "target": 77}})
    known = mm.payoff.forecast(home.log, mm.payoff.learning_curves(home.log), as_of=AS_OF)
    assert known["state"].tolist() == ["on the way"]
    assert "Isolate" in suggestions(home, forecast=known.iloc[:0])
    assert "Isolate" not in suggestions(home)


def test_nothing_that_stands_out_is_said_so():
    assert "No number stands out" in suggestions(practice(sessions("tea", ["2026-10-01"])))


def test_hostile_names_are_text():
    rows = sessions("<script>alert(1)</script>", ["2026-10-01", "2026-10-02"], minutes=10.0)
    fragment = story.happened(
        practice(rows, learner="<b>x"),
        mm.repetition.totals(practice(rows).log, by="skill", freq="MS"),
        mm.payoff.progress(practice(rows).log, since="2026-10-01", until=AS_OF),
        mm.selves.mood_lift(practice(rows).log),
        MONTH,
    )
    assert "<script>" not in fragment
    assert "<b>" not in fragment
    assert "<b>" not in story.title("<b>x", MONTH, AS_OF).replace("<h1>", "")


def test_provenance_changes_with_the_data():
    one, two = (practice(sessions("tea", ["2026-10-01"], minutes=[m])) for m in (10.0, 11.0))
    assert story.provenance(one, {}) == story.provenance(one, {})
    assert story.provenance(one, {}) != story.provenance(two, {})
    assert "1 practice session, 2026-10-01 to 2026-10-01" in story.provenance(one, {})


def test_the_clearest_transfer_is_worth_an_experiment_and_what_is_not_clear_is_not():
    home = practice(sessions("tea", ["2026-10-01"]))
    row = {
        "from_skill": "morning's tea", "to_skill": "omelette", "estimate": 0.94, "low": 0.6, "high": 1.3,
        "p_value": 1e-6, "per": "hour", "verdict": "better after more",
    }  # fmt: skip
    second = row | {"from_skill": "juggling", "p_value": 1e-3}
    text = suggestions(home, transfer=pd.DataFrame([second, row]))
    assert "Find out whether morning's tea feeds omelette." in html.unescape(text)
    assert "+0.94 standard deviations for each hour in the week before (95% interval +0.6 to +1.3)" in text
    assert """mm experiment plan --to omelette --from 'morning'"'"'s tea' --weeks 12""" in html.unescape(text)
    assert "juggling" not in text
    for verdict in ("none found", "worse after more", "too little overlap"):
        assert "feeds" not in suggestions(home, transfer=pd.DataFrame([row | {"verdict": verdict}]))

"""The simulated learners: what is written is what is in data/, and the stories are where the truth says."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmlib import simulate
from mmlib.measures import synergy
from mmlib.practice import load
from mmlib.simulate.cohort import _people
from mmlib.simulate.randomness import lasting_noise, learned
from mmlib.simulate.simulated import settings

DATA = Path(__file__).parents[1] / "data"
RATINGS = ["payoff", "praise", "flow", "challenge", "support", "mood_before", "mood_after"]
SIX_PARTS = [
    "entry_trick",
    "rub_pat_barrier",
    "background_support",
    "payoff",
    "repeatability",
    "experimental_possibilities",
]


@pytest.fixture(scope="module")
def ada():
    return simulate.practice()


@pytest.fixture(scope="module")
def sixty():
    return simulate.cohort()


def sessions(simulated, skill):
    return simulated.log[simulated.log["skill"] == skill].reset_index(drop=True)


def month(log, name):
    return log[log["start"].dt.strftime("%Y-%m") == name]


def truth_of(simulated, skill):
    return simulated.truth["skills"].set_index("skill").loc[skill]


def residuals(simulated, skill):
    """Scores minus the true curve, written out here anew; in standard deviations, positive = higher."""
    own, true = sessions(simulated, skill), truth_of(simulated, skill)
    trial = np.arange(1, len(own) + 1)
    left = np.exp(-true["rate"] * (trial - 1)) if true["form"] == "exponential" else trial ** -true["rate"]
    sign = 1 if own["better"][0] == "higher" else -1
    return (own["score"] - (true["asymptote"] - sign * true["gain"] * left)) / true["noise_sd"]


def slope(x, y):
    """Least squares of y on x: the slope and its standard error."""
    known = ~(np.isnan(x) | np.isnan(y))
    design = np.column_stack([np.ones(known.sum()), x[known]])
    beta, *_ = np.linalg.lstsq(design, y[known], rcond=None)
    variance = ((y[known] - design @ beta) ** 2).sum() / (known.sum() - 2)
    return beta[1], np.sqrt(variance * np.linalg.inv(design.T @ design)[1, 1])


# what lies in data/


@pytest.mark.parametrize(("folder", "make"), [("sample", simulate.practice), ("sample-cohort", simulate.cohort)])
def test_the_sample_folders_are_the_output_of_the_default_seeds(folder, make, tmp_path):
    simulate.write(make(), tmp_path)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == ["log.csv", "milestones.csv", "skills.toml"]
    for name in written:
        assert (tmp_path / name).read_bytes() == (DATA / folder / name).read_bytes(), f"{folder}/{name}"


@pytest.mark.parametrize("name", ["ada", "sixty"])
def test_what_is_written_loads_as_it_was(name, request, tmp_path):
    simulated = request.getfixturevalue(name)
    simulate.write(simulated, tmp_path / "new" / "folder")
    loaded = load(tmp_path / "new" / "folder")
    pd.testing.assert_frame_equal(loaded.log, simulated.log)
    pd.testing.assert_frame_equal(loaded.skills, simulated.skills)
    pd.testing.assert_frame_equal(loaded.milestones, simulated.milestones)


def test_the_seed_decides_everything(ada):
    pd.testing.assert_frame_equal(simulate.practice().log, ada.log)
    other = simulate.practice(seed=1).log
    assert len(other) != len(ada.log) or not other["score"].equals(ada.log["score"])


# believable rows


@pytest.mark.parametrize("name", ["ada", "sixty"])
def test_rows_are_within_what_a_log_may_hold(name, request):
    log = request.getfixturevalue(name).log
    for rating in RATINGS:
        assert set(log[rating].dropna()) <= {1, 2, 3, 4, 5}
    assert (log["minutes"].dropna() >= 2).all()
    assert (log["minutes"].dropna() % 1 == 0).all()
    assert (log["score"].dropna() >= 0).all()
    both = log[["reps", "successes"]].dropna()
    assert len(both) > 50
    assert (both["successes"] <= both["reps"]).all()
    assert log["source"].isna().all()
    ends = log["start"] + pd.to_timedelta(log["minutes"].fillna(0), unit="min")
    following = log["start"].shift(-1)
    same = log["learner"] == log["learner"].shift(-1)
    assert (ends[same] <= following[same]).all(), "sessions of one learner overlap"


def test_ada_keeps_a_diary_of_eighteen_months_with_gaps_in_it(ada):
    log = ada.log
    assert 1_200 <= len(log) <= 1_800
    assert log["start"].min().date().isoformat() == "2025-05-01"
    assert log["start"].max().date().isoformat() == "2026-10-31"
    assert log["skill"].nunique() == 9
    assert log["domain"].nunique() == 6
    for column, least, most in [("payoff", 0.6, 0.95), ("praise", 0.03, 0.2), ("note", 0.03, 0.2)]:
        assert least < log[column].notna().mean() < most
    evenings = log["start"].dt.hour.between(17, 22)
    weekdays = log["start"].dt.day_of_week < 5
    assert evenings[weekdays].mean() > evenings[~weekdays].mean() + 0.15
    flu = log["start"].between("2026-02-02", "2026-02-09").sum()
    assert flu < log["start"].between("2026-01-19", "2026-01-26").sum() / 2


def test_cards_have_six_parts_of_text_but_for_three_gaps(ada):
    parts = ada.skills.set_index("skill")[SIX_PARTS]
    assert {(skill, part) for skill, row in parts.iterrows() for part in row.index[row.isna()]} == {
        ("sourdough", "background_support"),
        ("sourdough", "repeatability"),
        ("surf pop-up", "experimental_possibilities"),
    }
    assert all(len(text) > 20 for column in parts for text in parts[column].dropna())
    assert ada.skills[["title", "domain", "unit", "better", "target", "self"]].notna().all(axis=None)


# Ada's stories


def test_juggling_leaps_after_a_long_plateau(ada):
    leap, own = ada.truth["leap"], sessions(ada, "juggling").dropna(subset="score")
    before, after = own[own["start"] < leap["date"]], own[own["start"] >= leap["date"]]
    risen = after["score"].head(15).mean() - before["score"].tail(15).mean()
    assert risen == pytest.approx(leap["size"], abs=3)
    plateau = before[before["start"] >= "2026-03-01"]["score"]
    assert len(plateau) > 60
    assert abs(plateau.iloc[::2].mean() - plateau.iloc[1::2].mean()) < 1.5
    assert plateau.head(30).mean() == pytest.approx(plateau.tail(30).mean(), abs=2)


def test_throws_and_catches_were_isolated_and_then_combined_before_the_leap(ada):
    own = sessions(ada, "juggling")
    isolated = own[own["start"].between("2026-09-05", "2026-09-26")]
    combined = own[own["start"].between("2026-09-26", "2026-10-10")]
    assert (isolated["part"] == "isolate").mean() > 0.7
    assert isolated["variation"].str.contains("alone").sum() >= 8
    assert (combined["part"] == "combine").mean() > 0.7
    assert (own[own["start"] < "2026-09-05"]["part"] == "isolate").mean() < 0.05


def test_harmonica_feeds_the_ukulele(ada):
    transfer, own, source = ada.truth["transfer"], sessions(ada, "ukulele"), sessions(ada, "harmonica")
    week = pd.Timedelta(days=transfer["window_days"])
    hours = np.array(
        [source["minutes"][(source["start"] >= t - week) & (source["start"] < t)].sum() / 60 for t in own["start"]]
    )
    estimate, error = slope(hours, residuals(ada, "ukulele").to_numpy())
    assert estimate > 4 * error
    assert estimate == pytest.approx(transfer["sd_per_hour"], abs=3 * error)
    nothing, error = slope(hours, residuals(ada, "ukulele").sample(frac=1, random_state=1).to_numpy())
    assert abs(nothing) < 3 * error


def test_japanese_is_forgotten_over_gaps(ada):
    own = sessions(ada, "Japanese phrases")
    gap_days = own["start"].diff() / pd.Timedelta(days=1)
    loss = -residuals(ada, "Japanese phrases") * truth_of(ada, "Japanese phrases")["noise_sd"]
    estimate, error = slope(np.log1p(gap_days).to_numpy(), loss.to_numpy())
    assert estimate == pytest.approx(ada.truth["forgetting"]["loss_per_log_day"], abs=3 * error)
    assert (gap_days > 14).sum() >= 4
    assert loss[gap_days > 14].mean() > loss[gap_days < 3].mean() + 8


def test_the_omelette_pays_off_at_once(ada):
    entry, own = ada.truth["entry_trick"], sessions(ada, "omelette")
    first, later = own.head(entry["trials"]), own.iloc[entry["trials"] :]
    assert (first["part"] == "entry_trick").all()
    assert (first["payoff"] >= entry["payoff"]).all()
    assert later["score"].mean() - first["score"].min() > 5
    assert not (later["part"] == "entry_trick").any()


def test_the_circle_reaches_its_ceiling_and_target(ada):
    ceiling, own = ada.truth["ceiling"], sessions(ada, "drawing a circle").dropna(subset="score")
    assert own["score"].tail(50).mean() == pytest.approx(ceiling["asymptote"], abs=0.15)
    row, reached = 0, None
    for start, score in zip(own["start"], own["score"], strict=True):
        row = row + 1 if score <= ceiling["target"] else 0
        if row == 5:
            reached = start
            break
    assert reached.date().isoformat() == ceiling["date"]
    mastered = ada.milestones[ada.milestones["kind"] == "mastered"].set_index("skill")["date"]
    assert mastered["drawing a circle"] == reached.normalize()


@pytest.mark.parametrize(("story", "at_least_days"), [("dropped", 200), ("asleep", 30)])
def test_a_skill_is_dropped_and_another_falls_asleep(ada, story, at_least_days):
    last = sessions(ada, ada.truth[story]["skill"])["start"].max()
    assert last.date().isoformat() == ada.truth[story]["last_day"]
    assert (pd.Timestamp("2026-10-31") - last.normalize()).days >= at_least_days


def test_the_sleeping_skill_was_weekly_before(ada):
    days = sessions(ada, "surf pop-up")["start"].dt.normalize().drop_duplicates()
    assert days.tail(20).diff().dt.days.median() <= 7


def test_the_ukulele_is_overpractised_in_october(ada):
    story, own = ada.truth["overpractised"], sessions(ada, "ukulele")
    october, minutes = month(own, "2026-10"), month(ada.log, "2026-10")["minutes"].sum()
    assert 0.4 < october["minutes"].sum() / minutes < 0.65
    assert october["variation"].isna().all()
    assert october["support"].mean() > 4
    week = own[own["start"] >= "2026-10-25"]["minutes"].sum()
    weeks_before = own[own["start"].between("2026-09-27", "2026-10-25")]["minutes"].sum() / 4
    assert week / weeks_before > 1.5
    lift = own["mood_after"] - own["mood_before"]
    early, late = lift[own["start"] < story["from"]], lift[own["start"] >= "2026-10-11"]
    assert early.mean() == pytest.approx(truth_of(ada, "ukulele")["mood_lift"], abs=0.2)
    assert late.mean() < early.mean() - 0.4


def test_some_skills_lift_the_mood_more_than_others(ada):
    log = ada.log.assign(lift=ada.log["mood_after"] - ada.log["mood_before"])
    lift = log.groupby("skill")["lift"].agg(["mean", "sem"])
    for skill in lift.index.difference(["ukulele"]):
        cut_at_five = 0.15
        tolerance = 3 * lift["sem"][skill] + cut_at_five
        assert lift["mean"][skill] == pytest.approx(truth_of(ada, skill)["mood_lift"], abs=tolerance)
    for strong in ("juggling", "harmonica"):
        assert lift["mean"][strong] > lift["mean"]["Japanese phrases"] + 0.5


@pytest.mark.parametrize("skill", ["drawing a circle", "harmonica", "sourdough", "surf pop-up", "omelette"])
def test_scores_scatter_around_the_true_curve_as_said(ada, skill):
    true, rest = truth_of(ada, skill), residuals(ada, skill)
    n = rest.notna().sum()
    assert rest.mean() == pytest.approx(0, abs=4 / np.sqrt(n))
    assert rest.std() == pytest.approx(1, abs=3.5 / np.sqrt(2 * n) + 0.05)
    assert rest.autocorr() == pytest.approx(true["autocorrelation"], abs=3.5 / np.sqrt(n))


def test_card_tricks_come_off_as_often_as_said(ada):
    own, true = sessions(ada, "card trick"), truth_of(ada, "card trick")
    assert own["score"].isna().all()
    late = own[own.index >= 60]
    expected = true["asymptote"] - true["gain"] * np.exp(-true["rate"] * late.index.to_numpy())
    assert late["successes"].sum() / late["reps"].sum() == pytest.approx(expected.mean(), abs=0.05)


def test_milestones_stand_on_days_of_practice(ada):
    practised = set(zip(ada.log["skill"], ada.log["start"].dt.normalize(), strict=True))
    assert set(zip(ada.milestones["skill"], ada.milestones["date"], strict=True)) <= practised
    assert {"first payoff", "mastered", "breakthrough", "performance"} <= set(ada.milestones["kind"])


# the cohort


def odds(people):
    """Count arts by breakthrough: both, arts only, breakthrough only, neither."""
    arts, breaks = people["arts"], people["breakthrough"]
    return [int(x.sum()) for x in (arts & breaks, arts & ~breaks, ~arts & breaks, ~arts & ~breaks)]


def odds_ratios(people, strata):
    """The crude odds ratio, and Mantel and Haenszel's within strata: sum(ad/n) / sum(bc/n)."""
    a, b, c, d = odds(people)
    tables = [odds(stratum) for _, stratum in people.groupby(strata)]
    above = sum(table[0] * table[3] / sum(table) for table in tables)
    below = sum(table[1] * table[2] / sum(table) for table in tables)
    return a * d / (b * c), above / below


def test_the_cohort_is_as_large_as_said(sixty):
    log = sixty.log
    assert log["learner"].nunique() == 60
    assert len(log) <= 15_000
    skills = log.groupby("learner")["skill"].nunique()
    assert skills.min() >= 2
    assert skills.max() <= 5
    days = log.groupby("learner")["start"].agg(lambda start: (start.max() - start.min()).days)
    assert days.max() <= 275
    assert {"art", "craft", "performance", "music", "body", "science"} == set(log["domain"])
    assert log["start"].max() < pd.Timestamp("2026-11-01")


def test_arts_go_with_breakthroughs_only_through_commitment(sixty):
    """From the log and milestones alone, as a participant would do it."""
    log = sixty.log
    minutes = log.groupby("learner")["minutes"].sum()
    breaks = sixty.milestones.loc[sixty.milestones["kind"] == "breakthrough", "learner"]
    people = pd.DataFrame(
        {
            "arts": (log["domain"] == "art").groupby(log["learner"]).any(),
            "breakthrough": minutes.index.isin(breaks),
            "total": pd.cut(minutes, [0, 1200, 3000, 10_000], labels=False),
        }
    )
    crude, within = odds_ratios(people, "total")
    assert crude > 3
    assert within == pytest.approx(sixty.truth["conditional_odds_ratio"], abs=0.5)
    truth = sixty.truth["learners"].set_index("learner")
    pd.testing.assert_series_equal(people["arts"], truth["arts"], check_names=False, check_index_type=False)
    pd.testing.assert_series_equal(people["breakthrough"], truth["breakthrough"], check_index_type=False)


def test_the_model_has_the_odds_ratios_it_names(sixty):
    """Fifteen thousand people, so that chance plays hardly any part."""
    specs = settings("cohort.toml")
    drawn = [pd.DataFrame(_people(specs, 3_000, np.random.default_rng([9, i]))) for i in range(5)]
    crude, within = odds_ratios(pd.concat(drawn), "commitment")
    assert crude == pytest.approx(sixty.truth["crude_odds_ratio"], rel=0.12)
    assert within == pytest.approx(sixty.truth["conditional_odds_ratio"], rel=0.12)


def test_practice_in_the_cohort_is_as_much_as_planned(sixty):
    minutes = sixty.log.groupby("learner")["minutes"].sum()
    planned = sixty.truth["learners"].set_index("learner")["minutes"]
    assert (minutes / planned).between(0.75, 1.3).all()


def test_scores_in_the_cohort_scatter_around_each_learners_curve(sixty):
    curves = sixty.truth["curves"].set_index(["learner", "skill"])
    rest = []
    for key, own in sixty.log.groupby(["learner", "skill"]):
        if key[1] not in ("mental arithmetic", "drawing a circle", "ukulele"):
            continue
        true, trial = curves.loc[key], np.arange(1, len(own) + 1)
        left = np.exp(-true["rate"] * (trial - 1)) if true["form"] == "exponential" else trial ** -true["rate"]
        sign = 1 if own["better"].iloc[0] == "higher" else -1
        rest.append((own["score"] - true["asymptote"] + sign * true["gain"] * left) / true["noise_sd"])
    rest = pd.concat(rest).dropna()
    assert len(rest) > 1_000
    assert rest.mean() == pytest.approx(0, abs=0.1)
    assert rest.std() == pytest.approx(1, abs=0.1)
    assert curves.loc[(slice(None), "mental arithmetic"), "rate"].std() > 0.05


# the parts it is made of


def test_noise_has_the_deviation_and_autocorrelation_asked_for():
    noise = pd.Series(lasting_noise(np.random.default_rng(3), 40_000, 0.6))
    assert noise.std() == pytest.approx(1, abs=0.02)
    assert noise.autocorr() == pytest.approx(0.6, abs=0.02)


def test_curves_by_hand():
    curve = {"form": "exponential", "asymptote": 10.0, "gain": 4.0, "rate": np.log(2)}
    assert learned(curve, [1, 2, 3], "higher") == pytest.approx([6, 8, 9])
    assert learned(curve, [1, 2, 3], "lower") == pytest.approx([14, 12, 11])
    assert learned({**curve, "form": "power", "rate": 1.0}, [1, 4], "higher") == pytest.approx([6, 9])
    assert learned({**curve, "form": "flat"}, [1, 9], "lower") == pytest.approx([10, 10])


@pytest.fixture(scope="module")
def followed():
    plan = synergy.plan_experiment("ukulele", "harmonica", start="2026-11-02", seed=1, weeks=40)
    return plan, simulate.experiment(plan, effect=2.0, autocorrelation=0.0, seed=2)


def test_a_simulated_experiment_has_the_effect_that_it_says(followed):
    """The curve taken out, least squares on the share of the last seven days gives effect and noise back."""
    _, made = followed
    own = sessions(made, "ukulele")
    curve = made.truth["curve"]
    rest = own["score"] - learned(curve, np.arange(1, len(own) + 1), "higher")
    played = set(sessions(made, "harmonica")["start"].dt.normalize())
    days = own["start"].dt.normalize()
    share = np.array([np.mean([day - pd.Timedelta(days=ago) in played for ago in range(7)]) for day in days])
    effect, error = slope(share, rest)
    assert abs(effect - made.truth["effect"]) < 3 * error
    assert np.std(rest - made.truth["effect"] * share) == pytest.approx(made.truth["noise_sd"], rel=0.15)


def test_a_simulated_plan_is_followed_and_practice_before_it_is_as_usual(followed):
    plan, made = followed
    played = sessions(made, "harmonica")["start"].dt.normalize()
    during = played[played >= "2026-11-02"]
    wanted = [
        day
        for _, row in plan[plan["condition"] == "with"].iterrows()
        for day in pd.date_range(row["start"], row["end"])
    ]
    assert sorted(during) == wanted
    assert 14 < (played < "2026-11-02").sum() < 42
    own = sessions(made, "ukulele")
    assert len(own) / (40 + 8) == pytest.approx(5, abs=0.7)


def test_imperfect_adherence_shrinks_the_effect_of_the_plan(followed):
    plan, _ = followed
    made = simulate.experiment(plan, effect=2.0, adherence=0.8, seed=2)
    assert made.truth["planned"] == pytest.approx(0.6 * made.truth["effect"])
    assert simulate.experiment(plan, seed=3).log.equals(simulate.experiment(plan, seed=3).log)
    assert not simulate.experiment(plan, seed=3).log.equals(simulate.experiment(plan, seed=4).log)

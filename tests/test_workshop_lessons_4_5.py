"""Lessons 4 and 5: what they show is counted again here from the files, and each typical mistake gets its sentence."""

import csv
import re
import statistics
import warnings
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from math import exp, log, log1p
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import papermill
import pytest
from scipy.optimize import curve_fit
from scipy.stats import contingency
from statsmodels.stats.contingency_tables import StratifiedTable

import mmlib as mm
from mmlib.reports.kernels import OwnKernelManager
from mmlib.workshop import CheckError, participants

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ("4-spacing", "5-synergy")
SVG = "image/svg+xml"
each_lesson = pytest.mark.parametrize("name", LESSONS)


def lesson(name):
    return nbformat.read(ROOT / "notebooks" / "workshop" / f"{name}.ipynb", as_version=4)


def tags(cell):
    return cell.metadata.get("tags", [])


def prose(name):
    text = "\n".join(cell.source for cell in lesson(name).cells if cell.cell_type == "markdown")
    return " ".join(text.split())


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The solved lessons, executed."""
    done = {}
    for name in LESSONS:
        work = tmp_path_factory.mktemp(name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the libraries' own, about event loops and ids
            done[name] = papermill.execute_notebook(
                ROOT / "notebooks" / "workshop" / f"{name}.ipynb",
                work / "done.ipynb",
                cwd=work,
                kernel_name="python3",
                progress_bar=False,
                kernel_manager_class=OwnKernelManager,
                execution_timeout=60,
            )
    return done


def told(notebook, cell_id):
    """What a cell shows, as text."""
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    return " ".join(output.data.get("text/html", output.data["text/plain"]) for output in cell.outputs)


def alts(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return " ".join(output.metadata[SVG]["alt"] for output in outputs if SVG in output.get("data", {}))


def cells(page):
    """The cells of the body of a table."""
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"(?s)<td[^>]*>(.*?)</td>", page)]


# The files, read without mmlib.


def read(folder, file="log.csv"):
    with (ROOT / "data" / folder / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def japanese():
    """Ada's sessions of Japanese: start, minutes, score, days since the session before, trial."""
    rows = [row for row in read("sample") if row["skill"] == "Japanese phrases"]
    rows.sort(key=lambda row: row["start"])
    start = [datetime.fromisoformat(row["start"]) for row in rows]
    gap = [None] + [(b - a).total_seconds() / 86_400 for a, b in pairwise(start)]
    score = [float(row["score"]) if row["score"] else None for row in rows]
    minutes = [float(row["minutes"]) for row in rows]
    return list(zip(start, minutes, score, gap, range(1, len(rows) + 1), strict=True))


@pytest.fixture(scope="module")
def cohort():
    """Each learner outside art: hours in all, whether ten of them are of art, whether there was a breakthrough."""
    domains = dict(re.findall(r'(?ms)^\["?([^\]"]+)"?\].*?^domain = "(\w+)"', _cards()))
    hours = defaultdict(Counter)
    for row in read("sample-cohort"):
        hours[row["learner"]][domains[row["skill"]]] += float(row["minutes"]) / 60
    achieved = {row["learner"] for row in read("sample-cohort", "milestones.csv") if row["kind"] == "breakthrough"}
    rows = {who: (own.total(), own["art"] >= 10, who in achieved, max(own, key=own.get)) for who, own in hours.items()}
    return [row[:3] for row in rows.values() if row[3] != "art"]


def _cards():
    return (ROOT / "data" / "sample-cohort" / "skills.toml").read_text(encoding="utf-8")


# What both share.


@each_lesson
def test_has_the_shape_of_a_lesson(name):
    cells = lesson(name).cells
    assert cells[0].source.startswith(f"# {name[0]} · ")
    assert re.search(r"\n\n\*\*[^*]+\?\*\*\n\n\*\*You will be able to\*\*\n\n(- .+\n?){2,4}", cells[0].source)
    assert re.search(r"\*(15|20) minutes\.", cells[0].source)
    assert tags(cells[1]) == ["parameters"]
    assert cells[1].source.startswith('folder: str = ""  # your practice folder; empty: one that is thrown away')
    assert cells[3].source == "folder = mm.workshop.practice_folder(folder)"
    assert cells[-1].source.startswith("## Take away\n\n- ")


@each_lesson
def test_each_exercise_has_a_hint_an_answer_and_a_check(name):
    cells = lesson(name).cells
    starts = [i for i, cell in enumerate(cells) if cell.source.startswith("## Exercise ")]
    assert [cells[i].source[12] for i in starts] == ["1", "2", "3", "4"]
    for i, end in zip(starts, [*starts[1:], len(cells)], strict=True):
        own = cells[i:end]
        assert "<details><summary>Hint</summary>" in "".join(cell.source for cell in own)
        assert [cell for cell in own if "solution" in tags(cell)]
        assert [cell for cell in own if "check" in tags(cell)]
    assert [cell for cell in cells if "check" in tags(cell) and "between=" in cell.source], "a prediction"


@each_lesson
def test_each_chart_is_read(name):
    for source in [cell.source for cell in lesson(name).cells if cell.cell_type == "code"]:
        drawn = re.search(r"^(ax|axes) = mm\.charts\.", source, re.MULTILINE)
        assert not drawn or source.endswith(f"\nmm.charts.show({drawn[1]})")


@each_lesson
def test_each_check_of_the_participants_copy_says_what_to_do_while_nothing_is_answered(name):
    copy, space, stopped = participants(lesson(name), ""), {}, []
    for cell in copy.cells:
        try:
            run([cell], space)
        except CheckError as error:
            assert str(error).startswith("Nothing to check yet: put your answer in the place of the three dots")
            stopped.append(cell.id)
        except TypeError:
            assert cell.id == "synergy-ex4-show"  # a plan that was not drawn cannot be shown
    assert stopped == [cell.id for cell in copy.cells if "check" in tags(cell)]
    plt.close("all")


@each_lesson
def test_runs_without_a_stray_output(name, shown):
    outputs = [output for cell in shown[name].cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type != "display_data" and "data" not in output]
    assert not [output for output in outputs if "<Axes" in str(output.get("data", ""))]
    ticks = [told(shown[name], cell.id) for cell in shown[name].cells if "check" in tags(cell) and cell.outputs]
    assert len(ticks) == sum("check" in tags(cell) for cell in shown[name].cells)
    assert all("✓" in tick for tick in ticks)


# Lesson 4.


def test_the_longest_pause_and_the_way_back_are_those_of_the_file(japanese, shown):
    back = max(range(1, len(japanese)), key=lambda i: japanese[i][3])
    before = [score for _, _, score, _, _ in japanese[back - 5 : back]]
    after = [score for _, _, score, _, _ in japanese[back : back + 8]]
    usual = sorted(before)[2]
    lost, comeback = usual - after[0], [score >= usual for score in after].index(True) + 1
    notebook = shown["4-spacing"]
    assert f"Right: {japanese[back][3]:.2f} days." in told(notebook, "spacing-ex1-check")
    assert f"Right: {lost:g} points." in told(notebook, "spacing-ex2-lost")
    assert f"Right: {comeback} sessions." in told(notebook, "spacing-ex2-comeback")
    assert "Seven weeks away, and less than a fortnight to be back" in prose("4-spacing")
    assert round(japanese[back][3] / 7) == 7
    assert (japanese[back + comeback - 1][0] - japanese[back][0]).days < 14
    first = next(start for start, _, score, _, _ in japanese if score and score >= usual)
    assert (first - japanese[0][0]).days > 60, "it had taken her months"


def test_the_cost_of_a_gap_agrees_with_a_plain_fit_and_holds_the_truth(japanese, shown):
    known = [(trial, gap, score) for _, _, score, gap, trial in japanese if score is not None and gap]
    trial, gap, score = map(np.array, zip(*known, strict=True))

    def course(x, top, gain, rate, per_log_day):
        return top - gain * np.exp(-rate * (x[0] - 1)) - per_log_day * np.log1p(x[1])

    (*_, plain), _ = curve_fit(course, (trial, gap), score, p0=(90, 60, 0.03, 5))
    notebook = shown["4-spacing"]
    table = cells(told(notebook, "spacing-ex3-c"))
    c = float(table[1])
    assert plain == pytest.approx(c, abs=1)
    rows = np.array(cells(told(notebook, "spacing-truth-table"))).reshape(3, 5)
    for days, (estimate, low, high, true, _) in zip((1, 7, 28), rows, strict=True):
        assert float(true) == pytest.approx(7 * log(1 + days), abs=0.05)
        assert float(estimate) == pytest.approx(c * log1p(days), abs=0.1)
        assert float(low) < float(true) < float(high)
    assert rows[:, 4].tolist() == ["–", "10.0", "30.0"]
    assert f"After 7 days without Japanese phrases, {rows[1, 0]} ({rows[1, 1]} to {rows[1, 2]})" in alts(notebook)
    assert "cost less than twice as much as one" in prose("4-spacing")
    assert float(rows[2, 0]) < 2 * float(rows[1, 0])


def test_the_review_is_due_when_so_much_is_lost(shown):
    due = float(re.search(r"Right: ([\d.]+) days", told(shown["4-spacing"], "spacing-ex3-due"))[1])
    cost = float(re.search(r"Right: ([\d.]+) points", told(shown["4-spacing"], "spacing-ex3-cost"))[1])
    c = float(cells(told(shown["4-spacing"], "spacing-ex3-c"))[1])
    assert c * log(1 + due) == pytest.approx(15, abs=0.02)
    assert due == pytest.approx(exp(15 / c) - 1, abs=0.05)
    assert c * log(29) == pytest.approx(cost, abs=0.05)


def test_spacing_leads_in_the_whole_log_and_not_at_the_same_stage(japanese, shown):
    groups = defaultdict(list)
    for row in japanese[1:]:
        groups["1 day" if row[3] <= 1.5 else "2 to 4 days" if row[3] <= 4.5 else "longer"].append(row)
    expected = []
    for name in ("1 day", "2 to 4 days", "longer"):
        expected.append(f"{statistics.mean(row[1] for row in groups[name]):.1f}")
        expected.append(f"{statistics.mean(row[2] for row in groups[name] if row[2] is not None):.1f}")
    assert cells(told(shown["4-spacing"], "spacing-ex4-table")) == expected
    assert float(expected[3]) - float(expected[1]) == pytest.approx(4.5, abs=0.1), "as the prose says"

    def mean_in(year, name):
        return statistics.mean(row[2] for row in groups[name] if row[0].year == year and row[2] is not None)

    ahead = mean_in(2026, "2 to 4 days") - mean_in(2026, "1 day")
    assert f"Right: {ahead:.4g} points.".replace("-", "−") in told(shown["4-spacing"], "spacing-ex4-check")
    assert ahead < 0
    trials = {name: statistics.mean(row[4] for row in rows) for name, rows in groups.items()}
    assert trials["1 day"] < trials["2 to 4 days"], "she practised daily as a beginner"


def test_only_japanese_fades_in_the_simulation():
    truth = mm.simulate.practice().truth
    assert truth["forgetting"] == {"skill": "Japanese phrases", "loss_per_log_day": 7.0}
    assert "takes `7 · ln(1 + days)` points" in prose("4-spacing")


# Lesson 5.


def test_the_four_counts_and_both_ratios_are_those_of_the_files(cohort, shown):
    counts = Counter((art, achieved) for _, art, achieved in cohort)
    four = [counts[art, achieved] for art in (True, False) for achieved in (True, False)]
    notebook = shown["5-synergy"]
    assert cells(told(notebook, "synergy-ex1-table-show")) == [str(count) for count in four]
    a, b, c, d = four
    assert f"Right: {a / (a + b) / (c / (c + d)):g} times." in told(notebook, "synergy-ex1-likely")
    assert f"Right: {a * d / (b * c):g} times the odds." in told(notebook, "synergy-ex1-odds")
    exact = contingency.odds_ratio([[a, b], [c, d]]).statistic
    assert f"thrown together the odds ratio is {exact:.1f}" in alts(notebook)
    assert f"grey {exact:.1f} is your {a * d / (b * c):.1f}" in prose("5-synergy")


def test_within_the_hours_nothing_is_left(cohort, shown):
    hours = {name: [own for own, art, _ in cohort if art is name] for name in (True, False)}
    times = statistics.mean(hours[True]) / statistics.mean(hours[False])
    assert f"Right: {times:.4g} times." in told(shown["5-synergy"], "synergy-ex2-check")
    ranked = sorted(cohort)
    thirds = [ranked[:20], ranked[20:40], ranked[40:]]
    tables = [
        np.array([[sum(row[1:] == (art, got) for row in third) for got in (True, False)] for art in (True, False)])
        for third in thirds
    ]
    pooled = StratifiedTable([table.astype(float) for table in tables]).oddsratio_pooled
    assert f"within the 2 strata it is {pooled:.1f}" in alts(shown["5-synergy"])
    truth = cells(told(shown["5-synergy"], "synergy-truth-odds"))
    assert truth == ["1.0", "4.0", "5.6", "2.0"] or truth == ["1.0", "4.0", "5.6", "2"]


def test_so_unequal_records_make_22_times_the_odds_of_nothing(shown):
    times = float(re.search(r"Right: ([\d.]+) times", told(shown["5-synergy"], "synergy-ex3-check"))[1])
    noted, people = round(1e6 / times), 1_000_000  # of a million performers among five millions
    recorded = [[people, 4 * people], [noted, 5 * people - noted]]
    assert contingency.odds_ratio(np.array(recorded), kind="sample").statistic == pytest.approx(22, rel=0.002)
    assert "of eighteen performers among the others the survey must have missed seventeen" in prose("5-synergy")
    assert round(times) == 18


def test_the_experiment_takes_the_shortest_length_with_power_enough(shown):
    rows = np.array(cells(told(shown["5-synergy"], "synergy-ex4-power"))).reshape(-1, 3)
    power = {int(weeks): float(share.rstrip("%")) for weeks, share, _ in rows}
    assert list(power) == [8, 12, 20, 32]
    assert min(weeks for weeks, share in power.items() if share >= 80) == 32
    assert "Right: 32 weeks." in told(shown["5-synergy"], "synergy-ex4-weeks")
    assert power[8] == pytest.approx(20, abs=3), "one case of five"
    assert power[12] < 50 < power[20] == pytest.approx(60, abs=3)


def test_the_further_pages_are_where_the_links_say():
    linked = re.findall(r"\]\((further/\w+\.ipynb)\)", prose("5-synergy"))
    assert len(linked) == 2
    assert all((ROOT / "notebooks" / "workshop" / page).exists() for page in linked)


# Typical mistakes.


def run(cells, space):
    with mpl.rc_context():
        for cell in cells:
            if cell.cell_type == "code":
                exec(cell.source, space)


@pytest.fixture(scope="module")
def solved():
    """For each lesson the names that it has given when all is answered right, and its checks."""
    spaces = {}
    for name in LESSONS:
        notebook, spaces[name] = lesson(name), {}
        run(notebook.cells, spaces[name])
    plt.close("all")
    return spaces


def said(name, solved, check, **answers):
    (cell,) = [cell for cell in lesson(name).cells if cell.id == check]
    with pytest.raises(CheckError) as caught:
        run([cell], {**solved[name], **answers})
    return str(caught.value)


@pytest.mark.parametrize(
    ("check", "answer", "sentence"),
    [
        ("predict-week", {"week": -3}, "Predict a number from 0 to 100"),
        ("ex1-check", {"longest": 1.0764}, "that is the median, her usual pause."),
        ("ex1-check", {"longest": 5.75}, "that is the whole log. Keep to `japanese`."),
        ("ex1-check", {"longest": 50.882 * 24}, "these are hours, not days."),
        ("ex1-check", {"longest": 50.882 / 7}, "these are weeks, not days."),
        ("ex1-check", {"longest": np.timedelta64(4396200, "s")}, "Divide it by pd.Timedelta("),
        ("ex2-lost", {"lost": 8}, "that is from her last score, a poor one. Start from the usual level."),
        ("ex2-lost", {"lost": 25}, "that is from her best score."),
        ("ex2-lost", {"lost": -19}, "has the wrong sign"),
        ("ex2-comeback", {"comeback": 4}, "The first session after the pause is number 1"),
        ("ex2-comeback", {"comeback": 2}, "as good as her last session before, a poor one"),
        ("ex3-cost", {"cost": 4 * 13.917}, "that is four times one week, but the curve flattens."),
        ("ex3-cost", {"cost": 6.6927 * 28}, "each day costs less."),
        ("ex3-cost", {"cost": 6.6927 * log(28)}, "it takes ln(1 + 28)"),
        ("ex3-cost", {"cost": 6.6927 * log(5)}, "these are 4 days."),
        ("ex3-due", {"due": exp(15 / 6.6927)}, "that is 1 + days."),
        ("ex3-due", {"due": 15 / 6.6927}, "that is ln(1 + days), not yet the days."),
        ("ex3-due", {"due": 8.405 / 7}, "these are weeks, not days."),
        ("ex3-due", {"due": 28 * 15 / 22.536}, "each day costs less."),
        ("ex4-check", {"ahead": 4.524}, "that is the whole log."),
        ("ex4-check", {"ahead": 1.936}, "has the wrong sign"),
        ("ex4-check", {"ahead": -2.0}, "is right as far as it goes"),
    ],
)
def test_lesson_4_says_what_is_wrong(check, answer, sentence, solved):
    assert sentence in said("4-spacing", solved, f"spacing-{check}", **answer)


@pytest.mark.parametrize(
    ("check", "answer", "sentence"),
    [
        ("ex1-likely", {"times_likely": 5.6}, "these are times the odds. Divide shares."),
        ("ex1-likely", {"times_likely": 12 / 15}, "these are counts. Divide shares."),
        ("ex1-likely", {"times_likely": (12 / 27) / (4 / 32)}, "how much more often achievers have an art"),
        ("ex1-likely", {"times_likely": 1 / 2.15}, "is upside down"),
        ("ex1-odds", {"times_odds": 2.15}, "that is times as likely. Divide odds."),
        ("ex1-odds", {"times_odds": 1 / 5.6}, "is upside down"),
        ("ex1-odds", {"times_odds": 3.0}, "these are the odds with an art."),
        ("ex1-odds", {"times_odds": 5.427}, "that is a refined estimate."),
        ("ex2-check", {"times_hours": 67.967 / 25.617}, "these are medians."),
        ("ex2-check", {"times_hours": 67.67 - 30.093}, "that is a difference. Divide."),
        ("ex2-check", {"times_hours": 30.093 / 67.67}, "is upside down"),
        ("ex3-check", {"times_recorded": 22}, "that makes it 22 times as likely."),
        ("ex3-check", {"times_recorded": 17.6}, "Turn the odds into a share."),
        ("ex3-check", {"times_recorded": 1 / 17.8}, "is upside down"),
        ("ex4-weeks", {"weeks": 8}, "8 weeks would show it in one case of five."),
        ("ex4-weeks", {"weeks": 20}, "three in five"),
    ],
)
def test_lesson_5_says_what_is_wrong(check, answer, sentence, solved):
    assert sentence in said("5-synergy", solved, f"synergy-{check}", **answer)


def test_lesson_5_says_what_is_wrong_with_a_table_and_with_a_plan(solved):
    table = solved["5-synergy"]["table"]
    wrong = said("5-synergy", solved, "synergy-ex1-table-check", table=table.T)
    assert 'no columns "had one" and "none"' in wrong
    wrong = said("5-synergy", solved, "synergy-ex1-table-check", table=table / table.to_numpy().sum())
    assert "expected 12" in wrong
    plan = mm.synergy.plan_experiment("a", "b", start="2026-11-02", seed=1, weeks=8)
    assert "found 4, expected 16" in said("5-synergy", solved, "synergy-ex4-plan", plan=plan)

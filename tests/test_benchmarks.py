"""The validity tables: their rows, their coverage, and the docs that hold them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from benchmarks import validity
from benchmarks.studies import STUDIES, curves, forms, means, progress, simulated

SERIES = 2


@pytest.fixture(scope="module")
def found():
    return validity.tables(SERIES)


def labels(text):
    """Return the header and the labels of every table row, whatever was found in it."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    found, header = [], []
    for row in rows:
        header = row if len(row) != len(header) or "ρ" in row else header
        cells = [cell for name, cell in zip(header, row, strict=True) if name != "mostly taken for"]
        found.append([cell for cell in cells if not cell.strip("*").endswith(" %") and cell != "–"])
    return found


def test_every_form_length_and_autocorrelation_has_its_row(found):
    by_curve, by_mean, by_change = (found[title] for title in ("Learning curves", "Means", "Progress"))
    assert len(by_curve) == 4 * 3 * 3
    lengths = by_curve.groupby("form")["trials"].agg(lambda trials: sorted(set(trials)))
    assert lengths.to_dict() == {form: [30, 80, 300] for form in curves.FORMS}
    assert by_mean[["ratings", "ρ"]].drop_duplicates().shape == (6 * 3, 2)
    assert by_change[["trials before", "trials now", "ρ"]].drop_duplicates().shape == (3 * 3, 3)
    assert all(set(table["ρ"]) == {0.0, 0.4, 0.7} for table in (by_curve, by_mean, by_change))
    assert set(found["Forms"]["form"]) == {"flat", *curves.FORMS}


def test_shares_are_shares(found):
    for table in found.values():
        shares = table.filter(regex="covers$|found$|^refused$|alarms$").to_numpy(dtype=float)
        assert ((shares >= 0) & (shares <= 1) | np.isnan(shares)).all()


def test_a_row_comes_out_the_same_alone(found):
    alone = curves.curve_row("power", 30, 0.4, "normal", curves.CLEAN, SERIES)
    together = found["Learning curves"].query("form == 'power' and trials == 30 and ρ == 0.4")
    pd.testing.assert_frame_equal(together.reset_index(drop=True), pd.DataFrame([alone]))


def test_exponential_curves_of_80_trials_are_covered():
    row = curves.curve_row("exponential", 80, 0.4, "normal", curves.CLEAN, 200)
    for name in ("asymptote", "gain", "rate", "trials to target", "mean curve"):
        assert 0.90 <= row[f"{name} covers"] <= 0.99
    assert row["refused"] <= 0.02


def test_the_form_of_100_trials_is_found():
    assert forms.form_row("exponential", 100, 0.0, 20.0, 100)["form found"] >= 0.9
    assert forms.form_row("flat", 100, 0.4, 1.0, 100)["form found"] >= 0.9


def test_means_and_progress_cover_without_autocorrelation():
    ratings, change = means.rating_row(12, 0.0, 300), progress.progress_row(10, 20, 0.0, 300)
    assert 0.90 <= ratings["any numbers: covers"] <= 0.99
    assert 0.90 <= ratings["usual: covers"] <= 0.99
    assert 0.90 <= change["steady rise: covers"] <= 0.99
    assert change["false alarms"] <= 0.10


def test_the_noise_is_ar1_of_standard_deviation_1():
    series = simulated.noise(0.7, (4000, 12), "test")
    assert series.std(axis=0) == pytest.approx(np.ones(12), abs=0.04)
    assert np.corrcoef(series[:, 0], series[:, 1])[0, 1] == pytest.approx(0.7, abs=0.03)
    assert np.corrcoef(series[:, 0], series[:, 2])[0, 1] == pytest.approx(0.49, abs=0.04)


@pytest.mark.parametrize("level", [means.USUAL, means.NEAR_BEST])
def test_the_mean_rating_is_that_of_rounded_numbers(level):
    edges = [-np.inf, 1.5, 2.5, 3.5, 4.5, np.inf]
    shares = np.diff(stats.norm.cdf(edges, level, means.RATING_SD))
    assert means.mean_rating(level) == pytest.approx(shares @ np.arange(1, 6))


def test_a_sentence_says_from_where_coverage_holds():
    table = pd.DataFrame({"n": [5, 10, 20, 5, 10, 20], "ρ": [0.0] * 3 + [0.7] * 3})
    table["covers"] = [0.95, 0.85, 0.93, 0.6, 0.7, 0.8]
    said = "Coverage is at least 90 % from 20 days for ρ = 0 and at no size tried for ρ = 0.7; the lowest is 60 %."
    assert validity._reading(table, "{n} days") == said


def test_poor_coverage_is_bold():
    assert [validity._cell("gain covers", share) for share in (0.95, 0.896, 0.894)] == ["95 %", "90 %", "**89 %**"]
    assert [validity._cell("false alarms", share) for share in (0.05, 0.16)] == ["5 %", "**16 %**"]
    assert validity._cell("form found", 0.5) == "50 %"


def test_text_goes_between_the_marks_only():
    begin, end = validity.MARKS
    assert validity.between_marks(f"a\n{begin}\nold\n{end}\nb", r"\1") == f"a\n{begin}\n\n\\1\n\n{end}\nb"
    with pytest.raises(ValueError, match="each once"):
        validity.between_marks("no marks", "new")


def test_a_quick_run_leaves_the_docs_alone_unless_asked(monkeypatch, tmp_path, capsys):
    docs = tmp_path / "methods.md"
    docs.write_text("\n".join(validity.MARKS), encoding="utf-8")
    monkeypatch.setattr(validity, "DOCS", docs)
    monkeypatch.setattr(validity, "tables", lambda *_, **__: {})
    for words, written in ([["--quick"], False], [["--quick", "--write"], True], [[], True]):
        docs.write_text("\n".join(validity.MARKS), encoding="utf-8")
        monkeypatch.setattr("sys.argv", ["validity", *words])
        validity.main()
        assert ("simulated series" in docs.read_text(encoding="utf-8")) is written
        assert "simulated series" in capsys.readouterr().out


def test_the_docs_hold_the_tables_of_a_full_run(found):
    begin, end = validity.MARKS
    docs = validity.DOCS.read_text(encoding="utf-8").split(begin)[1].split(end)[0]
    assert docs.strip().startswith(f"{validity.SERIES:,} simulated series")
    assert labels(docs) == labels(validity.markdown(found, SERIES))
    assert all(f"### {study.title}\n\n{study.about}" in docs for study in STUDIES)

"""The monthly report from end to end: the sample's stories are found, extremes are handled, mistakes are named."""

import html
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pikepdf
import pytest

from mmlib.errors import LogFormatError, PracticeError, ReportError
from mmlib.practice import add_export
from mmlib.reports.monthly import monthly
from tests.conftest import needs

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"


def has_pango():
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def words(page):
    text = re.sub(r"<style>.*?</style>|src=\"[^\"]*\"", " ", page, flags=re.DOTALL)
    alts = " ".join(re.findall(r'alt="([^"]*)"', text))
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text) + " " + alts))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    needs(has_pango(), "Pango is not installed: the PDF cannot be made")
    return monthly(SAMPLE, out=tmp_path_factory.mktemp("reports"), progress=False)


@pytest.fixture(scope="module")
def page(sample):
    return sample.paths["html"].read_text(encoding="utf-8")


def test_the_newest_month_lies_where_the_readme_says(sample):
    places = {kind: path.relative_to(path.parents[1]).as_posix() for kind, path in sample.paths.items()}
    assert places["html"] == "2026-10/ada.html"
    assert places["pdf"] == "2026-10/ada.pdf"
    assert sample.paths["index"].name == "index.html"
    assert sample.notices == ()
    assert "2026-10/ada.html" in sample.paths["index"].read_text(encoding="utf-8")


def test_the_numbers_of_the_headlines_are_those_of_the_file(page):
    log = pd.read_csv(SAMPLE / "log.csv", parse_dates=["start"])
    october = log[log["start"].dt.to_period("M") == pd.Period("2026-10")]
    hours, minutes = divmod(int(october["minutes"].sum()), 60)
    text = words(page)
    assert f"{hours} h {minutes} min practised" in text
    assert f"{len(october)} sessions" in text
    assert f"{october['start'].dt.date.nunique()} of 31 days with practice" in text
    assert f"{october['skill'].nunique()} skills" in text


def test_the_stories_that_were_put_into_the_sample_are_found(page):
    text = words(page)
    assert "Juggling improved most clearly" in text
    assert "Widen ukulele." in text
    assert "Find out whether harmonica feeds ukulele." in text
    assert "Wake surf pop-up up." in text
    assert "Flow is highest when the challenge is just right" in text


def test_every_theme_has_its_charts_each_described_and_read(page):
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    themes = ["Repetition", "Payoff", "Synergy", "Structure", "Selves"]
    assert headings == [*themes, "Next month", "Where this comes from"]
    figures = re.findall(r"<figure.*?</figure>", page, flags=re.DOTALL)
    assert len(figures) == 16
    for figure in figures:
        assert len(re.search(r'alt="([^"]*)"', figure).group(1)) > 30
        assert "<figcaption" in figure


def test_the_pdf_is_tagged_with_bookmarks_and_pages(sample):
    with pikepdf.open(sample.paths["pdf"]) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert len(pdf.pages) <= 10
        with pdf.open_outline() as outline:
            assert outline.root[0].children[0].title == "Repetition"


def test_a_report_that_is_up_to_date_is_not_built_again(sample):
    out = sample.paths["index"].parent
    built = {path: path.stat().st_mtime_ns for kind, path in sample.paths.items() if kind != "index"}
    listed = sample.paths["index"].read_bytes()
    again = monthly(SAMPLE, out=out, progress=False)
    assert again.paths == sample.paths
    assert len(again.notices) == 1
    assert "2026-10/ada.html and " in again.notices[0].replace("\\", "/")
    assert "up to date, not built again" in again.notices[0]
    assert {path: path.stat().st_mtime_ns for path in built} == built
    assert sample.paths["index"].read_bytes() == listed
    sample.paths["index"].unlink()
    assert monthly(SAMPLE, out=out, formats=["html"], progress=False).paths["index"].exists()


def folder(path, rows, cards=""):
    path.mkdir()
    pd.DataFrame(rows).to_csv(path / "log.csv", index=False)
    (path / "skills.toml").write_text(cards)
    return path


def report(path, **kwargs):
    built = monthly(path, out=path / "reports", formats=["html"], progress=False, **kwargs)
    return words(built.paths["html"].read_text(encoding="utf-8"))


def test_one_session(tmp_path):
    text = report(folder(tmp_path / "p", {"skill": ["juggling"], "start": ["2026-10-31"], "minutes": [10]}))
    assert "Your practice in October 2026" in text
    assert "You practised 1 skill for 10 min" in text
    assert "nan" not in text.lower().replace("nano", "")


def test_a_report_is_built_again_after_a_new_session_and_where_that_is_wished_for(tmp_path):
    path = folder(tmp_path / "p", {"skill": ["juggling"], "start": ["2026-10-30"], "minutes": [10]})
    assert "for 10 min" in report(path)
    with (path / "log.csv").open("a") as log:
        log.write("juggling,2026-10-31,15\n")
    assert "for 25 min" in report(path)
    page = path / "reports" / "2026-10" / "me.html"
    built = page.stat().st_mtime_ns
    report(path)
    assert page.stat().st_mtime_ns == built
    report(path, force=True)
    assert page.stat().st_mtime_ns > built


def test_a_month_without_practice_between_two_with(tmp_path):
    rows = {"skill": "juggling", "start": ["2026-08-30", "2026-10-02"], "minutes": 10, "score": 3}
    text = report(folder(tmp_path / "p", rows), month="2026-09")
    assert "You logged no practice in September 2026: the last session was on 30 August 2026." in text


def test_one_skill_without_any_score_or_minutes(tmp_path):
    days = pd.date_range("2026-09-01", "2026-10-31").strftime("%Y-%m-%d")
    text = report(folder(tmp_path / "p", {"skill": "juggling", "start": days}))
    assert "You practised 1 skill for 31 sessions, 1 session more than in September." in text
    assert "There are no learning curves to show" in text


def test_twenty_thousand_attempts_of_one_skill(tmp_path):
    random = np.random.default_rng(1)
    start = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.sort(random.integers(0, 57_000_000, 20_000)), unit="s")
    score = 10 + 30 * np.exp(-np.arange(20_000) / 2000) + random.gumbel(0, 2, 20_000)
    rows = {"skill": "3x3", "start": start, "minutes": score / 60, "score": score, "reps": 1, "successes": 1}
    path = folder(tmp_path / "p", rows, '["3x3"]\nunit = "seconds"\nbetter = "lower"\n')
    assert "20,000 trials" in report(path)
    assert (path / "reports").rglob("*.html").__next__().stat().st_size < 4_000_000


def test_hostile_names_stay_text(tmp_path):
    rows = {"learner": "../../etc", "skill": "<script>alert(1)</script>", "start": ["2026-10-30", "2026-10-31"]}
    path = folder(tmp_path / "p", rows)
    built = monthly(path, out=path / "reports", formats=["html"], progress=False)
    assert built.paths["html"].relative_to(path / "reports").as_posix() == "2026-10/etc.html"
    assert "<script" not in built.paths["html"].read_text(encoding="utf-8")


def test_mistakes_are_named_before_anything_runs(tmp_path):
    rows = {"learner": ["ada", "bob"], "skill": "a", "start": ["2026-10-30", "2026-08-31"]}
    path = folder(tmp_path / "p", rows)
    with pytest.raises(PracticeError, match="2 learners: choose one with --learner"):
        report(path)
    with pytest.raises(PracticeError, match='Did you mean "ada"'):
        report(path, learner="adda")
    with pytest.raises(ReportError, match=r"found 2026-09, expected one from 2026-08 to 2026-08"):
        report(path, learner="bob", month="2026-09")
    with pytest.raises(ReportError, match="expected a calendar month"):
        report(path, learner="ada", month="2026-13")
    (path / "log.csv").write_text("skill,start\na,03/04/2026\n")
    with pytest.raises(LogFormatError, match="row 2"):
        report(path)
    assert not (path / "reports").exists()


def test_an_empty_log_shows_the_samples_report(tmp_path):
    (tmp_path / "log.csv").write_text("skill,start\n")
    built = monthly(tmp_path, out=tmp_path / "reports", formats=["html"], progress=False)
    assert "no sessions yet" in built.notices[0]
    assert built.paths["html"].name == "ada.html"
    with pytest.raises(PracticeError, match="no sessions yet"):
        monthly(tmp_path, month="2026-10")


def test_a_real_cube_timers_export_from_import_to_report(real_data, tmp_path):
    export = real_data / "cstimer_marius" / "cstimer_export.json"
    first = add_export(tmp_path / "cube", "cstimer", export, tz="Europe/Paris")
    assert (first["read"], first["added"], first["skills"], first["set_aside"]) == (18_553, 18_553, 27, 0)
    assert add_export(tmp_path / "cube", "cstimer", export, tz="Europe/Paris")["added"] == 0
    log = pd.read_csv(tmp_path / "cube" / "log.csv", parse_dates=["start"])
    august = log[log["start"].dt.to_period("M") == pd.Period("2023-08")]
    text = report(tmp_path / "cube", month="2023-08")
    assert f"{len(august):,} sessions" in text
    assert f"practised {august['skill'].nunique()} skills" in text
    assert "lower is better" in text or "improved clearly" in text


def test_a_month_that_is_still_to_come_ends_with_its_last_session(tmp_path):
    path = folder(tmp_path / "p", {"skill": "juggling", "start": ["2199-01-05", "2199-01-09"], "minutes": 5})
    text = report(path)
    assert "Your practice in January 2199, until 9 January" in text
    assert "2 of 9 days with practice" in text

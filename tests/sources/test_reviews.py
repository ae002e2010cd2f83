"""Review logs become the log, each review a repetition of its card."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import check_log, empty_log
from mmlib.log.items import by_item
from mmlib.sources import recognised, reviews, set_aside
from tests.sources.shapes import SECONDS, ZONES

DATA = Path(__file__).parent / "data" / "reviews.csv"
HEAD = "card_id,review_time,review_rating,review_state,review_duration\n"


@pytest.fixture
def log():
    return reviews.read(DATA, learner="ada", tz="Europe/Berlin")


def test_each_review_is_a_repetition_of_its_card(log):
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert set(log["skill"]) == {"reviews"} and log["reps"].tolist() == [1, 1, 1, 1]
    assert log["variation"].tolist() == ["17", "17", "18", "19"] and log["successes"].tolist() == [0, 1, 1, 1]
    np.testing.assert_allclose(log["minutes"], [10.25 / 60, 10.25 / 60, 5 / 60, np.nan], atol=1e-6)
    assert by_item(log).all(), "retention is asked card by card"


def test_a_review_starts_its_duration_before_its_answer_and_the_hour_that_comes_twice_keeps_both(log):
    starts = ["2026-10-25 02:30:00", "2026-10-25 02:30:00", "2026-10-25 23:59:50", "2026-10-26 09:00:00"]
    assert log["start"].astype(str).tolist() == starts and log["source_id"].nunique() == 4


def test_what_cannot_be_read_is_set_aside_with_its_row(log):
    aside = set_aside(log)
    assert aside[["row", "column"]].to_numpy().tolist() == [
        [6, "card_id"], [7, "review_rating"], [9, "review_time"], [10, "review_duration"], [11, ""]
    ]  # fmt: skip
    assert aside["found"].tolist() == ["nothing", '"5"', '"soon"', '"-5"', "2 values"]


def test_other_tools_names_and_a_column_of_decks_are_read(tmp_path):
    (file := tmp_path / "all.csv").write_text(
        '"card_id";rating;review_datetime;deck\n1;3;2026-10-26T08:00:00Z;Kana::Hira\n'
    )
    assert recognised(file) == "reviews"
    log = reviews.read(file, tz="UTC")
    assert log["skill"].tolist() == ["Kana::Hira"] and log["minutes"].isna().all()


@pytest.mark.parametrize("time", ["now", "today", "1792413030", "20261019", "20745", "1e400", "NaN", "2026-W43-1"])
def test_what_is_no_time_is_never_taken_for_one(tmp_path, time):
    """Seconds and days would otherwise be in January 1970, and "now" whenever the file is read."""
    (file := tmp_path / "kana.csv").write_text(HEAD + f"1,{time},3,2,5\n2,1792413030000,3,2,5\n")
    log = reviews.read(file, tz="UTC")
    assert log["variation"].tolist() == ["2"]
    assert set_aside(log)[["row", "column", "found"]].to_numpy().tolist() == [[2, "review_time", f'"{time}"']]


def test_a_time_is_the_same_review_in_whichever_form(tmp_path):
    for time in (
        "1792413030250", " 1792413030250.0", "1.79241303025e12", "2026-10-19T12:30:30.250000+00:00",
        "2026-10-19T14:30:30.25+02:00", "20261019T123030.250Z", "2026-10-19 12:30:30.250",
    ):  # fmt: skip
        (file := tmp_path / "kana.csv").write_text(HEAD + f"7,{time},3,2,250\n")
        log = reviews.read(file, tz="UTC")
        assert log["source_id"].tolist() == ["7-1792413030250"] and str(log["start"][0]) == "2026-10-19 12:30:30"


def test_a_cards_name_is_put_on_one_line(tmp_path):
    (file := tmp_path / "kana.csv").write_text(HEAD + '"to\x00o\nslow",1792413030000,3,2,5\n\x00,1792413030000,3,2,5\n')
    log = reviews.read(file)
    assert log["variation"].tolist() == ["too slow"] and set_aside(log)["column"].tolist() == ["card_id"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "an empty file"),
        ("a,b\n1,2\n", 'the columns "a", "b"'),
        ("card_id,review_th,delta_t,rating\n1,1,0,3\n", "without times"),
        (HEAD, "no reviews"),
        (HEAD + "1,x,3,0,0\n", '"x"'),
        ("PK\x03\x04", "a ZIP archive"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path, content, said):
    (file := tmp_path / "kana.csv").write_text(content)
    with pytest.raises(SourceError) as failed:
        reviews.read(file)
    assert said in str(failed.value) and "kana.csv" in str(failed.value)


def test_a_real_log_is_read_as_a_whole(real_data):
    file = real_data / "fsrs_revlog_josh" / "review_logs.csv"
    log, plain = reviews.read(file, tz="UTC"), pd.read_csv(file)
    assert len(log) == len(plain) == 12_580 and set_aside(log).empty and recognised(file) == "reviews"
    assert log["variation"].nunique() == 1_205
    assert log["successes"].sum() == (plain["review_rating"] > 1).sum()
    assert log["minutes"].sum() == pytest.approx(plain["review_duration"].sum() / 60_000, rel=1e-6)


REVIEWS = st.lists(
    st.tuples(st.integers(1, 10**13), SECONDS, st.integers(1, 4), st.integers(0, 600_000)), min_size=1, max_size=9
)


@settings(deadline=None, max_examples=60)
@given(found=REVIEWS, tz=ZONES, iso=st.booleans())
def test_what_is_written_as_fsrs_does_is_read_as_it_was(tmp_path_factory, found, tz, iso):
    file = tmp_path_factory.mktemp("reviews") / "kana.csv"
    stamps = [pd.Timestamp(1000 * second + ms, unit="ms", tz="UTC") for _, second, _, ms in found]
    texts = [stamp.isoformat() if iso else str(stamp.value // 1_000_000) for stamp in stamps]
    lines = [f"{card},{text},{rating},2,{ms}" for text, (card, _, rating, ms) in zip(texts, found, strict=True)]
    file.write_text(HEAD + "\n".join(lines) + "\n")
    log = reviews.read(file, tz=tz)
    expected = pd.DataFrame(found, columns=["card", "second", "rating", "ms"])
    utc = pd.to_datetime(expected["second"], unit="s", utc=True)
    expected["start"] = utc.dt.tz_convert(tz).dt.tz_localize(None)
    expected = expected.sort_values("start", kind="stable", ignore_index=True)
    assert log["start"].tolist() == expected["start"].tolist()
    assert log["variation"].tolist() == expected["card"].astype(str).tolist()
    assert log["successes"].tolist() == (expected["rating"] > 1).astype(int).tolist()
    assert log["minutes"].tolist() == pytest.approx((expected["ms"] / 60_000).tolist(), abs=1e-6)

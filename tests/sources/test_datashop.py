"""DataShop's transactions become the log, with a learner for each student."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.sources import datashop, set_aside
from tests.sources.shapes import MOMENTS, NAMES

DATA = Path(__file__).parent / "data" / "datashop.txt"


def test_each_transaction_is_a_repetition_of_its_component():
    log = datashop.read(DATA)
    assert log["learner"].tolist() == ["Stu_b", "Stu_b", "Stu_a", "Stu_a"]
    assert log["skill"].tolist() == ["add fractions", "step2", "add fractions", "add fractions"]
    assert log["start"].dt.strftime("%H:%M:%S").tolist() == ["09:00:00", "09:01:00", "10:15:00", "10:15:20"]
    assert log["minutes"].fillna(0).tolist() == [0.125, 0.05, 0.2, 0]
    assert log["successes"].tolist() == [1, 1, 0, 0] and set(log["reps"]) == {1}
    assert log["note"].fillna("").tolist() == ["", "", "simplify", "hint, carry"]
    assert log["variation"].tolist()[0] == 'PRICE "1 / step1'
    assert log["source_id"].tolist() == ["t3", "Stu_b/2026-10-30T09:01:00", "t1", "t2"]
    assert set_aside(log)[["row", "column"]].to_numpy().tolist() == [[6, "Time"], [7, "Outcome"], [8, ""]]


def test_a_table_of_steps_is_named_as_such(tmp_path):
    (file := tmp_path / "steps.txt").write_text("Row\tAnon Student Id\tStep Name\tFirst Attempt\n1\ta\tb\tcorrect\n")
    with pytest.raises(SourceError, match="a table of steps"):
        datashop.read(file)


TRANSACTIONS = st.lists(
    st.tuples(
        NAMES, NAMES, MOMENTS, st.none() | st.integers(0, 999), st.sampled_from(["CORRECT", "INCORRECT", "HINT"])
    ), min_size=1, max_size=8,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(found=TRANSACTIONS)
def test_what_is_written_as_datashop_does_is_read_as_it_was(tmp_path_factory, found):
    file = tmp_path_factory.mktemp("datashop") / "transactions.txt"
    found = [(f"s{student}", f"k{skill.replace('~', '-')}", *rest) for student, skill, *rest in found]
    lines = ["Transaction Id\tAnon Student Id\tTime\tDuration (sec)\tOutcome\tKC (Default)\tKC Category (Default)"] + [
        f"t{number}\t{student}\t{start:%Y-%m-%d %H:%M:%S}\t{'.' if seconds is None else seconds}\t{outcome}\t{skill}\t"
        for number, (student, skill, start, seconds, outcome) in enumerate(found)
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    log = datashop.read(file).set_index("source_id")
    for number, (student, skill, start, seconds, outcome) in enumerate(found):
        row = log.loc[f"t{number}"]
        assert (row["learner"], row["skill"], row["start"]) == (student, skill, pd.Timestamp(start))
        assert (row["successes"], row["note"] == "hint") == (outcome == "CORRECT", outcome == "HINT")
        assert pd.isna(row["minutes"]) if seconds is None else row["minutes"] == pytest.approx(seconds / 60, abs=1e-6)

"""Pseudonyms: the same from month to month, of no use without the secret, in nobody's order."""

import csv
import os
import stat

import pandas as pd
import pytest
from scipy import stats

from mmlib.errors import PracticeError
from mmlib.reports.cohort import pseudonyms
from mmlib.reports.cohort.group import cohort, job
from tests.conftest import needs

NAMES = [f"learner {i:02}" for i in range(60)]


def practice(folder, names=NAMES, day="2026-10-05"):
    folder.mkdir(exist_ok=True)
    rows = [f"{name},juggling,{day} 18:{i % 60:02},10" for i, name in enumerate(names)]
    (folder / "log.csv").write_text("\n".join(["learner,skill,start,minutes", *rows]), encoding="utf-8")
    return folder


def read(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["learner"]: row["pseudonym"] for row in csv.DictReader(lines)}


def test_no_two_learners_share_one_and_a_newcomer_changes_nobodys():
    drawn = pseudonyms.pseudonyms(NAMES, b"secret")
    assert len(set(drawn.values())) == 60
    assert {**pseudonyms.pseudonyms([*NAMES, "new"], b"secret"), **drawn}.items() >= drawn.items()
    more = pseudonyms.pseudonyms([*NAMES, *(f"new {i}" for i in range(500))], b"secret")
    assert {name: more[name] for name in NAMES} == drawn


def test_there_are_enough_for_more_learners_than_words():
    many = [str(i) for i in range(len(pseudonyms.COLOURS) * len(pseudonyms.PLANTS) + 50)]
    drawn = pseudonyms.pseudonyms(many, b"secret")
    assert len(set(drawn.values())) == len(many)


def test_their_order_does_not_give_away_the_alphabet():
    drawn = pseudonyms.pseudonyms(NAMES, b"secret")
    ranks = pd.Series([drawn[name] for name in sorted(NAMES)]).rank()
    assert stats.kendalltau(range(60), ranks).pvalue > 0.05


def test_another_secret_draws_others_so_names_alone_do_not_lead_to_them():
    one, other = (pseudonyms.pseudonyms(NAMES, secret) for secret in (b"one", b"other"))
    assert sum(one[name] == other[name] for name in NAMES) <= 1


def test_a_folder_gets_one_secret_that_stays_while_its_log_grows(tmp_path):
    folder = practice(tmp_path / "room")
    job(folder)
    kept = (folder / ".pseudonyms").read_text()
    before = pseudonyms.write_key(folder, tmp_path / "key.csv").read_text()
    practice(folder, [*NAMES, "zoe"], day="2026-10-06")
    job(folder)
    assert (folder / ".pseudonyms").read_text() == kept
    after = read(pseudonyms.write_key(folder, tmp_path / "key.csv"))
    assert set(before.splitlines()[1:]) < {f"{name},{drawn}" for name, drawn in after.items()}


def test_the_secret_of_another_folder_is_another(tmp_path):
    for name in ("one", "other"):
        pseudonyms.keep_secret(practice(tmp_path / name))
    assert (tmp_path / "one" / ".pseudonyms").read_text() != (tmp_path / "other" / ".pseudonyms").read_text()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [".pseudonyms", "log.csv"]


def test_nobody_but_the_owner_reads_secret_and_key(tmp_path):
    needs(os.name == "posix", "only POSIX has these rights")
    folder = practice(tmp_path / "room")
    key = pseudonyms.write_key(folder, tmp_path / "key.csv")
    for path in (folder / ".pseudonyms", key):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_key_names_the_pseudonyms_of_the_report(tmp_path):
    folder = practice(tmp_path / "room")
    key = read(pseudonyms.write_key(folder, tmp_path / "key.csv"))
    assert set(key) == set(NAMES)
    found = cohort(folder)
    assert found.lasting
    assert set(found.log["learner"]) == set(key.values())


def test_a_key_is_written_over_a_key_and_over_nothing_else(tmp_path):
    folder = practice(tmp_path / "room")
    pseudonyms.write_key(folder, tmp_path / "key.csv")
    pseudonyms.write_key(folder, tmp_path / "key.csv")
    with pytest.raises(PracticeError, match="no key of a cohort"):
        pseudonyms.write_key(folder, folder / "log.csv")
    with pytest.raises(PracticeError, match="is a folder"):
        pseudonyms.write_key(folder, tmp_path)


def test_a_damaged_secret_is_named(tmp_path):
    folder = practice(tmp_path / "room")
    (folder / ".pseudonyms").write_text("xyz\n")
    with pytest.raises(PracticeError, match=r"64 hexadecimal digits.*backup"):
        cohort(folder)


def test_without_a_secret_the_log_takes_its_place(tmp_path):
    folder = practice(tmp_path / "room")
    one, again = cohort(folder), cohort(folder)
    assert not one.lasting
    assert list(one.log["learner"]) == list(again.log["learner"])
    practice(folder, day="2026-10-07")
    assert set(cohort(folder).log["learner"]) != set(one.log["learner"])


def test_the_samples_of_mmlib_get_no_secret():
    from mmlib.reports.shipped import shipped

    job(shipped("data/sample-cohort"))
    assert not (shipped("data/sample-cohort") / ".pseudonyms").exists()

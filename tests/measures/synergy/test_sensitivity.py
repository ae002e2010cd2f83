"""What would explain it away: the paper's numbers, algebra by hand, and records that were kept unequally."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmlib.measures import synergy
from mmlib.stats import odds

COUNTS = ["with_achieved", "with_not", "without_achieved", "without_not"]


def table_of(*cells, mh=np.nan):
    counts = np.array(cells)
    exact = odds.exact(counts.reshape(-1, 2, 2))
    table = pd.DataFrame(counts, columns=COUNTS).assign(**exact._asdict())
    table = table.assign(domain=[f"d{i}" for i in range(len(counts))], outcome="breakthrough", n=counts.sum(axis=1))
    return table.assign(mh=mh, mh_low=mh, mh_high=mh, reason="")


def test_a_rare_outcome_keeps_the_odds_ratio_and_a_common_one_takes_the_root():
    found = synergy.sensitivity(table_of([8, 92, 4, 196], [80, 20, 60, 140]))
    assert found["share"].tolist() == [12 / 300, 140 / 300]
    assert found["common"].tolist() == [False, True]
    for row, root in ((0, 1.0), (1, 0.5)):
        ratio = found["estimate"][row] ** root
        assert found["e_value"][row] == pytest.approx(ratio + np.sqrt(ratio * (ratio - 1)))
    low = found["low"][1] ** 0.5
    assert found["e_value_limit"][1] == pytest.approx(low + np.sqrt(low * (low - 1)))


def test_an_interval_that_holds_1_needs_nothing_to_explain_it():
    found = synergy.sensitivity(table_of([5, 5, 5, 6], mh=1.0))
    assert found[["e_value_limit", "detection_limit", "mh_e_value", "mh_e_value_limit"]].iloc[0].tolist() == [1] * 4


def test_the_stratified_limits_have_their_own_e_values():
    table = table_of([80, 20, 60, 140]).assign(mh=4.0, mh_low=2.25, mh_high=9.0)
    found = synergy.sensitivity(table).iloc[0]
    assert found["mh_e_value"] == pytest.approx(2 + np.sqrt(2))
    assert found["mh_e_value_limit"] == pytest.approx(1.5 + np.sqrt(0.75))
    silent = synergy.sensitivity(table.assign(mh=np.nan, mh_low=np.nan, mh_high=np.nan)).iloc[0]
    assert np.isnan(silent["mh_e_value_limit"])


def test_the_detection_ratio_makes_the_true_odds_ratio_1_whatever_the_achievers_records_hold():
    a, b, c, d = 40, 30, 20, 90
    found = synergy.sensitivity(table_of([a, b, c, d])).iloc[0]
    assert found["detection"] == pytest.approx((a / 60) / (b / 120))
    for complete in (1.0, 0.8, 0.7):
        true, other = a / 60 / complete, b / 120 / (complete / found["detection"])
        assert true / (1 - true) / (other / (1 - other)) == pytest.approx(1)


def test_the_detection_limit_is_that_of_the_odds_ratios_limit_with_the_margins_kept():
    found = synergy.sensitivity(table_of([40, 30, 20, 90], [30, 40, 90, 20])).set_index("domain")
    for domain, side in (("d0", "low"), ("d1", "high")):
        row = found.loc[domain]
        achieved, others = (60, 120) if domain == "d0" else (120, 60)
        shares = np.linspace(1e-6, 1 - 1e-6, 2_000_001)
        rest = (70 - achieved * shares) / others
        ok = (rest > 0) & (rest < 1)
        ratio = shares[ok] / (1 - shares[ok]) / (rest[ok] / (1 - rest[ok]))
        nearest = np.argmin(np.abs(np.log(ratio / row[side])))
        assert row["detection_limit"] == pytest.approx(shares[ok][nearest] / rest[ok][nearest], rel=1e-4)
    assert found.loc["d0", "detection_limit"] > 1 > found.loc["d1", "detection_limit"]


def test_zeros_need_infinitely_much():
    found = synergy.sensitivity(table_of([5, 0, 7, 9], [0, 5, 9, 7]))
    assert found["detection"].tolist() == [np.inf, 0.0]
    assert found["e_value"].tolist() == [np.inf, np.inf]
    assert found["detection_limit"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("achievers", "others", "share", "recorded"), [(30, 60, 0.5, 0.45), (150, 200, 0.4, 0.3)])
def test_hobbies_recorded_unequally_are_found_out(achievers, others, share, recorded):
    """Nobody differs, but of the achievers' hobbies 90 % are on record, of the others' fewer."""
    rng = np.random.default_rng(1)
    a, b = rng.binomial(achievers, share * 0.9, 2000), rng.binomial(others, share * recorded, 2000)
    found = synergy.sensitivity(table_of(*np.stack([a, b, achievers - a, others - b], axis=1).tolist()))
    truth = 0.9 / recorded
    assert found["detection"].median() == pytest.approx(truth, rel=0.05)
    assert 0.975 <= (found["detection_limit"] <= truth).mean() <= 0.999
    assert (found["detection_limit"] > 1).mean() > 0.4


def test_a_row_without_an_odds_ratio_stays_and_keeps_its_reason():
    table = table_of([5, 2, 3, 9], [0, 0, 0, 0]).assign(reason=["", "0 learners"])
    found = synergy.sensitivity(table)
    assert found["reason"].tolist() == ["", "0 learners"]
    assert found.loc[1, ["e_value", "detection", "share"]].isna().all()
    assert not found.loc[1, "common"]


def test_an_empty_table_keeps_columns_and_types():
    full = table_of([5, 2, 3, 9])
    found = synergy.sensitivity(full.head(0))
    assert found.empty
    assert found.dtypes.to_dict() == synergy.sensitivity(full).dtypes.to_dict()

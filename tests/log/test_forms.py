"""The forms in which people write minutes, numbers and dates."""

import math

import pandas as pd
import pytest

from mmlib.log import forms


def one(read, text, **kwargs):
    return read(pd.Series([text], dtype="str"), **kwargs).iloc[0]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        ("7.5", 7.5),
        ("1:30", 90),
        ("0:05", 5),
        ("1:02:30", 62.5),
        ("90 min", 90),
        ("90min", 90),
        ("90 Minutes", 90),
        ("1h30", 90),
        ("1 h 30 min", 90),
        ("1h 30m", 90),
        ("2 hours", 120),
        ("1.5 h", 90),
        ("45 s", 0.75),
        ("2 min 30 sec", 2.5),
    ],
)
def test_minutes_as_people_write_them(text, minutes):
    assert one(forms.minutes, text) == pytest.approx(minutes)


@pytest.mark.parametrize("text", ["half an hour", "1:75", "1:2:3", "h", "min", "3 4", "12,5", "1:30 min", "--5"])
def test_minutes_that_are_not_understood_are_missing(text):
    assert math.isnan(one(forms.minutes, text))


@pytest.mark.parametrize(("text", "number"), [("12,5", 12.5), ("12.5", 12.5), ("-3", -3), (",5", 0.5), ("1e3", 1000)])
def test_decimal_commas(text, number):
    assert one(forms.numbers, text, decimal=",") == number


def test_thousands_are_not_guessed():
    assert math.isnan(one(forms.numbers, "1.234,5", decimal=","))
    assert math.isnan(one(forms.numbers, "1,234", decimal="."))


def test_minutes_with_a_decimal_comma():
    assert one(forms.minutes, "1,5 h", decimal=",") == 90


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-10-31", "2026-10-31 00:00"),
        ("2026-10-31 18:30", "2026-10-31 18:30"),
        ("2026-10-31T18:30:15", "2026-10-31 18:30:15"),
        ("2026-10-31 18:30:15.25", "2026-10-31 18:30:15.25"),
        ("2026-1-3 7:05", "2026-01-03 07:05"),
        ("2026/10/31", "2026-10-31"),
        ("31.10.2026 18:30", "2026-10-31 18:30"),
        ("3.4.2026", "2026-04-03"),
        ("25/12/2026", "2026-12-25"),
        ("12/25/2026", "2026-12-25"),
    ],
)
def test_dates_beyond_doubt(text, time):
    assert one(forms.times, text) == pd.Timestamp(time)


@pytest.mark.parametrize(
    "text", ["03/04/2026", "2026-13-01", "2026-02-30", "31/31/2026", "26-10-31", "18:30", "yesterday"]
)
def test_dates_in_doubt_are_missing(text):
    assert pd.isna(one(forms.times, text))

"""What the property tests of the sources draw from: times, names and sizes as people and tools write them."""

from __future__ import annotations

from datetime import datetime

from hypothesis import strategies as st

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2099, 12, 31)).map(lambda moment: moment.replace(microsecond=0))
SECONDS = st.integers(978_307_200, 4_102_444_800)  # Unix seconds of the same century
NAMES = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from(" ,;'\"|#:"),
        min_size=1,
        max_size=30,
    )
    .map(lambda name: " ".join(name.split()))
    .filter(bool)
)
NOTES = st.none() | NAMES
MINUTES = st.integers(0, 86_400).map(lambda seconds: seconds / 60)  # whole seconds, up to a day

"""Anki's reviews become the log, from every form of collection."""

from __future__ import annotations

import json
import sqlite3
import sys
import zipfile
from contextlib import closing

import pandas as pd
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.errors import SourceError
from mmlib.log import append_sessions, check_log, empty_log
from mmlib.log.items import by_item
from mmlib.sources import anki, recognised, set_aside
from tests.sources.shapes import NAMES, SECONDS, ZONES

# id (of the answer, in milliseconds), card, ease, time, type
REVIEWS = [
    (1792888210250, 11, 1, 10250, 0),
    (1792891810250, 11, 3, 10250, 1),
    (1792969195000, 12, 4, 5000, 1),
    (1792969200000, 12, 0, 0, 4),
    (1792969300000, 99, 2, 60000, 2),
    (1792969400000, 13, 3, 1000, 3),
]
CARDS = [(11, 1, 0), (12, 5, 0), (13, 7, 5)]  # id, deck, the deck that it came from
DECKS = {1: "Default", 5: "Japanese::Kana", 7: "Filtered"}


def collection(path, *, new=False, reviews=REVIEWS, decks=DECKS):
    """Write a collection with the tables that the importer needs, in the older or the newer form."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database, database:
        database.create_collation("unicase", lambda a, b: (a > b) - (a < b))
        database.execute(
            "CREATE TABLE revlog (id integer primary key, cid, usn, ease, ivl, lastIvl, factor, time, type)"
        )
        database.execute("CREATE TABLE cards (id integer primary key, nid, did, ord, odid)")
        database.execute("CREATE TABLE col (id integer primary key, crt, decks)")
        old = {} if new else {str(number): {"id": number, "name": name} for number, name in decks.items()}
        database.execute("INSERT INTO col VALUES (1, 0, ?)", ["" if new else json.dumps(old)])
        if new:
            database.execute("CREATE TABLE decks (id integer primary key, name text NOT NULL COLLATE unicase)")
            named = [(number, name.replace("::", "\x1f")) for number, name in decks.items()]
            database.executemany("INSERT INTO decks VALUES (?, ?)", named)
            database.execute("CREATE UNIQUE INDEX idx_decks_name ON decks (name)")
        database.executemany("INSERT INTO cards VALUES (?, 1, ?, 0, ?)", CARDS)
        rows = [(number, card, -1, ease, 1, 1, 2500, time, kind) for number, card, ease, time, kind in reviews]
        database.executemany("INSERT INTO revlog VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return path


def package(path, members):
    """Write a package: .colpkg and .apkg are archives of collections."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("media", "{}")
    return path


def form(folder, kind):
    """Write the collection in one of Anki's forms, and return its path."""
    old, new = collection(folder / "old", new=False).read_bytes(), collection(folder / "new", new=True).read_bytes()
    stub = collection(folder / "stub", reviews=[]).read_bytes()
    members = {
        "apkg": {"collection.anki2": old},
        "anki21": {"collection.anki2": stub, "collection.anki21": old},
        "colpkg": {"collection.anki2": stub, "collection.anki21b": zstandard.compress(new), "meta": b"\x08\x03"},
    }
    if kind in members:
        return package(folder / f"anki_{kind}.{'colpkg' if kind == 'colpkg' else 'apkg'}", members[kind])
    return (folder / {"anki2": "old", "new": "new"}[kind]).rename(folder / f"anki_{kind}.anki2")


@pytest.fixture(params=["anki2", "new", "apkg", "anki21", "colpkg"])
def log(request, tmp_path):
    file = form(tmp_path, request.param)
    assert recognised(file) == "anki"
    return anki.read(file, learner="ada", tz="Europe/Berlin")


def test_each_review_is_a_repetition_of_its_card(log):
    assert log.dtypes.equals(empty_log().dtypes)
    pd.testing.assert_frame_equal(log, check_log(log))
    assert log["skill"].tolist() == ["Default", "Default", "Japanese::Kana", "deleted cards", "Japanese::Kana"]
    assert log["successes"].tolist() == [0, 1, 1, 1, 1] and set(log["reps"]) == {1}
    assert log["variation"].tolist() == ["11", "11", "12", "99", "13"]
    assert log["minutes"].tolist() == pytest.approx([10.25 / 60, 10.25 / 60, 5 / 60, 1, 1 / 60], abs=1e-6)
    assert by_item(log).all()


def test_a_review_starts_before_its_answer_and_the_hour_that_comes_twice_keeps_both(log):
    starts = log["start"].astype(str).tolist()
    assert starts[:3] == ["2026-10-25 02:30:00", "2026-10-25 02:30:00", "2026-10-25 23:59:50"]
    assert log["source_id"].tolist()[:2] == ["1792888210250", "1792891810250"]


def test_cards_rescheduled_by_hand_are_no_reviews(log):
    assert len(log) == len(REVIEWS) - 1 and set_aside(log).empty
    assert "1792969200000" not in set(log["source_id"])


def test_importing_twice_adds_nothing_and_a_newer_export_what_is_new(tmp_path):
    for reviews, added in ((REVIEWS[:2], 2), (REVIEWS, 3), (REVIEWS, 0)):
        log = anki.read(collection(tmp_path / "collection.anki2", reviews=reviews))
        assert append_sessions(tmp_path / "log.csv", log) == added


def test_what_cannot_be_read_is_set_aside(tmp_path):
    odd = [*REVIEWS[:1], (1792888210251, 11, 9, 10, 0), (1792888210252, 11, 2, -10, 0), (9 * 10**15, 11, 2, 1, 0)]
    aside = set_aside(anki.read(collection(tmp_path / "collection.anki2", reviews=odd)))
    assert aside["column"].tolist() == ["revlog.ease", "revlog.time", "revlog.id"]
    assert aside["found"].tolist() == ['"9"', '"-10"', f'"{9 * 10**15}"']


def test_a_deck_without_its_history_says_how_to_export_it(tmp_path):
    with pytest.raises(SourceError, match=r"no reviews.*Include scheduling information"):
        anki.read(collection(tmp_path / "collection.anki2", reviews=[]))


def test_what_is_not_ankis_is_refused(tmp_path):
    (tmp_path / "text.apkg").write_text("card_id,review_time\n")
    (tmp_path / "cut.apkg").write_bytes(form(tmp_path, "apkg").read_bytes()[:700])
    package(tmp_path / "empty.apkg", {"notes.txt": b""})
    package(tmp_path / "torn.colpkg", {"collection.anki21b": zstandard.compress(b"SQLite format 3" * 99)[:20]})
    package(tmp_path / "odd.apkg", {"collection.anki2": b"SQLite format 3\0" + b"x" * 4096})
    with closing(sqlite3.connect(tmp_path / "other.anki2")) as other:
        other.execute("CREATE TABLE a (b)")
    for name in ("text.apkg", "cut.apkg", "empty.apkg", "torn.colpkg", "odd.apkg", "other.anki2", "none.apkg"):
        with pytest.raises(SourceError, match=name):
            anki.read(tmp_path / name)


def test_decks_that_make_no_sense_leave_their_cards_a_deck_by_its_number(tmp_path):
    for decks in ({"9" * 5000: {"name": "a"}, "1": {"name": ["b"]}, "5": {}}, ["Kana"], 7, None, "{"):
        file = collection(tmp_path / "collection.anki2")
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("UPDATE col SET decks = ?", [json.dumps(decks)])
        assert set(anki.read(file)["skill"]) == {"deck 1", "deck 5", "deleted cards"}


def test_a_collection_that_anki_has_open_is_refused_until_it_is_closed(tmp_path):
    file = collection(tmp_path / "collection.anki2")
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("INSERT INTO revlog VALUES (1792969500000, 11, -1, 3, 1, 1, 2500, 1000, 1)")
        database.commit()
        with pytest.raises(SourceError, match=r"in use, with reviews in collection\.anki2-wal.*Close Anki"):
            anki.read(file)
    assert len(anki.read(file)) == len(REVIEWS)


def test_a_packed_collection_without_the_library_that_unpacks_it_says_what_to_install(tmp_path, monkeypatch):
    file = form(tmp_path, "colpkg")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(SourceError, match=r'pip install "mmlib\[sources\]"'):
        anki.read(file)


def test_what_was_unpacked_is_deleted_again(tmp_path, monkeypatch):
    file, folder = form(tmp_path, "colpkg"), tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert len(anki.read(file)) == len(REVIEWS) - 1 and not any(folder.iterdir())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with pytest.raises(SourceError, match=r"cannot be unpacked.*Make room"):
        anki.read(file)


def test_a_collection_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("mmlib.sources.anki.LARGEST_MEMBER", 1 << 20)
    file = package(tmp_path / "bomb.colpkg", {"collection.anki21b": zstandard.compress(bytes(3 << 20))})
    with pytest.raises(SourceError, match="512 MB"):
        anki.read(file)


def test_the_collection_stays_as_it_is_and_nothing_is_left_beside_it(tmp_path):
    file = collection(tmp_path / "collection.anki2")
    before = file.read_bytes()
    anki.read(file)
    assert file.read_bytes() == before and [path.name for path in tmp_path.iterdir()] == ["collection.anki2"]


FOUND = st.lists(
    st.tuples(SECONDS, st.integers(0, 999), st.sampled_from([11, 12]), st.integers(1, 4), st.integers(0, 60_000)),
    min_size=1, max_size=8, unique_by=lambda review: review[:2],
)  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(found=FOUND, name=NAMES, new=st.booleans(), tz=ZONES)
def test_what_is_written_as_anki_does_is_read_as_it_was(tmp_path_factory, found, name, new, tz):
    file = tmp_path_factory.mktemp("anki") / "collection.anki2"
    reviews = [(1000 * second + ms + time, card, ease, time, 1) for second, ms, card, ease, time in found]
    reviews = list({review[0]: review for review in reviews}.values())
    log = anki.read(collection(file, new=new, reviews=reviews, decks={1: name, 5: "b"}), tz=tz).set_index("source_id")
    for number, card, ease, time, _ in reviews:
        row = log.loc[str(number)]
        utc = pd.Timestamp(number - time, unit="ms", tz="UTC")
        assert row["start"] == utc.tz_convert(tz).tz_localize(None)
        assert (row["skill"], row["variation"]) == (name if card == 11 else "b", str(card))
        assert row["successes"] == (ease > 1) and row["minutes"] == pytest.approx(time / 60_000, abs=1e-6)

"""A log in a SQL database: SQLite, and a real PostgreSQL server that the tests start and stop."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

import mmlib as mm
from mmlib.errors import LogFormatError, PracticeError, SetAsideWarning
from tests.conftest import needs

ROWS = [
    ("ada", "juggling", "2026-10-30 18:30:00", 15.5, 10, 7, "two left"),
    ("ada", "ukulele", "2026-10-31 07:00:00", 20.0, None, None, None),
    ("ben", "juggling", "2026-10-31 23:50:00", None, 3, 3, 'naïve; "quoted" — 三'),
]
NAMES = ["learner", "skill", "start", "minutes", "reps", "successes", "note"]


@pytest.fixture
def sqlite(tmp_path):
    file = tmp_path / "practice.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(f"CREATE TABLE log ({', '.join(NAMES)})")
        database.executemany(f"INSERT INTO log VALUES ({', '.join('?' * len(NAMES))})", ROWS)
        database.execute("CREATE TABLE lessons (who, what, since, hours)")
        database.execute("INSERT INTO lessons VALUES ('ada', 'piano', '2026-10-01 10:00', 0.5)")
    return f"sqlite:///{file}"


def _expected() -> pd.DataFrame:
    return mm.check_log(pd.DataFrame(ROWS, columns=NAMES))


def test_a_table_is_the_log(sqlite):
    practice = mm.load(sqlite)
    pd.testing.assert_frame_equal(practice.log[mm.log.COLUMNS], _expected())
    assert practice.skills["has_card"].tolist() == [False, False] and practice.milestones.empty


def test_what_is_asked_of_a_folder_can_be_asked_of_a_database(sqlite):
    log = mm.load(sqlite, learner="ada", since="2026-10-31", skills=["ukulele"]).log
    assert log["skill"].tolist() == ["ukulele"]
    totals = mm.repetition.totals(mm.load(sqlite, learner="ada").log, by="learner")
    assert totals["minutes"].tolist() == [35.5]


def test_a_select_makes_a_log_of_other_tables(sqlite):
    select = (
        "SELECT who AS learner, what AS skill, since AS start, hours * 60 AS minutes FROM lessons WHERE what != ':x'"
    )
    log = mm.load(sqlite, table=select).log
    assert log[["learner", "skill", "minutes"]].to_numpy().tolist() == [["ada", "piano", 30.0]]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("logs", 'No table "logs" in the database. Did you mean "log"?'),
        ("SELECT nonsense FROM log", "no such column: nonsense"),
        ("SELECT * FROM", "incomplete input"),
        ("SELECT * FROM log; DROP TABLE log", "one statement"),
    ],
)
def test_a_wrong_table_is_named(sqlite, table, said):
    with pytest.raises(PracticeError, match=said.replace("?", r"\?")):
        mm.load(sqlite, table=table)


def test_a_select_changes_nothing(sqlite):
    with pytest.raises(PracticeError):
        mm.load(sqlite, table="WITH x AS (SELECT 1) DELETE FROM log")
    assert len(mm.load(sqlite).log) == 3


def test_columns_that_the_log_does_not_have_are_named(sqlite):
    with pytest.raises(LogFormatError, match='lessons, row 1, column "who"'):
        mm.load(sqlite, table="lessons")


def test_bad_rows_are_counted_and_set_aside(sqlite):
    select = "SELECT skill, CASE WHEN minutes > 16 THEN 'soon' ELSE start END AS start FROM log"
    with pytest.raises(LogFormatError, match='row 2, column "start": found "soon"'):
        mm.load(sqlite, table=select)
    with pytest.warns(SetAsideWarning, match="1 row set aside"):
        assert len(mm.load(sqlite, table=select, errors="quarantine").log) == 2


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(PracticeError, match="no such file"):
        mm.load(f"sqlite:///{tmp_path / 'nothing.db'}")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "text.db").write_text("skill,start\n" * 100)
    with pytest.raises(PracticeError, match="not a database"):
        mm.load(f"sqlite:///{tmp_path / 'text.db'}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nosuch://localhost/practice", "not installed"),
        ("postgresql://me@localhost:port/practice", "address cannot be read"),
        ("oracle://localhost/practice", "not installed"),
    ],
)
def test_an_address_that_cannot_be_used_is_said_to_be_so(url, said):
    with pytest.raises(PracticeError, match=said):
        mm.load(url)


def test_a_server_that_does_not_answer_is_named_without_its_password():
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(PracticeError) as failed:
        mm.load(f"postgresql://ada:secret@127.0.0.1:{port}/practice")
    assert f"127.0.0.1:{port}" in str(failed.value) and "secret" not in str(failed.value)


def _program(name: str) -> str | None:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(newest[-1]) if newest else shutil.which(name)


@pytest.fixture(scope="module")
def server():
    """The URL of a PostgreSQL server of our own, on a free port, that is gone afterwards."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    needs(bool(initdb and pg_ctl), "PostgreSQL's initdb and pg_ctl are not installed (Debian: postgresql)")
    # The server refuses to run as root; Debian's package brings a user for it.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="mm-pg-"))  # a short path: that of a socket may not be long
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if as_user:
        shutil.chown(folder, "postgres")
    (password := folder / "password").write_text("s3cr:t/@")
    if as_user:
        shutil.chown(password, "postgres")
    data, options = folder / "data", f"-p {port} -h 127.0.0.1 -k {folder} -F"

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=folder, timeout=120)

    run(initdb, "-D", str(data), "-U", "teacher", "-E", "UTF8", "--no-locale", "-A", "scram-sha-256",
        f"--pwfile={password}", "--no-sync")  # fmt: skip
    run(pg_ctl, "-D", str(data), "-l", str(folder / "server.log"), "-o", options, "-w", "start")
    try:
        yield f"postgresql://teacher:s3cr%3At%2F%40@127.0.0.1:{port}/postgres"
    finally:
        run(pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def postgres(server):
    import sqlalchemy as sql

    engine = sql.create_engine(server.replace("postgresql:", "postgresql+pg8000:"))
    with engine.begin() as connection:
        connection.execute(sql.text("CREATE SCHEMA school"))
        connection.execute(sql.text(
            "CREATE TABLE school.log (learner text, skill text NOT NULL, start timestamp NOT NULL, "
            "minutes numeric(8, 2), reps integer, successes smallint, note text)"))  # fmt: skip
        insert = f"INSERT INTO school.log VALUES ({', '.join(f':{name}' for name in NAMES)})"
        for row in ROWS:
            connection.execute(sql.text(insert), dict(zip(NAMES, row, strict=True)))
        connection.execute(sql.text("CREATE VIEW log AS SELECT * FROM school.log"))
        connection.execute(sql.text("CREATE TABLE zoned AS SELECT skill, start AT TIME ZONE 'UTC' AS start FROM log"))
    engine.dispose()
    return server


def test_postgresql_gives_the_same_log_as_a_file(postgres):
    for table in ("school.log", "log", "SELECT * FROM school.log WHERE note IS DISTINCT FROM 'a::b'"):
        log = mm.load(postgres, table=table).log[mm.log.COLUMNS]
        pd.testing.assert_frame_equal(log, _expected())


def test_postgresqls_times_with_a_zone_are_refused_and_a_select_gives_the_wall_clock(postgres):
    with pytest.raises(LogFormatError, match="AT TIME ZONE"):
        mm.load(postgres, table="zoned")
    berlin = "SELECT skill, start AT TIME ZONE 'Europe/Berlin' AS start FROM zoned ORDER BY start LIMIT 1"
    assert mm.load(postgres, table=berlin).log["start"].tolist() == [pd.Timestamp("2026-10-30 19:30")]


def test_postgresqls_own_words_reach_the_user_without_the_password(postgres):
    with pytest.raises(PracticeError, match='column "nonsense" does not exist'):
        mm.load(postgres, table="SELECT nonsense FROM log")
    with pytest.raises(PracticeError) as failed:
        mm.load(postgres.replace("s3cr%3At%2F%40", "wrong"))
    assert "password authentication failed" in str(failed.value) and "wrong" not in str(failed.value)
    with pytest.raises(PracticeError, match='No table "logg"'):
        mm.load(postgres, table="logg")


def test_a_postgresql_database_stays_as_it_is(postgres):
    with pytest.raises(PracticeError):
        mm.load(postgres, table="WITH gone AS (DELETE FROM school.log RETURNING *) SELECT * FROM gone")
    assert len(mm.load(postgres).log) == 3

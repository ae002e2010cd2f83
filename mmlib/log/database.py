"""A log in a SQL database: a table of its own, or whatever a SELECT makes of others."""

from __future__ import annotations

import getpass
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mmlib.errors import LogFormatError, MMError, PracticeError, Problem, SetAsideWarning, counted, did_you_mean
from mmlib.log.check import QUARANTINE_HINT, checked, wanted_errors
from mmlib.log.order import in_order

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Select, TextClause

TABLE = "log"
# The drivers of the extra "sql"; a URL that names another one ("postgresql+psycopg") needs that one.
DRIVERS = {"postgresql": "postgresql+pg8000", "postgres": "postgresql+pg8000"}
LOCAL = "Write in a SELECT what the clock on the wall showed, as in: start AT TIME ZONE 'Europe/Berlin' AS start"


def is_database(path: object) -> bool:
    """Return whether a path is a database's URL.

    Examples
    --------
    >>> is_database("sqlite:///practice.db"), is_database("C:/practice"), is_database("data/sample")
    (True, False, False)
    """
    return isinstance(path, str) and re.match(r"[a-z][a-z0-9]*(\+[a-z0-9_]+)?://", path) is not None


def read_database(url: str, table: str = TABLE, *, errors: str = "raise") -> pd.DataFrame:
    """Return the log in a table, or of a SELECT, of a SQL database; nothing in it is changed.

    Parameters
    ----------
    url : str
        As SQLAlchemy writes it: "sqlite:///practice.db", "postgresql://me@localhost/practice".
    table : str
        The name of a table or view ("log", "school.log"), or a SELECT. Its columns are the log's: `skill` and
        `start` at least.
    errors : {"raise", "quarantine"}
        Whether bad rows raise, or are left out with a `SetAsideWarning`.

    Returns
    -------
    DataFrame
        The log's columns, sorted by learner and start.

    Raises
    ------
    PracticeError
        If there is no such database, table or column, or what reads it is not installed.
    LogFormatError
        Names every bad row, counted from 1 in the order of the answer.

    Examples
    --------
    >>> import sqlite3, tempfile
    >>> file = Path(tempfile.mkdtemp()) / "practice.db"
    >>> with sqlite3.connect(file) as database:
    ...     _ = database.execute("CREATE TABLE log AS SELECT 'juggling' AS skill, '2026-10-31 18:30' AS start")
    >>> database.close()
    >>> read_database(f"sqlite:///{file}")[["learner", "skill"]].values.tolist()
    [['me', 'juggling']]
    """
    wanted_errors(errors)
    found = _answer(url, table)
    shown = table if not _is_select(table) else "the SELECT"
    zoned = [name for name in found if getattr(found[name].dtype, "tz", None) is not None]
    if zoned:
        wrong = Problem(shown, None, zoned[0], "times with a zone", "local times", LOCAL)
        raise LogFormatError([wrong])
    log, problems = checked(found, file=shown, rows=range(1, len(found) + 1))
    if problems and errors == "raise":
        raise LogFormatError(problems, QUARANTINE_HINT)
    if problems:
        bad = counted(len({problem.row for problem in problems}), "row")
        warnings.warn(f"{shown}: {bad} set aside. The first: {problems[0]}", SetAsideWarning, stacklevel=2)
    return in_order(log)


def _is_select(table: str) -> bool:
    return re.match(r"\s*(select|with)\s", table, re.IGNORECASE) is not None


def _answer(text: str, table: str) -> pd.DataFrame:
    try:
        import sqlalchemy as sql
    except ImportError:
        raise PracticeError('To read a database, first: pip install "mmlib[sql]"') from None
    url = _checked_url(text)
    shown = url.render_as_string(hide_password=True)
    try:
        engine = sql.create_engine(_for_reading(url))
    except (ImportError, sql.exc.SQLAlchemyError) as error:
        raise PracticeError(f"{shown}: what reads this kind of database is not installed ({_first(error)}).") from None
    try:
        reading = {"postgresql_readonly": True} if url.get_backend_name() == "postgresql" else {}
        with engine.connect().execution_options(**reading) as connection:  # and what a statement changed is not kept
            answer = connection.execute(_wish(connection, table))
            names = list(answer.keys())
            return pd.DataFrame(answer.fetchall(), columns=names)
    except MMError:
        raise
    except (sql.exc.SQLAlchemyError, OSError) as error:
        raise PracticeError(f"{shown}: {_first(error)}") from None
    finally:
        engine.dispose()


def _checked_url(text: str) -> URL:
    import sqlalchemy as sql

    try:
        url = sql.make_url(text)
    except (sql.exc.ArgumentError, ValueError):
        expected = "one such as sqlite:///practice.db or postgresql://me@localhost/practice"
        raise PracticeError(f"The database's address cannot be read. Expected {expected}.") from None
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        raise PracticeError(f"{url.database}: no such file. Three slashes begin a path from here, four a path from /.")
    return url


def _for_reading(url: URL) -> URL:
    """Return the address with a driver that is installed with mmlib, and a file opened for reading alone."""
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    if url.get_backend_name() == "sqlite" and url.database:
        return url.set(database=Path(url.database).resolve().as_uri(), query={"mode": "ro", "uri": "true"})
    if url.drivername in DRIVERS.values() and not url.username:
        return url.set(username=getpass.getuser())  # as PostgreSQL's own tools do
    return url


def _wish(connection: Connection, table: str) -> Select | TextClause:
    import sqlalchemy as sql

    if _is_select(table):
        return sql.text(table.replace(":", r"\:"))
    schema, _, name = table.rpartition(".")
    inspector = sql.inspect(connection)
    there = [*inspector.get_table_names(schema=schema or None), *inspector.get_view_names(schema=schema or None)]
    if name not in there:
        advice = did_you_mean(name, there) if there else "It has no tables."
        raise PracticeError(f'No table "{table}" in the database. {advice}')
    return sql.select(sql.Table(name, sql.MetaData(), schema=schema or None, autoload_with=connection))


def _first(error: BaseException) -> str:
    """Return the first line of what a database said, which never holds the password."""
    cause = getattr(error, "orig", None) or error
    said = cause.args[0].get("M") if cause.args and isinstance(cause.args[0], dict) else str(cause)
    return str(said).splitlines()[0].rstrip(".") if str(said) else type(cause).__name__

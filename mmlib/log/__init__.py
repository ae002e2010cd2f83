"""The table: one row per practice session. Its columns and types, its checks; read, write, append."""

from mmlib.log.appending import append_sessions
from mmlib.log.check import check_log
from mmlib.log.reading import quarantine, read_log
from mmlib.log.schema import CARD_COLUMNS, COLUMNS, PARTS, SCHEMA, TEXT, data_dictionary, empty_log, write_dictionary
from mmlib.log.writing import replace_file, write_log

__all__ = [
    "CARD_COLUMNS",
    "COLUMNS",
    "PARTS",
    "SCHEMA",
    "TEXT",
    "append_sessions",
    "check_log",
    "data_dictionary",
    "empty_log",
    "quarantine",
    "read_log",
    "replace_file",
    "write_dictionary",
    "write_log",
]

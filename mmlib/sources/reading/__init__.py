"""What all sources share: from a file to text, from universal time to the wall clock, from records to the log."""

from mmlib.sources.reading.clock import LAST_SECOND, checked_zone, from_unix, moment_of, on_the_wall, wall_clock
from mmlib.sources.reading.databases import database, table_names
from mmlib.sources.reading.files import Archive, checked_file, decoded, text_of
from mmlib.sources.reading.objects import json_lines, json_of
from mmlib.sources.reading.rows import Rows, log_of, numbered
from mmlib.sources.reading.sample import Sample
from mmlib.sources.reading.tables import table
from mmlib.sources.reading.words import clean, number_of, refused, short

__all__ = [
    "LAST_SECOND", "Archive", "Rows", "Sample", "checked_file", "checked_zone", "clean", "database", "decoded",
    "from_unix", "json_lines", "json_of", "log_of", "moment_of", "number_of", "numbered", "on_the_wall", "refused",
    "short", "table", "table_names", "text_of", "wall_clock",
]  # fmt: skip

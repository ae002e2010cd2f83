"""Names of files from names of people: short, plain and never a path."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

SLUG_LENGTH = 60
OURS = ("index", "cohort")  # the list of all reports, and the report of all learners
DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
RESERVED = frozenset({*OURS, *DEVICES})


def slug(text: str, others: Iterable[str] = ()) -> str:
    """Return a text as a safe file name: ASCII letters, digits and hyphens, never empty, never a path.

    Where nothing is left of the text, or one of `others` would get the same name, or the name is a device's on
    Windows or another report's, a short hash of the text keeps them apart.

    Parameters
    ----------
    text : str
        The learner's name, or any other.
    others : iterable of str
        The texts that get names in the same folder.

    Examples
    --------
    >>> slug("Ada Lovelace"), slug("../../etc"), slug("Jörg")
    ('ada-lovelace', 'etc', 'jorg')
    >>> slug("Jörg", others=["Jorg"]), slug("アダ"), slug("Cohort")
    ('jorg-8e6374', 'learner-fc02cd', 'cohort-19c6d6')
    """
    plain = _plain(text)
    clash = any(other != text and _plain(other) == plain for other in others) and text != plain
    if plain and not clash and plain not in RESERVED and len(plain) <= SLUG_LENGTH:
        return plain
    mark = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:6]
    return f"{plain[:SLUG_LENGTH].rstrip('-') or 'learner'}-{mark}"


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")

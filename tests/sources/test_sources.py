"""The registry of sources: named in the package's metadata, loaded when asked for."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pandas as pd
import pytest

from mmlib import sources
from mmlib.errors import SourceError

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"


def test_every_source_is_registered_and_keeps_to_the_form():
    registered = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    assert set(registered["mmlib.sources"]) <= set(sources.tools())
    for tool in registered["mmlib.sources"]:
        module = sources.source(tool)
        assert callable(module.read) and callable(module.recognises)
        assert isinstance(module.TITLE, str) and isinstance(module.CARD, dict)
    folder = ROOT / "mmlib" / "sources"
    there = {
        f"mmlib.sources.{path.stem}"
        for path in folder.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    shared = {"mmlib.sources.__init__", "mmlib.sources.reading"}
    others = {name for name in there if name.startswith("mmlib.sources.xapi_")}  # the way back
    assert there - shared - others == set(registered["mmlib.sources"].values())


def test_every_source_has_its_paragraph_in_the_docs():
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    for tool in sources.tools():
        assert f"## {sources.source(tool).TITLE}" in text and f"mm import {tool} " in text


def test_an_unknown_tool_is_met_with_the_nearest_one():
    with pytest.raises(SourceError, match='Did you mean "cstimer"'):
        sources.read("cstimmer", DATA / "cstimer.json")


def test_reading_through_the_registry_is_reading():
    log = sources.read("cstimer", DATA / "cstimer.json", learner="ada", tz="UTC")
    pd.testing.assert_frame_equal(log, sources.source("cstimer").read(DATA / "cstimer.json", learner="ada", tz="UTC"))


def test_sources_load_only_when_asked_for():
    program = (
        "import sys; from mmlib import sources; sources.tools(); "
        "print([name for name in sys.modules if name.startswith('mmlib.sources.')])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_reading_one_tools_file_loads_no_other_tools_library():
    program = (
        "import sys; import mmlib as mm; mm.sources.read('keybr', sys.argv[1], tz='UTC'); "
        "libraries = ['fitdecode', 'gpxpy', 'orgparse', 'python_calamine', 'pg8000', 'sqlalchemy', 'icalendar']; "
        "print([name for name in libraries if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(DATA / "keybr.json")], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_other_packages_can_add_theirs_and_a_missing_library_is_named(monkeypatch):
    theirs = EntryPoint("piano", "a_library_that_is_not_there", sources.GROUP)
    monkeypatch.setattr(sources, "entry_points", lambda group: [theirs] if group == sources.GROUP else [])
    assert sources.tools() == ["piano"]
    with pytest.raises(SourceError, match="a_library_that_is_not_there"):
        sources.source("piano")

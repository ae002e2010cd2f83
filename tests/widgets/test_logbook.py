"""The logbook as Python drives it: what lands in log.csv, what is refused and how it is said, undo, the stopwatch."""

from __future__ import annotations

import csv
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock, Timeout
from traitlets import TraitError

import mmlib as mm
from mmlib.log import append_sessions, read_log
from mmlib.widgets import stopwatch
from mmlib.widgets.logbook import logbook

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def folder(tmp_path):
    """A practice folder with three sessions."""
    (tmp_path / "p").mkdir()
    append_sessions(
        tmp_path / "p",
        [
            {"skill": "omelette", "start": "2026-10-01 18:00", "minutes": 20},
            {"skill": "juggling", "start": "2026-10-02 18:00", "minutes": 12.5, "score": 31},
            {"skill": "juggling", "start": "2026-10-01 09:00", "minutes": 40, "score": 35, "learner": "ada"},
        ],
    )
    (tmp_path / "p" / "skills.toml").write_text(
        '[juggling]\nunit = "catches"\nbetter = "higher"\ntarget = 100\nself = "the player"\n'
    )
    return tmp_path / "p"


@pytest.fixture
def book(folder):
    return logbook(folder)


def page_says(part, **values):
    part._handle_custom_msg({"kind": "set", "values": values}, [])


def rows(folder):
    with (folder / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_session_lands_in_the_log_with_all_that_was_written(book, folder):
    written = {
        "skill": "juggling", "minutes": "1h30", "score": "41", "reps": "9", "successes": "7", "payoff": 4, "flow": 5,
        "mood_before": 2, "mood_after": 3, "challenge": 1, "support": 5, "praise": 2, "part": "isolate",
        "variation": "eyes closed", "self": "the clown", "note": "two\nlines, and more",
        "start": "2026-10-31 18:30",
    }  # fmt: skip
    for name, value in written.items():
        book.entry.fields[name].value = value
    book.save.click()
    *before, added = rows(folder)
    assert len(before) == 3
    assert added.pop("source_id")
    expected = {name: str(value) for name, value in written.items()} | {
        "minutes": "90", "start": "2026-10-31T18:30:00", "note": "two lines, and more", "learner": "me",
        "source": "logbook",
    }  # fmt: skip
    assert added == expected
    assert book.said.value == "Added: juggling, 90 min, 41 catches, on 31 Oct 2026, 18:30. Your best so far!"


def test_mm_has_the_forms_and_not_their_modules():
    assert mm.logbook is logbook
    assert callable(mm.card)


def test_what_was_practised_last_is_there_already(book):
    assert (book.skill.value, book.minutes.value) == ("juggling", "12.5")
    assert book.score.hint == "catches, higher is better, target 100"
    assert book.score.placeholder == "last: 31"
    assert book.skill.chips == ["juggling", "omelette"]


def test_another_skill_brings_its_own_minutes_unless_some_were_written(book):
    book.skill.value = "omelette"
    assert book.minutes.value == "20"
    assert (book.score.hint, book.score.placeholder) == ("", "")
    book.minutes.value = "7"
    book.skill.value = "juggling"
    assert book.minutes.value == "7"


def test_one_click_is_enough_for_the_same_as_last_time(book, folder):
    earliest = datetime.now().replace(microsecond=0)
    book.save.click()
    added = rows(folder)[-1]
    assert (added["skill"], added["minutes"], added["score"]) == ("juggling", "12.5", "")
    assert earliest <= datetime.fromisoformat(added["start"]) <= datetime.now()


def test_after_saving_only_the_skill_and_the_minutes_stay(book):
    for name, value in {"minutes": 15, "score": 20, "payoff": 4, "note": "x", "part": "repeat"}.items():
        book.entry.fields[name].value = value
    book.save.click()
    left = {name: value for name, value in book.entry.values.items() if value}
    assert left == {"skill": "juggling", "minutes": "15"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("minutes", "half an hour", ['"half an hour"', "a number of minutes", "Write 30, 1:30 or 1h30."]),
        ("minutes", "-5", ["-5", "0 or more"]),
        ("score", "many", ['"many"', "a number", "Write 23"]),
        ("score", "1,234", ['"1,234"']),
        ("reps", "2.5", ["2.5", "whole number"]),
        ("start", "03/04/2026", ["2026-03-04", "2026-04-03"]),
        ("start", "25:00", ["a date and time"]),
        ("skill", " ", ["nothing", "the name of a skill"]),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_written(book, folder, field, value, words):
    before = (folder / "log.csv").read_bytes()
    book.payoff.value = 3
    book.entry.fields[field].value = value
    book.save.click()
    assert all(word in book.entry.fields[field].error for word in words), book.entry.fields[field].error
    assert [name for name, part in book.entry.fields.items() if part.error] == [field]
    assert book.said.value == f"Nothing was added. Please look at: {book.entry.fields[field].label}."
    assert book.said.kind == "bad"
    assert (folder / "log.csv").read_bytes() == before
    assert book.payoff.value == 3  # what was written stays


def test_more_successes_than_tries_are_refused_until_they_are_put_right(book, folder):
    book.reps.value, book.successes.value = 7, 9
    book.save.click()
    assert "Found 9, expected a whole number from 0 to reps" in book.successes.error
    book.successes.value = 6
    book.save.click()
    assert book.successes.error == ""
    assert rows(folder)[-1]["successes"] == "6"


def test_an_error_under_the_fold_opens_it(book):
    assert not book.entry.more.unfolded
    book.start.value = "soon"
    book.save.click()
    assert book.entry.more.unfolded


@pytest.mark.parametrize(("written", "logged"), [("12,5", "12.5"), ("0,75", "0.75"), ("12.5", "12.5"), (".5", "0.5")])
def test_a_decimal_comma_is_understood(book, folder, written, logged):
    book.score.value = written
    book.save.click()
    assert rows(folder)[-1]["score"] == logged


def test_a_time_of_day_is_the_last_one(book, folder):
    an_hour_ago, in_an_hour = (datetime.now() + timedelta(hours=h) for h in (-1, 1))
    for clock in (an_hour_ago, in_an_hour):
        book.start.value = f"{clock:%H:%M}"
        book.save.click()
    expected = [an_hour_ago, in_an_hour - timedelta(days=1)]
    assert [row["start"] for row in rows(folder)[-2:]] == [f"{time:%Y-%m-%dT%H:%M:00}" for time in expected]


# A new skill.


def test_a_near_miss_asks_and_takes_the_known_skill(book, folder):
    book.skill.value, book.minutes.value = "jugling", 5
    book.save.click()
    assert book.skill.error == 'No skill "jugling" so far. Did you mean "juggling"?'
    assert len(rows(folder)) == 3
    book.said.choose("I mean juggling")
    assert [row["skill"] for row in rows(folder)[3:]] == ["juggling"]
    assert (book.skill.error, book.said.choices) == ("", [])


def test_a_near_miss_may_be_a_new_skill_and_is_asked_about_once(book, folder):
    book.skill.value, book.minutes.value = "Juggling", 5
    book.save.click()
    book.said.choose("It is a new skill")
    assert rows(folder)[-1]["skill"] == "Juggling"
    assert book.said.value.endswith('A new skill: describe it with mm.card("Juggling").')
    book.minutes.value = 6
    book.save.click()
    assert rows(folder)[-1]["minutes"] == "6"


def test_a_skill_unlike_any_other_is_simply_new(book, folder):
    book.skill.value = "ocarina"
    book.save.click()
    assert rows(folder)[-1]["skill"] == "ocarina"
    assert book.skill.chips[0] == "ocarina"


# The same twice.


def test_a_second_click_in_a_moment_asks(book, folder):
    book.save.click()
    book.save.click()
    assert len(rows(folder)) == 4
    assert "nothing has been written since" in book.said.value
    book.said.choose("Add another one")
    assert len(rows(folder)) == 5


def test_a_second_click_later_is_another_session(book, folder, monkeypatch):
    book.save.click()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 11)
    book.save.click()
    assert len(rows(folder)) == 5


# Whose, and where.


def test_the_table_is_of_this_learner_only(folder):
    assert [row["cells"][1] for row in logbook(folder, learner="ada").recent.rows] == ["juggling"]
    assert [row["cells"][:4] for row in logbook(folder).recent.rows] == [
        ["2 Oct 2026, 18:00", "juggling", "12.5", "31 catches"],
        ["1 Oct 2026, 18:00", "omelette", "20", ""],
    ]


def test_a_learner_without_sessions_is_told_whose_there_are(folder):
    assert logbook(folder, learner="Ada").remark.value == (
        'No sessions of "Ada" so far; the log holds those of ada and me. Did you mean "ada"?'
    )


def test_a_folder_that_is_not_there_is_made_and_said_so(tmp_path):
    (tmp_path / "my-practice").mkdir()
    book = logbook(tmp_path / "my-practise")
    assert "is a new practice folder, made just now" in book.remark.value
    assert 'Did you mean "my-practice"?' in book.remark.value
    assert book.skill.chips == ["drawing a circle", "juggling"]  # the starter's cards
    book.skill.value, book.minutes.value = "juggling", 5
    book.save.click()
    assert [row["skill"] for row in rows(tmp_path / "my-practise")] == ["juggling"]
    assert (tmp_path / "my-practise" / "README.md").exists()
    assert book.remark.value == ""


def test_a_folder_with_other_things_gets_a_log_with_the_first_session_only(tmp_path):
    (tmp_path / "paper.txt").write_text("x")
    book = logbook(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["paper.txt"]
    book.skill.value = "juggling"
    book.save.click()
    assert len(rows(tmp_path)) == 1


def test_a_log_file_of_another_name(tmp_path):
    file = tmp_path / "diary.csv"
    file.write_text("skill;start;minutes\njuggling;2026-10-31 18:30;12,5\n")
    book = logbook(file)
    assert book.minutes.value == "12.5"
    book.minutes.value = "7,5"
    book.save.click()
    assert read_log(file)["minutes"].tolist() == [12.5, 7.5]
    assert not (tmp_path / "log.csv").exists()


def test_the_folder_stays_the_same_when_the_notebook_goes_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    book = logbook("p")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    book.skill.value = "juggling"
    book.save.click()
    assert len(rows(tmp_path / "p")) == 1


def test_a_bad_row_elsewhere_is_no_reason_not_to_log(folder):
    with (folder / "log.csv").open("a") as file:
        file.write("me,juggling,2026-10-03T10:00:00,half an hour" + "," * 16 + "\n")
    book = logbook(folder)
    assert "1 row set aside" in book.remark.value
    assert "half an hour" in book.remark.value
    book.save.click()
    assert book.said.value.startswith("Added: juggling")
    assert len(rows(folder)) == 5


def test_cards_that_cannot_be_read_are_no_reason_either(folder):
    (folder / "skills.toml").write_text("[juggling\n")
    book = logbook(folder)
    assert "The cards are left aside" in book.remark.value
    book.save.click()
    assert len(rows(folder)) == 4
    assert (folder / "skills.toml").read_text() == "[juggling\n"


def test_a_log_with_a_foreign_header_is_said_and_left(folder):
    (folder / "log.csv").write_text("wer,was\nich,jonglieren\n")
    book = logbook(folder)
    assert "cannot be read" in book.remark.value
    book.skill.value, book.minutes.value = "juggling", 5
    book.save.click()
    assert book.said.value.startswith("Nothing was added.")
    assert '"wer"' in book.said.value
    assert (folder / "log.csv").read_text() == "wer,was\nich,jonglieren\n"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device", "log.csv"), "log.csv: No space left on device."),
        (PermissionError(13, "Permission denied", "/x/log.csv"), "log.csv: Permission denied."),
        (Timeout("x.lock"), "Another program has held the file for half a minute."),
    ],
)
def test_what_the_disk_says_is_said_in_words_and_what_was_written_stays(book, monkeypatch, error, words):
    def fail(*_):
        raise error

    monkeypatch.setattr("mmlib.widgets.logbook.append_sessions", fail)
    book.score.value = 41
    book.save.click()
    assert book.said.value.startswith("Nothing was added. ")
    assert words in book.said.value
    assert book.score.value == "41"
    assert len(book.recent.rows) == 2


def test_a_log_that_another_program_holds_is_said(book, folder, monkeypatch):
    monkeypatch.setattr("mmlib.log.appending.FileLock", lambda path, timeout: FileLock(path, timeout=0.1))  # noqa: ARG005
    with FileLock(folder / ".log.csv.lock"):
        book.save.click()
    assert "Another program has held the file" in book.said.value
    book.save.click()
    assert book.said.value.startswith("Added")


# Undoing.


def undoable(book):
    return [row["id"] for row in book.recent.rows if row["id"]]


def test_undo_leaves_the_file_as_it_was_byte_for_byte(book, folder):
    before = (folder / "log.csv").read_bytes()
    book.score.value = 41
    book.save.click()
    assert len(undoable(book)) == 1
    book.undo()
    assert (folder / "log.csv").read_bytes() == before
    assert undoable(book) == []
    assert book.said.value.startswith("Taken out again: juggling, 12.5 min, 41 catches")


def test_what_was_undone_is_back_in_the_form_to_be_put_right(book, folder):
    book.minutes.value, book.start.value = 15, "2026-10-31 18:30"
    book.score.value, book.payoff.value = 14, 5
    book.save.click()
    book.undo()
    assert (book.score.value, book.payoff.value, book.start.value) == ("14", 5, "2026-10-31 18:30")
    assert book.minutes.value == "15"
    book.score.value = 41
    book.save.click()
    assert [row["score"] for row in rows(folder)[3:]] == ["41"]


def test_undo_does_not_write_over_the_next_session(book):
    book.score.value = 14
    book.save.click()
    book.score.value = 99
    book.undo()
    assert book.score.value == "99"
    assert "back in the form" not in book.said.value


def test_undo_after_undo_and_of_any_row_that_was_added_here(book, folder):
    for score in (1, 2, 3, 4):
        book.score.value = score
        book.save.click()
    second = rows(folder)[4]["source_id"]
    book.undo(second)
    assert [row["score"] for row in rows(folder)[3:]] == ["1", "3", "4"]
    book.undo()
    book.undo()
    assert [row["score"] for row in rows(folder)[3:]] == ["1"]
    book.undo()
    assert len(rows(folder)) == 3
    book.undo()
    assert book.said.value == "Nothing to undo: only what was added in this logbook can be."
    assert len(rows(folder)) == 3


def test_nothing_else_can_be_taken_out(folder):
    other = logbook(folder)
    other.save.click()
    book = logbook(folder)
    assert undoable(book) == []
    book.undo(rows(folder)[-1]["source_id"])
    book.recent._handle_custom_msg({"kind": "undo", "id": rows(folder)[-1]["source_id"]}, [])
    book.undo()
    assert len(rows(folder)) == 4


def test_a_row_that_somebody_took_out_is_said_to_be_gone(book, folder):
    before = (folder / "log.csv").read_bytes()
    book.save.click()
    (folder / "log.csv").write_bytes(before)
    book.undo()
    assert book.said.value.startswith("It is not in the log any more, so nothing was changed")
    assert (folder / "log.csv").read_bytes() == before
    assert undoable(book) == []


def test_an_undo_that_fails_can_be_tried_again(book, folder, monkeypatch):
    book.save.click()
    with monkeypatch.context() as broken:

        def fail(*_, **__):
            raise OSError(30, "Read-only file system", "log.csv")

        broken.setattr("mmlib.widgets.logbook.remove_sessions", fail)
        book.undo()
    assert book.said.value == "Nothing was taken out. log.csv: Read-only file system."
    assert len(undoable(book)) == 1
    book.undo()
    assert len(rows(folder)) == 3


def test_the_table_holds_ten_and_what_was_added_here_however_old(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "p")
    book = logbook(tmp_path / "p", learner="ada")
    assert len(book.recent.rows) == 10
    assert book.recent.caption == "The last 10 sessions"
    log = read_log(tmp_path / "p" / "log.csv")
    newest = log[log["learner"] == "ada"].sort_values("start")["start"].iloc[::-1].head(10)
    assert [row["cells"][0] for row in book.recent.rows] == [f"{t.day} {t:%b %Y, %H:%M}" for t in newest]
    book.start.value = "2001-01-01 12:00"
    book.save.click()
    assert len(book.recent.rows) == 11
    assert book.recent.rows[-1]["cells"][0] == "1 Jan 2001, 12:00"
    assert book.recent.rows[-1]["id"]


# The stopwatch.


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is told to go on."""

    class Clock:
        now = time.time()

        def go_on(self, seconds):
            self.now += seconds

    clock = Clock()
    monkeypatch.setattr(stopwatch.time, "time", lambda: clock.now)
    return clock


def test_the_stopwatch_fills_in_the_minutes_and_the_start(book, clock, folder):
    pressed = datetime.now()
    book.stopwatch.start()
    clock.go_on(12 * 60 + 30)
    book.stopwatch.stop()
    assert book.minutes.value == "12.5"
    clock.go_on(3600)
    book.stopwatch.start()
    clock.go_on(60)
    book.stopwatch.stop()
    assert book.minutes.value == "13.5"
    book.save.click()
    added = rows(folder)[-1]
    assert added["minutes"] == "13.5"
    assert abs(datetime.fromisoformat(added["start"]) - pressed) < timedelta(seconds=5)
    assert (book.stopwatch.seconds, book.start.value, book.minutes.value) == (0, "", "13.5")


def test_save_stops_a_running_stopwatch_and_takes_its_minutes(book, clock, folder):
    book.stopwatch.start()
    clock.go_on(90)
    book.save.click()
    assert rows(folder)[-1]["minutes"] == "1.5"
    assert not book.stopwatch.running


def test_a_stopwatch_that_ran_all_night_is_asked_about_once(book, clock, folder):
    book.stopwatch.start()
    clock.go_on(11 * 3600)
    book.save.click()
    assert len(rows(folder)) == 3
    assert book.minutes.error == "The stopwatch ran for 11 h. Was it left on?"
    book.minutes.value = 25
    book.save.click()
    assert rows(folder)[-1]["minutes"] == "25"


def test_reset_gives_back_the_minutes_and_forgets_the_start(book, clock):
    book.stopwatch.start()
    clock.go_on(300)
    book.stopwatch.reset()
    assert (book.minutes.value, book.start.value, book.stopwatch.began) == ("12.5", "", None)


def test_a_start_that_was_written_is_kept(book, clock, folder):
    book.start.value = "2026-10-31 18:30"
    book.stopwatch.start()
    clock.go_on(60)
    book.stopwatch.stop()
    book.save.click()
    assert rows(folder)[-1]["start"] == "2026-10-31T18:30:00"


def test_a_press_in_the_page_counts_by_the_pages_own_clock(book, clock):
    page = clock.now - 7200  # a clock that is two hours slow
    page_says(book.stopwatch, running=True, started=page, offset=0)
    clock.go_on(60)
    assert book.stopwatch.seconds == 60
    page_says(book.stopwatch, running=False, banked=61.0, offset=0)
    assert book.minutes.value == "1"


def test_now_is_the_time_on_the_learners_wall_wherever_the_kernel_is(book, folder):
    page_says(book.stopwatch, offset=330)
    book.save.click()
    india = datetime.fromisoformat(rows(folder)[-1]["start"])
    utc = datetime.now(UTC).replace(tzinfo=None)
    assert abs(india - utc - timedelta(minutes=330)) < timedelta(seconds=10)


# What is shown.


def test_a_still_for_pages_without_a_kernel_and_hostile_names_are_text(tmp_path):
    append_sessions(
        tmp_path, {"skill": EVIL, "start": "2026-10-31 18:30", "learner": EVIL, "note": EVIL, "variation": "<b>"}
    )
    book = logbook(tmp_path, learner=EVIL)
    data, _ = book._repr_mimebundle_()
    assert "<script" not in data["text/html"]
    assert "<b>" not in data["text/html"]
    assert "&lt;script&gt;" in data["text/html"]
    assert data["text/html"].count("<tr>") == 2
    title = book.children[0].value
    assert "<script" not in title
    assert book.skill.value == EVIL


def test_an_empty_logbook_has_a_still_too(tmp_path):
    still = logbook(tmp_path / "p")._repr_mimebundle_()[0]["text/html"]
    assert "No sessions yet" in still
    assert "<th" not in still


@pytest.mark.parametrize("value", [0, 6, 2.5, "4"])
def test_stars_are_one_to_five_or_none(book, value):
    with pytest.raises(TraitError):
        book.payoff.value = value
    book.payoff.value = None


def test_best_goes_by_the_card(folder):
    (folder / "skills.toml").write_text('[juggling]\nbetter = "lower"\n')
    book = logbook(folder)
    book.score.value = 40
    book.save.click()
    assert "best" not in book.said.value
    book.score.value = 20
    book.save.click()
    assert book.said.value.endswith("Your best so far!")

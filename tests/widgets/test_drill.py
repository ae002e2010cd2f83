"""The base of the drills: what comes from the page is scored and logged once, refused with a reason, or kept."""

import math

import pandas as pd
import pytest

import mmlib.widgets.drills.drill as base
from mmlib.errors import LogFormatError
from mmlib.log import append_sessions
from mmlib.simulate import circles
from mmlib.widgets.drills.circles import Circle
from mmlib.widgets.drills.drill import AttemptError, Drill, Scored, module, style


class Throws(Drill):
    """The simplest drill: the page counts, and the count is the score."""

    CARDS = {"throws": {"unit": "catches", "better": "higher", "target": 10}}  # noqa: RUF012
    _esm = "export default { render() {} };"

    def __init__(self, folder, **options):
        super().__init__(folder, "throws", **options)

    def scored(self, attempt):
        if attempt["n"] == 0:
            raise AttemptError("Nothing was thrown.")
        return Scored({"skill": "throws", "score": attempt["n"], "reps": 1}, f"{attempt['n']} catches", {"n": 1})


def attempt(n, name="a1", **more):
    return {"id": name, "start": "2026-10-31T18:30:05", "seconds": 6, "n": n} | more


@pytest.fixture
def drill(tmp_path):
    """A drill whose answers to the page can be read."""
    made = Throws(tmp_path / "practice")
    made.answers = []
    made.send = made.answers.append
    return made


def from_page(drill, what):
    drill._handle_custom_msg({"kind": "attempt", "attempt": what}, [])
    return drill.answers[-1] if drill.answers else None


def rows(drill):
    return pd.read_csv(drill.folder / "log.csv", dtype=str, keep_default_na=False)


def test_the_folder_is_made_with_the_drills_card(drill):
    assert 'unit = "catches"' in (drill.folder / "skills.toml").read_text()
    assert len(rows(drill)) == 0
    assert drill.attempts == 0 and drill.drawn == ""


def test_an_attempt_from_the_page_becomes_a_row_and_is_answered(drill):
    answer = from_page(drill, attempt(7))
    assert answer == {"id": "a1", "kind": "scored", "said": "7 catches", "shown": {"n": 1}}
    row = rows(drill).iloc[0]
    assert row[["learner", "skill", "start", "minutes", "reps", "score"]].tolist() == [
        "me", "throws", "2026-10-31T18:30:05", "0.1", "1", "7",
    ]  # fmt: skip
    assert row[["source", "source_id"]].tolist() == ["drill", "a1"]
    assert drill.attempts == 1 and drill.said == "7 catches"
    assert drill.drawn.startswith("<svg") and "throws" in drill.alt.lower()


def test_an_attempt_that_comes_twice_is_logged_once_and_answered_twice(drill):
    first, again = from_page(drill, attempt(7)), from_page(drill, attempt(7))
    assert first["kind"] == again["kind"] == "scored"
    assert len(rows(drill)) == 1


def test_an_attempt_that_cannot_be_scored_is_refused_with_its_reason(drill):
    assert from_page(drill, attempt(0)) == {"id": "a1", "kind": "refused", "said": "Nothing was thrown."}
    assert len(rows(drill)) == 0 and drill.attempts == 0


@pytest.mark.parametrize(
    "hostile",
    [
        attempt("many"),
        attempt([1, 2]),
        attempt(math.inf),
        attempt({"a": 1}),
        {"n": 3, "start": "2026-10-31T18:30:05"},
        attempt(3, start="yesterday"),
        attempt(3, seconds="long"),
        attempt(3, seconds=-5),
        attempt(3, seconds=math.inf),
        {},
    ],
    ids=["text", "list", "inf", "dict", "no id", "no date", "no seconds", "negative", "endless", "empty"],
)
def test_hostile_attempts_are_refused_and_leave_the_log_alone(drill, hostile):
    answer = from_page(drill, hostile)
    assert answer["kind"] == "refused" and answer["said"]
    assert len(rows(drill)) == 0


@pytest.mark.parametrize("message", [None, 5, "attempt", {}, {"kind": "attempt"}, {"kind": "attempt", "attempt": 3}])
def test_messages_that_are_no_attempts_are_ignored(drill, message):
    drill._handle_custom_msg(message, [])
    assert drill.answers == []


def test_an_attempt_is_kept_by_the_page_while_the_disk_refuses(drill, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(base, "append_sessions", full)
        answer = from_page(drill, attempt(7))
    assert answer["kind"] == "kept"
    assert answer["said"].startswith("Not in the log yet.") and "No space left" in answer["said"]
    assert len(rows(drill)) == 0
    assert from_page(drill, attempt(7))["kind"] == "scored"
    assert len(rows(drill)) == 1


def test_an_attempt_is_kept_while_the_log_is_broken(drill):
    log = drill.folder / "log.csv"
    good = log.read_text()
    log.write_text("skill,start,scroe\nthrows,2026-10-31,3\n")
    answer = from_page(drill, attempt(7))
    assert answer["kind"] == "kept" and "scroe" in answer["said"]
    log.write_text(good)
    assert from_page(drill, attempt(7))["kind"] == "scored"


def test_a_bad_row_elsewhere_in_the_log_is_no_reason_not_to_practise(drill):
    with (drill.folder / "log.csv").open("a") as log:
        log.write("me,omelette,yesterday," + "," * (len(rows(drill).columns) - 4) + "\n")
    assert from_page(drill, attempt(7))["kind"] == "scored"
    assert drill.attempts == 1


def test_a_log_that_was_deleted_meanwhile_is_made_again(drill):
    (drill.folder / "log.csv").unlink()
    assert from_page(drill, attempt(7))["kind"] == "scored"
    assert rows(drill)["score"].tolist() == ["7"]


def test_another_learner_and_another_skill_stay_apart(drill):
    append_sessions(drill.folder, {"skill": "juggling", "start": "2026-10-31 18:00", "score": 99})
    ada = Throws(drill.folder, learner="ada")
    ada.practise([attempt(4), attempt(5, "a2")])
    from_page(drill, attempt(7))
    assert ada.rows()["score"].tolist() == [4, 5]
    assert drill.rows()["score"].tolist() == [7]
    assert drill.best() == 7
    assert len(rows(drill)) == 4, "the same id of another learner is another attempt"


def test_what_others_add_to_the_log_is_seen(drill):
    from_page(drill, attempt(7))
    append_sessions(drill.folder, {"skill": "throws", "start": "2026-10-30 18:00", "score": 9})
    assert drill.rows()["score"].tolist() == [9, 7]
    assert drill.best() == 9


def test_practise_takes_what_the_page_sends_and_raises_what_the_page_would_be_told(drill):
    drill.practise(attempt(n, f"a{n}") for n in range(1, 10))
    assert drill.attempts == 9
    assert drill.said == "9 catches"
    with pytest.raises(AttemptError, match="Nothing was thrown"):
        drill.practise([attempt(0, "b")])


def test_the_curve_can_be_hidden_and_shown(tmp_path):
    hidden = Throws(tmp_path, curve=False)
    hidden.practise(attempt(n, f"a{n}") for n in range(1, 10))
    assert hidden.drawn == "" and hidden.attempts == 9
    hidden.curve = True
    assert hidden.drawn.startswith("<svg")
    hidden.curve = False
    assert hidden.drawn == ""


def test_seven_attempts_have_no_curve_yet_but_a_picture(drill):
    drill.practise(attempt(n, f"a{n}") for n in range(1, 8))
    assert "too few trials for a curve" in drill.alt


def test_the_place_tells_drills_folders_and_learners_apart(tmp_path):
    places = {
        Throws(tmp_path / "a").place,
        Throws(tmp_path / "b").place,
        Throws(tmp_path / "a", learner="ada").place,
        Circle(tmp_path / "a").place,
    }
    assert len(places) == 4
    assert Throws(tmp_path / "a").place in places, "a drill after a restart finds what waits for it"


def test_a_page_without_a_kernel_shows_the_curve(drill):
    assert drill._repr_mimebundle_()[0]["text/html"] == "No attempts at throws yet."
    drill.practise(attempt(n, f"a{n}") for n in range(1, 10))
    data, metadata = drill._repr_mimebundle_()
    assert data["image/svg+xml"].startswith("<svg")
    assert "throws" in metadata["image/svg+xml"]["alt"].lower()


def test_the_folders_card_is_not_overwritten(tmp_path):
    (tmp_path / "skills.toml").write_text('[throws]\nunit = "throws"\ntarget = 3\n')
    drill = Throws(tmp_path)
    drill.practise([attempt(2)])
    assert drill.rows()["target"].tolist() == [3]


def test_a_log_that_cannot_be_read_says_so_at_once(tmp_path):
    (tmp_path / "log.csv").write_text("skill,when\n")
    with pytest.raises(LogFormatError, match="when"):
        Throws(tmp_path)


def test_modules_and_styles_hold_the_shared_part_first():
    assert module("hand", "circle").index("class Outbox") < module("hand", "circle").index("export default")
    assert ".mm-area" in style("hand") and style("hand").startswith(".mm-drill")


def test_the_simulated_attempts_of_one_seed_are_logged_once(tmp_path):
    drill = Circle(tmp_path)
    drill.practise(circles(3, seed=2))
    drill.practise(circles(5, seed=2))
    assert drill.attempts == 5

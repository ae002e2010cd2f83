"""The forms in JupyterLab: filled in by keyboard and by mouse, in light and dark, on a desk and on a phone."""

from __future__ import annotations

import csv
import re
import tomllib

import pytest

from mmlib.log import append_sessions

BOOK = 'import mmlib as mm\nbook = mm.logbook("p")\nbook'
CARD = 'import mmlib as mm\ncard = mm.card("juggling", "p")\ncard'
EVIL = "<script>document.title = 'gone'</script>"
SAVE = "window.jupyterapp.commands.execute('docmanager:save')"


@pytest.fixture
def opened(lab):
    """Open a notebook with a practice folder of two sessions, run its first cell, and return it with the output."""

    def go(cell=BOOK, **how):
        notebook = lab.notebook([cell, "'another cell'"], **how)
        folder = notebook.folder / "p"
        folder.mkdir()
        sessions = [
            {"skill": "omelette", "start": "2026-10-01 18:00", "minutes": 20, "note": "with chives"},
            {"skill": "juggling", "start": "2026-10-02 18:00", "minutes": 12.5, "score": 31, "flow": 4},
        ]
        append_sessions(folder, sessions)
        (folder / "skills.toml").write_text('# mine\n[juggling]\nunit = "catches"\nbetter = "higher"\n')
        return notebook, notebook.run(0)

    return go


def rows(notebook):
    with (notebook.folder / "p" / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def said(output, words):
    output.locator(".mm-said:not(.mm-remark)").get_by_text(words).wait_for()


def is_unharmed(notebook):
    """No key or letter reached the notebook as a command, and nothing was complained of or fetched."""
    kinds = notebook.page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets.map(c => c.model.type)")
    return (kinds, notebook.source(0), notebook.complaints, notebook.asked) == (["code", "code"], BOOK, [], [])


def test_a_session_by_keyboard_alone_then_undo_and_once_more(opened):
    notebook, output = opened()
    before = (notebook.folder / "p" / "log.csv").read_bytes()
    keys = notebook.page.keyboard
    output.get_by_role("combobox", name="Skill").focus()
    keys.type("omelette")
    for _ in range(3):  # past the chips
        keys.press("Tab")
    keys.type("15")
    keys.press("Tab")  # Start
    keys.press("Tab")  # Score
    for number in ("8.5", "7", "6"):
        keys.type(number)
        keys.press("Tab")
    for key in ("4", "ArrowRight", "ArrowLeft", "Tab", "5", "Tab", "3", "0", "Tab", "1", "ArrowUp"):
        keys.press(key)
    for _ in range(2):  # past the fold
        keys.press("Tab")
    assert notebook.page.evaluate("document.activeElement.textContent") == "Save"
    keys.press("Enter")
    said(output, "Added: omelette, 15 min, 8.5, on ")
    added = rows(notebook)[-1]
    names = ("skill", "minutes", "score", "reps", "successes", "payoff", "flow", "mood_before", "mood_after")
    assert [added[name] for name in names] == ["omelette", "15", "8.5", "7", "6", "4", "5", "", "2"]
    output.get_by_role("button", name="Undo: ").press("Enter")
    said(output, "Taken out again: omelette, 15 min, 8.5")
    assert (notebook.folder / "p" / "log.csv").read_bytes() == before
    output.get_by_role("textbox", name="Score").press("Enter")  # what was undone is back in the form
    said(output, "Added: omelette, 15 min, 8.5, on ")
    assert len(rows(notebook)) == 3
    assert is_unharmed(notebook)


def test_a_session_by_mouse(opened):
    notebook, output = opened()
    output.get_by_role("button", name="omelette", exact=True).click()
    assert output.get_by_role("button", name="omelette", exact=True).get_attribute("aria-pressed") == "true"
    flow = output.get_by_role("radiogroup", name="Flow")
    flow.get_by_role("radio", name="3 of 5").click()
    flow.get_by_role("radio", name="3 of 5").click()  # once more: none
    payoff = output.get_by_role("radiogroup", name="Payoff")
    payoff.get_by_role("radio", name="2 of 5").click()
    output.get_by_role("button", name="Payoff: leave empty").click()
    payoff.get_by_role("radio", name="5 of 5").click()
    output.get_by_role("button", name=re.compile("More: ")).click()
    output.get_by_role("combobox", name="Part").select_option("isolate")
    output.get_by_role("textbox", name="Note").fill("two\nlines")
    output.get_by_role("button", name="Save").click()
    said(output, "Added: omelette, 20 min")
    added = rows(notebook)[-1]
    assert [added[n] for n in ("flow", "payoff", "part", "note")] == ["", "5", "isolate", "two lines"]
    assert output.locator("tbody tr").count() == 3
    assert is_unharmed(notebook)


def test_what_is_wrong_is_said_at_its_field_and_the_field_comes_forward(opened):
    notebook, output = opened()
    minutes = output.get_by_role("textbox", name="Minutes")
    minutes.fill("half an hour")
    minutes.press("Enter")
    said(output, "Nothing was added.")
    assert minutes.get_attribute("aria-invalid") == "true"
    described = minutes.get_attribute("aria-describedby").split()
    words = " ".join(output.locator(f"#{part}").inner_text() for part in described)
    assert 'Found "half an hour", expected a number of minutes' in words
    output.locator(":focus").and_(minutes).wait_for()
    assert len(rows(notebook)) == 2
    minutes.fill("30")
    minutes.press("Enter")
    said(output, "Added: juggling, 30 min")
    assert minutes.get_attribute("aria-invalid") is None


def test_a_near_miss_is_one_click_from_right(opened):
    notebook, output = opened()
    output.get_by_role("combobox", name="Skill").fill("jugling")
    output.get_by_role("button", name="Save").click()
    output.get_by_text('No skill "jugling" so far. Did you mean "juggling"?').wait_for()
    notebook.page.keyboard.press("Enter")  # the answer has the focus
    said(output, "Added: juggling")
    assert [row["skill"] for row in rows(notebook)[2:]] == ["juggling"]


def test_the_stopwatch_shows_each_second_without_a_word_to_the_kernel_and_outlives_the_page(opened):
    notebook, output = opened()
    output.get_by_role("button", name="Start the stopwatch").click()
    notebook.wait_for("book.stopwatch.running")
    assert notebook.value("book.stopwatch.offset") == notebook.page.evaluate("-new Date().getTimezoneOffset()")
    notebook.page.evaluate(
        "() => { const send = WebSocket.prototype.send; window.sent = 0;"
        " WebSocket.prototype.send = function (data) { window.sent += 1; return send.call(this, data); }; }"
    )
    face = output.get_by_role("timer")
    for second in ("00:01", "00:02", "00:03"):
        face.get_by_text(second).wait_for()
    assert notebook.page.evaluate("window.sent") == 0
    notebook.page.evaluate(SAVE)
    notebook.load()
    face = notebook.output(0).get_by_role("timer")
    face.get_by_text(re.compile(r"00:(0[3-9]|[1-5]\d)")).wait_for()
    notebook.value("setattr(book.stopwatch, '_since', book.stopwatch._since - 600)")
    notebook.output(0).get_by_role("button", name="Save").click()
    said(notebook.output(0), re.compile(r"Added: juggling, 10\.\d min"))
    face.get_by_text("00:00").wait_for()
    assert notebook.output(0).get_by_role("button", name="Start the stopwatch").is_visible()


def test_what_is_written_while_python_is_slow_is_what_is_logged(opened):
    notebook, output = opened()
    slow = "book.skill.observe(lambda _: __import__('time').sleep(1), 'value')"
    notebook.value(slow)
    output.get_by_role("combobox", name="Skill").fill("omelette")  # whose last session took 20 minutes
    minutes = output.get_by_role("textbox", name="Minutes")
    minutes.fill("7")
    output.get_by_role("textbox", name="Score").fill("8")
    output.get_by_role("textbox", name="Score").press("Enter")
    said(output, "Added: omelette, 7 min, 8, on ")
    assert [rows(notebook)[-1][name] for name in ("skill", "minutes", "score")] == ["omelette", "7", "8"]
    assert minutes.input_value() == notebook.value("book.minutes.value") == "7"
    assert output.get_by_role("textbox", name="Score").input_value() == notebook.value("book.score.value") == ""


def test_a_default_that_comes_late_is_written_over(opened):
    notebook, output = opened()
    minutes = output.get_by_role("textbox", name="Minutes")
    minutes.focus()
    notebook.value("setattr(book.minutes, 'value', '20')")
    notebook.page.wait_for_function("document.activeElement.value === '20'")
    notebook.page.keyboard.type("15")
    assert minutes.input_value() == "15"


def test_a_click_that_nobody_answers_is_said(opened):
    notebook, output = opened()
    output.get_by_role("textbox", name="Score").fill("41")
    notebook.kill_kernel()
    output.get_by_role("button", name="Save").click()
    said(output, "No answer yet: Python is busy, or the notebook's kernel is not running.")
    assert output.get_by_role("textbox", name="Score").input_value() == "41"
    assert len(rows(notebook)) == 2


def test_hostile_names_are_text(opened):
    notebook, output = opened()
    output.get_by_role("combobox", name="Skill").fill(EVIL)
    output.get_by_role("textbox", name="Minutes").fill("5")
    output.get_by_role("button", name="Save").click()
    said(output, "Added: <script>")
    assert output.locator("tbody td").filter(has_text=EVIL).count() == 1
    assert output.locator("script").count() == 0
    assert notebook.page.title() != "gone"
    assert rows(notebook)[-1]["skill"] == EVIL


def test_a_card_by_keyboard(opened):
    notebook, output = opened(CARD)
    output.get_by_text("0 of 6 parts described.").wait_for()
    trick = output.get_by_role("textbox", name="Entry trick")
    trick.focus()
    notebook.page.keyboard.type('One "ball".')
    notebook.page.keyboard.press("Enter")
    notebook.page.keyboard.type("Then two.")
    output.get_by_text("1 of 6 parts described.").wait_for()
    output.get_by_role("combobox", name="Better").select_option("")
    output.get_by_role("textbox", name="Target").fill("100")
    output.get_by_role("textbox", name="Target").press("Enter")
    said(output, "Saved in skills.toml: better, target and entry trick.")
    text = (notebook.folder / "p" / "skills.toml").read_text()
    assert text.startswith('# mine\n[juggling]\nunit = "catches"\n')
    assert tomllib.loads(text)["juggling"] == {
        "unit": "catches",
        "target": 100,
        "entry_trick": 'One "ball".\nThen two.',
    }
    again = notebook.run(0)
    assert again.get_by_role("textbox", name="Entry trick").input_value() == 'One "ball".\nThen two.'
    assert (notebook.complaints, notebook.asked) == ([], [])


# How it looks.

UNLABELLED = """() => [...document.querySelectorAll('.mm-form :is(input, textarea, select, button)')]
  .filter(e => !(e.labels?.length && e.labels[0].textContent) && !e.getAttribute('aria-label') && !e.textContent.trim())
  .map(e => e.outerHTML)"""
STICKING_OUT = """() => {
  const form = document.querySelector('.mm-form').getBoundingClientRect();
  return [...document.querySelectorAll('.mm-form :is(input, textarea, select, button, label, .mm-hint, .mm-error)')]
    .filter(e => !e.closest('.mm-frame') && e.getBoundingClientRect().right > form.right + 1).map(e => e.outerHTML);
}"""
SMALL = """() => [...document.querySelectorAll('.mm-form :is(input, select, button)')]
  .filter(e => e.offsetParent && !e.closest('.mm-frame') && e.getBoundingClientRect().height < 40)
  .map(e => e.outerHTML)"""
FAINT = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
      .map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (e) => {
    for (let at = e; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const words = [...document.querySelectorAll('.mm-form :is(label, .mm-label, .mm-hint, .mm-error, .mm-said, button, input, td, th)')]
    .filter(e => e.offsetParent && e.role !== 'radio' && (e.textContent.trim() || e.value));
  const contrast = (e) => {
    const [one, two] = [light(getComputedStyle(e).color), light(paper(e))].sort((a, b) => b - a);
    return (one + 0.05) / (two + 0.05);
  };
  return words.filter(e => contrast(e) < 4.5).map(e => `${contrast(e).toFixed(2)}: ${e.outerHTML.slice(0, 160)}`);
}"""  # noqa: E501


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "touch"), [(1280, False), (390, True)])
@pytest.mark.parametrize("cell", [BOOK, CARD], ids=["logbook", "card"])
def test_it_looks_right_everywhere(opened, cell, width, touch, theme):
    notebook, output = opened(cell, width=width, touch=touch, theme=theme)
    if cell == BOOK:
        output.get_by_role("button", name=re.compile("More: ")).click()
        output.get_by_role("textbox", name="Minutes").fill("x")
        output.get_by_role("radiogroup", name="Mood after").get_by_role("radio", name="4 of 5").click()
    else:
        output.get_by_role("textbox", name="Target").fill("x")
    output.get_by_role("button", name="Save").click()
    said(output, "Please look at: ")
    assert notebook.page.evaluate(UNLABELLED) == []
    assert notebook.page.evaluate(STICKING_OUT) == []
    assert notebook.page.evaluate(FAINT) == []
    if touch:
        assert notebook.page.evaluate(SMALL) == []
    assert notebook.complaints == []


def test_save_waits_for_what_was_written_though_its_click_comes_first(opened):
    notebook, output = opened()
    # The worst that the way to Python can do: messages of the fields come half a second late, the button's at once.
    notebook.page.evaluate("""() => {
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (data) {
        const text = typeof data === "string" ? data : new TextDecoder().decode(data);
        if (!text.includes('"kind":"set"')) return send.call(this, data);
        setTimeout(() => send.call(this, data), 500);
      };
    }""")
    minutes = output.get_by_role("textbox", name="Minutes")
    minutes.fill("33")
    minutes.press("Enter")
    said(output, "Added: juggling, 33 min")
    assert rows(notebook)[-1]["minutes"] == "33"

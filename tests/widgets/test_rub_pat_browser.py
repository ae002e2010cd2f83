"""Rub-pat in JupyterLab: taps by key and by touch at known times give the score of these times, and a row."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from mmlib.stats.tapping import beats, timing

DRILL = "import mmlib as mm\ndrill = mm.drills.rub_pat('p', curve=False, bar={bar}, bars={bars})\ndrill"
BAR, BARS = 1.2, 2
LEAD = 600  # milliseconds from the start to the count-in
# By the page's own clock: when it was started, and when each tap came down.
WATCH = """() => {
  window.seen = {F: [], J: []};
  window.addEventListener('keydown', event => {
    if (!event.repeat) window.seen[event.key.toUpperCase()]?.push(event.timeStamp);
  }, true);
  document.querySelector('.mm-start').addEventListener('click', event => { window.began = performance.now(); }, true);
}"""
# Start an attempt, and press keys at times (ms from the first beat that counts); each is sent once more as a repeat.
PRESS = """([keys, lead]) => {
  document.querySelector('.mm-start').click();
  const first = performance.now() + lead;
  for (const [code, at] of keys) setTimeout(() => {
    for (const repeat of [false, true]) document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
      {code, key: code.slice(3).toLowerCase(), bubbles: true, cancelable: true, repeat}));
  }, first + at - performance.now());
}"""


def opened(lab, bar=BAR, bars=BARS, **looks):
    notebook = lab.notebook([DRILL.format(bar=bar, bars=bars), "2 + 2", "3 + 3"], **looks)
    notebook.run(0)
    notebook.page.locator(".mm-hand").first.wait_for()
    notebook.page.evaluate(WATCH)
    return notebook


def choose(notebook, mode):
    notebook.page.locator(f"[data-mode={mode}]").click()
    notebook.wait_for(f"drill.skill == '{'rub-pat' if mode == 'both' else f'rub-pat {mode}'}'")


def play(notebook, left=(), right=()):
    """Press keys at these times, and wait for the row."""
    before = notebook.value("drill.attempts")
    keys = [["KeyF", float(at)] for at in left] + [["KeyJ", float(at)] for at in right]
    notebook.page.evaluate(PRESS, [keys, LEAD + 1000 * BAR])
    notebook.wait_for(f"drill.attempts == {before + 1}", seconds=30)


def rows(notebook):
    return pd.read_csv(notebook.folder / "p" / "log.csv")


def expected(notebook, key, per_bar, bar=BAR, bars=BARS):
    """What the taps are worth that the page has seen."""
    first = notebook.page.evaluate("window.began") + LEAD + 1000 * bar
    return timing([at - first for at in notebook.page.evaluate(f"window.seen.{key}")], beats(per_bar, 1000 * bar, bars))


def test_keys_at_known_times_give_the_score_of_these_times_and_a_row(lab):
    notebook = opened(lab)
    choose(notebook, "both")
    left, right = beats(2, 1000 * BAR, BARS), beats(3, 1000 * BAR, BARS)
    play(notebook, np.add(left, [0, 60, 0, -40]), np.add(right[:-1], [30, 0, -50, 0, 20]))
    found = {"left": expected(notebook, "F", 2), "right": expected(notebook, "J", 3)}
    row = rows(notebook).iloc[0]
    assert row["score"] == pytest.approx((found["left"].error + found["right"].error) / 2, abs=0.15)
    noted = [float(error) for error in re.fullmatch(r"left ([\d.]+) ms, right ([\d.]+) ms", row["note"]).groups()]
    assert noted == pytest.approx([found["left"].error, found["right"].error], abs=0.15)
    assert row[["skill", "part", "source"]].tolist() == ["rub-pat", "combine", "drill"]
    assert row["variation"] == f"both, bar of {BAR} s"
    assert (row["reps"], row["successes"]) == (10, found["left"].hits + found["right"].hits)
    assert found["right"].missed == 1
    fell = notebook.output(0).locator(".mm-fell svg")
    assert (fell.locator("circle").count(), fell.locator(".mm-miss").count()) == (9, 1)
    assert "ms off" in notebook.output(0).locator(".mm-said").inner_text()
    # A key that is held repeats: that is no tap. And F and J did nothing else to the notebook.
    assert notebook.ids == [cell["id"] for cell in notebook._model()["cells"]]
    assert notebook.page.evaluate("window.seen.F.length") == 4
    assert (notebook.complaints, notebook.asked) == ([], [])


def test_the_modes_log_skills_of_their_own_and_isolating_is_shown(lab):
    notebook = opened(lab)
    left, right = beats(2, 1000 * BAR, BARS), beats(3, 1000 * BAR, BARS)
    choose(notebook, "left")
    assert notebook.output(0).locator("[data-hand=right]").is_disabled()
    play(notebook, left, right)
    choose(notebook, "right")
    play(notebook, (), right)
    log = rows(notebook)
    assert log["skill"].tolist() == ["rub-pat left", "rub-pat right"]
    assert log["part"].tolist() == ["isolate", "isolate"]
    assert log["reps"].tolist() == [4, 6]
    bought = notebook.output(0).locator(".mm-buys")
    bought.get_by_text("Left: ").first.wait_for()
    assert "not tapped together yet" in bought.inner_text()
    assert "nothing before it to compare with" in bought.inner_text()


def test_the_keyboard_is_enough_and_escape_stops(lab):
    notebook = opened(lab)
    page, start = notebook.page, notebook.page.locator(".mm-start")
    page.locator("[data-mode=both]").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    assert start.evaluate("node => node === document.activeElement")
    page.keyboard.press("Enter")
    page.locator(".mm-playing").wait_for()
    page.keyboard.press("f")
    page.keyboard.press("j")
    assert page.locator(".mm-tap").count() == 2
    page.keyboard.press("Escape")
    page.get_by_text("Stopped: this attempt does not count").wait_for()
    assert page.locator(".mm-playing").count() == 0
    assert start.evaluate("node => node === document.activeElement")
    assert len(rows(notebook)) == 0
    page.keyboard.press("Space")
    page.locator(".mm-playing").wait_for()
    page.keyboard.press("Escape")


def test_writing_elsewhere_meanwhile_is_no_tapping(lab):
    notebook = opened(lab)
    notebook.page.locator(".mm-start").click()
    notebook.cell(1).locator(".cm-content").click()
    notebook.page.keyboard.type("fj")
    assert notebook.page.locator(".mm-tap").count() == 0
    assert "fj" in notebook.source(1)


def test_two_thumbs_tap_at_once_on_a_phone(lab):
    notebook = opened(lab, width=390, height=844, touch=True)
    page = notebook.page
    page.evaluate("""() => {
      window.thumbs = {left: [], right: []};
      document.querySelector('.mm-pads').addEventListener('pointerdown', event =>
        window.thumbs[event.target.closest('.mm-hand').dataset.hand].push([event.timeStamp, event.pointerType]), true);
    }""")
    page.locator(".mm-start").click()
    page.locator(".mm-playing").wait_for()
    boxes = [page.locator(f"[data-hand={hand}]").bounding_box() for hand in ("left", "right")]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] > 100 for box in boxes)
    assert all(box["y"] + box["height"] <= 844 for box in boxes)  # the pads are in reach, all of them
    points = [{"x": box["x"] + 40, "y": box["y"] + 40, "id": i} for i, box in enumerate(boxes)]
    touch = page.context.new_cdp_session(page)
    page.wait_for_function("document.querySelector('.mm-where').textContent.startsWith('Bar 1')")
    for _ in range(4):
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(480)
    notebook.wait_for("drill.attempts == 1", seconds=30)
    thumbs, first = page.evaluate("window.thumbs"), page.evaluate("window.began") + LEAD + 1000 * BAR
    assert {kind for hand in thumbs.values() for _, kind in hand} == {"touch"}
    assert (len(thumbs["left"]), len(thumbs["right"])) == (4, 4)
    errors = [
        timing([at - first for at, _ in thumbs[hand]], beats(n, 1000 * BAR, BARS)).error
        for hand, n in (("left", 2), ("right", 3))
    ]
    assert rows(notebook)["score"][0] == pytest.approx(sum(errors) / 2, abs=0.15)
    wide = page.evaluate(
        "document.querySelector('.mm-drill').scrollWidth - document.querySelector('.mm-drill').clientWidth"
    )
    assert wide <= 1


def test_an_attempt_outlives_its_kernel(lab):
    notebook = opened(lab)
    notebook.page.evaluate(PRESS, [[["KeyF", 0], ["KeyJ", 0], ["KeyF", 600.0]], LEAD + 1000 * BAR])
    notebook.kill_kernel()
    notebook.page.get_by_text("not in the log yet, but kept in this browser").wait_for(timeout=20_000)
    again = opened_again(lab, notebook)
    again.wait_for("drill.attempts == 1", seconds=20)
    assert rows(notebook)["reps"].tolist() == [10]


def opened_again(lab, notebook):
    """The drill on the same folder, in another notebook."""
    again = lab.notebook([DRILL.format(bar=BAR, bars=BARS)], cwd=notebook.folder)
    again.run(0)
    return again


def test_clicks_are_off_until_asked_for_and_can_be_muted(lab):
    notebook = opened(lab)
    sound = notebook.page.get_by_role("button", name="Clicks")
    assert (sound.inner_text(), sound.get_attribute("aria-pressed")) == ("Clicks: off", "false")
    sound.click()
    assert (sound.inner_text(), sound.get_attribute("aria-pressed")) == ("Clicks: on", "true")
    notebook.page.locator(".mm-start").click()
    sound.click()
    assert sound.get_attribute("aria-pressed") == "false"
    notebook.page.keyboard.press("Escape")
    assert notebook.complaints == []

"""Four lights in JupyterLab: blocks that are played by keys, by touch and by script, and what becomes of them."""

from __future__ import annotations

import statistics

import pandas as pd
import pytest

WRONG = (2, 7)
FRAME = 17  # milliseconds of a screen with 60 pictures a second
DRILL = "import mmlib as mm\ndrill = mm.drills.sequence('p', curve={curve}, trials=12)\ndrill"
BUTTON = ".mm-controls button"
# What happens in the page, by its own clock: when each light went on, and when a key came down.
WATCH = """() => {
  const pads = [...document.querySelectorAll('.mm-pad')];
  const lit = () => pads.findIndex(pad => pad.classList.contains('mm-lit'));
  window.seen = {lights: [], keys: []};
  let last = -1;
  new MutationObserver(() => {
    if (lit() !== last && lit() >= 0) window.seen.lights.push(performance.now());
    last = lit();
  }).observe(document.querySelector('.mm-lights'), {subtree: true, attributeFilter: ['class']});
  window.addEventListener('keydown', event => window.seen.keys.push([event.code, event.timeStamp]), true);
}"""
# A whole block, played by the page itself: `wrong` are the lights that get a wrong key first.
PLAY = """async ([delay, wrong]) => {
  const codes = ['KeyD', 'KeyF', 'KeyJ', 'KeyK'];
  const button = document.querySelector('.mm-controls button');
  const pads = [...document.querySelectorAll('.mm-pad')];
  const wait = (ms) => new Promise(done => setTimeout(done, ms));
  const press = (code) => document.body.dispatchEvent(
    new KeyboardEvent('keydown', {code, bubbles: true, cancelable: true}));
  button.click();
  const trials = document.querySelector('progress').max;
  for (let n = 0; n < trials; n += 1) {
    let lit = -1;
    while ((lit = pads.findIndex(pad => pad.classList.contains('mm-lit'))) < 0) await wait(4);
    await wait(delay);
    if (wrong.includes(n)) { press(codes[(lit + 1) % 4]); await wait(120); }
    press(codes[lit]);
  }
}"""


def opened(lab, curve=False, **looks):
    notebook = lab.notebook([DRILL.format(curve=curve), "2 + 2"], **looks)
    notebook.run(0)
    notebook.page.locator(".mm-pad").first.wait_for()
    return notebook


def play(notebook, delay=150, wrong=()):
    """Play the next block to its end, and wait until it is in the log."""
    before = notebook.value("drill.attempts")
    notebook.page.evaluate(PLAY, [delay, list(wrong)])
    notebook.wait_for(f"drill.attempts == {before + 1}")


WATCH_FOR_WRONG = """() => {
  window.wrong = [];  // a pad is marked for a moment only, which may be over before anybody asks
  document.querySelectorAll(".mm-pad").forEach((pad, place) => new MutationObserver(() => {
    if (pad.classList.contains("mm-wrong") && !window.wrong.includes(place)) window.wrong.push(place);
  }).observe(pad, { attributeFilter: ["class"] }));
}"""


def lit(page):
    """Wait until a light is on, and return which."""
    return page.wait_for_function(
        "() => { const i = [...document.querySelectorAll('.mm-pad')].findIndex(p => p.classList.contains('mm-lit'));"
        " return i < 0 ? null : String(i); }",
        polling=5,
    ).json_value()


def rows(notebook):
    return pd.read_csv(notebook.folder / "p" / "log.csv")


def button(notebook):
    return notebook.page.locator(BUTTON).inner_text()


@pytest.fixture(scope="module")
def played(module_lab):
    """A block that was played with real keys: two lights got a wrong one first."""
    notebook = opened(module_lab)
    page = notebook.page
    page.evaluate(WATCH)
    page.locator(BUTTON).focus()
    page.keyboard.press("Space")
    for trial in range(12):
        place = int(lit(page))
        page.wait_for_timeout(140 + 25 * (trial % 5))
        if trial in WRONG:
            page.keyboard.press("dfjk"[(place + 2) % 4])
        page.keyboard.press("dfjk"[place])
    notebook.wait_for("drill.attempts == 1")
    return notebook


def test_the_score_is_the_median_of_the_delays_that_the_page_itself_sees(played):
    seen = played.page.evaluate("window.seen")
    lights = seen["lights"]
    ends = [*lights[1:], float("inf")]
    first = [min(at for _, at in seen["keys"] if on < at < end) for on, end in zip(lights, ends, strict=True)]
    delays = [at - on for at, on in zip(first, lights, strict=True)]
    good = [delay for trial, delay in enumerate(delays) if trial not in WRONG]
    assert len(delays) == 12
    assert min(good) > 100 + FRAME, "no anticipation among them, or the medians would not be of the same presses"
    # A light can be seen a frame after the page was told to show it.
    assert rows(played)["score"].iloc[0] == pytest.approx(statistics.median(good) - FRAME / 2, abs=FRAME)


def test_wrong_keys_are_counted_and_the_row_says_what_was_done(played):
    (row,) = rows(played).to_dict("records")
    assert (row["skill"], row["part"], row["variation"]) == ("sequence", "repeat", "repeating")
    assert (row["reps"], row["successes"]) == (12, 10)
    assert 12 * 0.2 < 60 * row["minutes"] < 30
    said = played.page.locator(".mm-said").inner_text()
    assert said.startswith(f"Block 1 of 7: {row['score']:.0f} ms, 10 of 12 right at once.")
    assert button(played) == "Start block 2 of 7"


def test_jupyterlab_takes_none_of_the_keys_for_its_own(played):
    page = played.page
    for key in ("d", "d", "j", "k", "f", "x", "a"):  # delete the cell, go down, go up, find, cut, a new cell
        page.keyboard.press(key)
    assert len(played.ids) == 2
    assert page.evaluate("document.activeElement.textContent") == "Start block 2 of 7"
    assert played.complaints == []
    assert played.asked == []


def test_a_wrong_key_is_shown_and_escape_stops_a_block_without_a_trace(lab):
    notebook = opened(lab)
    page = notebook.page
    page.locator(BUTTON).click()
    place = int(lit(page))
    page.evaluate(WATCH_FOR_WRONG)
    page.keyboard.press("dfjk"[(place + 1) % 4])
    page.wait_for_function("window.wrong.length > 0")
    assert page.evaluate("window.wrong") == [(place + 1) % 4]
    assert int(lit(page)) == place, "the light waits for the right key"
    page.keyboard.press("dfjk"[place])
    page.locator("text=1 of 12").wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".mm-said").inner_text() == "Stopped: this block does not count and is not logged."
    assert button(notebook) == "Start block 1 of 7"
    page.wait_for_timeout(400)
    assert page.locator(".mm-lit").count() == 0
    assert rows(notebook).empty


def test_a_block_can_be_played_and_stopped_by_touch_on_a_phone(lab):
    notebook = opened(lab, width=390, touch=True)
    page = notebook.page
    page.locator(BUTTON).tap()
    assert button(notebook) == "Stop"
    lit(page)
    page.locator(BUTTON).tap()
    assert button(notebook) == "Start block 1 of 7"
    page.locator(BUTTON).tap()
    for trial in range(12):
        place = int(lit(page))
        page.wait_for_timeout(110)
        page.locator(".mm-pad").nth((place + (trial == 5)) % 4).tap()
        if trial == 5:
            page.locator(".mm-pad").nth(place).tap()
    notebook.wait_for("drill.attempts == 1")
    assert rows(notebook)["successes"].tolist() == [11]
    width, height = page.evaluate("(p => [p.clientWidth, p.clientHeight])(document.querySelector('.mm-pad'))")
    assert min(width, height) >= 44, "large enough for a thumb"
    drill = page.locator(".mm-drill")
    assert drill.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_hidden_block_comes_unannounced_and_is_told_when_the_round_is_over(lab):
    notebook = opened(lab, curve=True)
    page = notebook.page
    notebook.value("drill.practise(mm.simulate.key_presses(5))")
    page.locator("text=Start block 6 of 7").wait_for()
    play(notebook, delay=300)
    assert rows(notebook)["variation"].tolist() == ["repeating"] * 5 + ["hidden block"]
    page.locator("text=Start block 7 of 7").wait_for()
    shown = page.locator(".mm-drill").inner_text() + page.locator(".mm-curve").get_attribute("alt")
    assert "random" not in shown
    assert "hidden" not in shown
    assert "6 attempts in the log" in shown
    play(notebook, delay=160)
    page.locator("text=In block 6 the order was random.").wait_for()
    slower = notebook.value("int(drill.learnt()['estimate'].round().iloc[0])")
    assert f"You were {abs(slower)} ms" in page.locator(".mm-told").inner_text()
    page.wait_for_function("document.querySelector('.mm-curve').alt.includes('6: ')")
    assert "(random)" in page.locator(".mm-curve").get_attribute("alt")
    assert button(notebook) == "Start round 2, block 1 of 7"


def test_a_page_that_is_loaded_again_in_the_middle_of_a_block_begins_it_anew(lab):
    notebook = opened(lab)
    play(notebook)
    notebook.page.locator(BUTTON).click()
    lit(notebook.page)
    notebook.page.keyboard.press("d")
    notebook.load()
    notebook.run(0)
    notebook.page.locator("text=Start block 2 of 7").wait_for()
    assert len(rows(notebook)) == 1
    play(notebook)
    assert rows(notebook)["note"].str[:8].tolist() == ["block 1:", "block 2:"]


def test_a_block_that_ends_after_the_kernel_was_lost_is_kept_and_logged_later(lab):
    notebook = opened(lab)
    play(notebook)
    notebook.kill_kernel()
    notebook.page.evaluate(PLAY, [150, [3]])
    notebook.page.locator("text=1 attempt not in the log yet, but kept in this browser").wait_for()
    assert button(notebook) == "Waiting for the kernel …"
    assert len(rows(notebook)) == 1
    notebook.load()
    notebook.run(0)
    notebook.page.locator("text=Start block 3 of 7").wait_for()
    assert rows(notebook)["successes"].tolist() == [12, 11]

"""The explorer in JupyterLab, in a real browser: a change of a control changes the chart; copying; a report; keys."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from playwright.sync_api import expect

import mmlib as mm
from mmlib import simulate
from mmlib.charts.style import ACCENT, DARK, INK

FOCUSED = "(document.activeElement?.labels?.[0] ?? document.activeElement)?.innerText"
CELLS = ["import mmlib as mm\nexplorer = mm.explore({!r})\nexplorer", "explorer.line"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("practice")
    made = simulate.practice()
    log = made.log[made.log["skill"].isin(["juggling", "ukulele", "omelette"])].reset_index(drop=True)
    skills = made.skills[made.skills["skill"].isin(["juggling", "ukulele", "omelette"])].reset_index(drop=True)
    simulate.write(simulate.Simulated(log, skills, made.milestones.head(0), {}), folder)
    return folder


@pytest.fixture
def opened(lab, folder):
    def explorer(**look):
        notebook = lab.notebook([cell.format(str(folder)) for cell in CELLS], **look)
        shown = notebook.run(0)
        expect(shown.locator(".mm-picture svg")).to_be_visible()
        return notebook, shown

    return explorer


def drawing(shown, words):
    """Wait for a chart whose description holds these words."""
    expect(shown.locator(".mm-picture svg")).to_have_attribute("aria-label", re.compile(re.escape(words)))
    return shown.locator(".mm-picture svg")


def test_controls_change_the_chart_and_the_code_follows(opened, folder):
    notebook, shown = opened()
    log = mm.load(folder).log
    first = shown.locator(".mm-picture").inner_html()
    shown.get_by_label("juggling", exact=True).check()
    days = log.loc[log["skill"] == "juggling", "start"].dt.normalize().drop_duplicates()
    month = days[days >= days.max().replace(day=1)]
    drawing(shown, f"Ada practised on {len(month)} of the ")
    assert shown.locator(".mm-picture").inner_html() != first
    shown.get_by_label("Chart", exact=True).select_option("totals")
    shown.get_by_label("To", exact=True).fill("2026-08-31")
    part = log[(log["skill"] == "juggling") & (log["start"] < pd.Timestamp("2026-09-01"))]
    hours, minutes = divmod(round(part["minutes"].sum()), 60)
    drawing(shown, f"{hours} h {minutes} min" if minutes else f"{hours} h")
    line = f'mm.explore("{folder}", skills=["juggling"], until="2026-08-31", chart="totals")'
    expect(shown.locator("code")).to_have_text(line)
    assert notebook.run(1).inner_text().endswith(repr(line))
    shown.get_by_role("button", name="All dates").click()
    drawing(shown, "46 h")
    assert notebook.complaints == []
    assert notebook.asked == []


def test_the_learning_curve_over_time_and_an_empty_choice(opened):
    notebook, shown = opened()
    expect(shown.get_by_label("Over", exact=True)).to_be_hidden()
    shown.get_by_role("tab", name="Payoff").click()
    drawing(shown, "Ukulele went from")
    shown.get_by_label("Skill", exact=True).select_option("juggling")
    drawing(shown, "Juggling went from")
    before = shown.locator(".mm-picture").inner_html()
    shown.get_by_label("Over", exact=True).select_option("time practised")
    notebook.wait_for("explorer.choice['over'] == 'minutes'")
    expect(shown.locator("code")).to_contain_text('over="minutes"')
    assert shown.locator(".mm-picture").inner_html() != before
    shown.get_by_label("From", exact=True).fill("2026-10-20")
    shown.get_by_label("To", exact=True).fill("2026-10-01")
    expect(shown.locator(".mm-said").first).to_contain_text("There are no sessions in this choice")
    expect(shown.locator(".mm-picture svg")).to_have_count(0)
    assert notebook.complaints == []


def test_the_charts_letters_are_in_the_charts_font(opened):
    notebook, _ = opened()
    faces = "[...document.fonts].filter((face) => face.family.includes('Source Sans Pro')).map((face) => face.weight)"
    notebook.page.wait_for_function(f"{faces}.length === 2")
    assert sorted(notebook.page.evaluate(faces)) == ["400", "600 700"]


def test_the_line_is_copied(opened):
    notebook, shown = opened()
    notebook.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown.get_by_role("tab", name="Selves").click()
    expect(shown.locator("code")).to_contain_text('theme="selves"')
    shown.get_by_role("button", name="Copy as code").click()
    expect(shown.get_by_role("button", name="Copied")).to_be_visible()
    copied = notebook.page.evaluate("navigator.clipboard.readText()")
    assert copied == shown.locator("code").inner_text()
    assert eval(copied, {"mm": mm}).choice["theme"] == "selves"


def test_a_report_is_made_while_the_kernel_stays_free(opened):
    notebook, shown = opened()
    shown.get_by_label("omelette", exact=True).check()
    shown.get_by_role("tab", name="Structure").click()
    drawing(shown, "part: ")
    shown.get_by_role("button", name="Make this a report").click()
    expect(shown.get_by_role("progressbar")).to_be_visible()
    assert notebook.value("1 + 1") == 2
    link = shown.get_by_role("link", name="Open the report")
    expect(link).to_be_visible(timeout=90_000)
    file = notebook.folder / "reports" / "explored" / "ada-structure-omelette.html"
    assert "ada: omelette" in file.read_text(encoding="utf-8")
    with notebook.page.context.expect_page() as report:
        link.click()
    expect(report.value.get_by_role("heading", name="Structure")).to_be_visible()
    report.value.close()
    assert notebook.complaints == []


def test_the_tabs_and_the_skills_are_reached_and_moved_with_keys(opened):
    notebook, shown = opened()
    shown.get_by_role("tab", name="Repetition").focus()
    notebook.page.keyboard.press("ArrowLeft")
    selves = shown.get_by_role("tab", name="Selves")
    expect(selves).to_have_attribute("aria-selected", "true")
    expect(selves).to_be_focused()
    expect(shown.get_by_role("tabpanel", name="Selves")).to_be_visible()
    reached = set()
    shown.get_by_label("Learner").focus()
    for _ in range(25):
        reached.add(notebook.page.evaluate(FOCUSED))
        notebook.page.keyboard.press("Tab")
    assert reached >= {"Learner", "From", "To", "juggling", "omelette", "ukulele", "Selves", "Chart", "Copy as code",
                       "Make this a report"}  # fmt: skip
    shown.get_by_label("omelette", exact=True).focus()
    notebook.page.keyboard.press("Space")
    expect(shown.locator("code")).to_contain_text('skills=["omelette"]')


def test_it_fits_a_phone_and_follows_the_dark_theme(opened):
    _, shown = opened(width=390, theme="dark", touch=True)
    root = shown.locator(".mm-explorer")
    assert root.evaluate("el => el.scrollWidth <= el.clientWidth")
    assert shown.get_by_label("Chart", exact=True).bounding_box()["height"] >= 44
    shades = shown.locator(".mm-picture svg [style*='fill: ']").evaluate_all(
        "all => all.map(el => getComputedStyle(el).fill)"
    )
    assert rgb(DARK[INK]) in shades
    assert not {rgb(INK), rgb(ACCENT)} & set(shades)


def rgb(color):
    return "rgb({}, {}, {})".format(*(int(color[i : i + 2], 16) for i in (1, 3, 5)))


def test_letters_on_its_controls_do_not_delete_the_cell(opened):
    notebook, shown = opened()
    for control in (
        shown.get_by_role("tab").first,
        shown.get_by_role("button").first,
        shown.get_by_role("checkbox").first,
    ):
        control.focus()
        for _ in range(2):
            notebook.page.keyboard.press("d")
    assert len(notebook.ids) == len(CELLS)

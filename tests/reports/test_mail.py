"""A report as a mail: what is in it, and what no mail program and no hostile name can make of it."""

from __future__ import annotations

import base64
import email
import importlib.util
import io
import os
import re
from email.policy import default

import pytest
from bs4 import BeautifulSoup
from matplotlib.image import imread
from nbformat.v4 import new_markdown_cell

from mmlib.errors import ReportError
from mmlib.reports.export import ReportHTMLExporter
from mmlib.reports.index.facts import Facts, Number
from mmlib.reports.mail import message as mail
from mmlib.reports.mail.addresses import address
from mmlib.reports.mail.gist import gist, plain
from tests.conftest import needs

FACTS = Facts("Ada in October 2026", "Juggling doubled.", (Number("sessions", "61", 61),))
BUILT = 1_793_520_000  # 1 November 2026, 8 o'clock


@pytest.fixture(autouse=True)
def rasters():
    needs(importlib.util.find_spec("resvg_py"), "resvg_py is not installed: pip install 'mmlib[mail]'")


@pytest.fixture
def built(tmp_path):
    """Writes a notebook's report, and a PDF: built(executed) -> the page's path."""

    def make(notebook):
        page, _ = ReportHTMLExporter().from_notebook_node(notebook)
        path = tmp_path / "ada.html"
        path.write_text(page, encoding="utf-8")
        path.with_suffix(".pdf").write_bytes(b"%PDF-1.7 the whole of it")
        os.utime(path, (BUILT, BUILT))
        return path

    return make


@pytest.fixture
def read(built):
    """A notebook's mail, as a mail program reads it from its file."""

    def make(notebook, about=FACTS, pdf=True, **how):
        page = built(notebook)
        made = mail.message(page, page.with_suffix(".pdf") if pdf else None, about, **how)
        written = mail.write(made, page.with_suffix(".eml")).read_bytes()
        return email.message_from_string(written.decode("utf-8"), policy=default)

    return make


def html_of(read_mail):
    return read_mail.get_body(("html",)).get_content()


def test_a_mail_has_a_subject_a_date_a_number_and_opens_as_a_draft(read, executed):
    mail_read = read(executed, sender=address("Reports <reports@example.org>"), to=address("ada@example.org", "ada"))
    assert mail_read["Subject"] == "Ada in October 2026"
    assert mail_read["Date"].datetime.timestamp() == BUILT
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", mail_read["Message-ID"])
    assert mail_read["X-Unsent"] == "1"
    assert mail_read["From"] == "Reports <reports@example.org>"
    assert mail_read["To"] == "ada <ada@example.org>"
    assert not [part.defects for part in mail_read.walk() if part.defects]


def test_its_parts_are_two_texts_images_and_the_report(read, executed):
    kinds = [part.get_content_type() for part in read(executed).walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
        "image/png", "image/png", "application/pdf",
    ]  # fmt: skip


def test_the_report_is_attached_as_pdf_or_else_as_the_page(read, executed):
    [pdf] = read(executed).iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == ("ada.pdf", b"%PDF-1.7 the whole of it")
    [page] = read(executed, pdf=False).iter_attachments()
    assert (page.get_filename(), page.get_content_type()) == ("ada.html", "text/html")


def test_the_plain_text_has_the_title_the_story_and_the_numbers(read, executed):
    text = read(executed).get_body(("plain",)).get_content()
    wanted = (
        "Ada in October 2026",
        "* Juggling doubled.",
        "* Two slept.",
        "12 h practised (+2 h)",
        "attached: ada.pdf",
    )
    places = [text.index(said) for said in wanted]
    assert places == sorted(places)


def test_the_html_has_them_too_and_each_sections_first_chart_with_its_reading(read, executed):
    soup = BeautifulSoup(html_of(read(executed)), "html.parser")
    assert soup.h1.get_text() == "Ada in October 2026"
    assert [item.get_text() for item in soup.find_all("li")] == ["Juggling doubled.", "Two slept."]
    assert [cell.get_text(" ") for cell in soup.find_all("td")] == ["12 h", "practised +2 h"]
    assert [h2.get_text() for h2 in soup.find_all("h2")] == ["What happened", "Repetition", "Payoff"]
    assert [image["alt"] for image in soup.find_all("img")] == [
        "Practised on 3 days.",
        "Juggling rose from 18 to 41 catches.",
    ]
    assert "Each bar is a day." in soup.get_text()


def test_the_charts_are_images_inside_of_the_mail_at_twice_the_size_of_their_place(read, executed):
    mail_read = read(executed)
    images = {part["Content-ID"]: part for part in mail_read.walk() if part.get_content_maintype() == "image"}
    shown = BeautifulSoup(html_of(mail_read), "html.parser").find_all("img")
    assert [f"<{image['src'].removeprefix('cid:')}>" for image in shown] == list(images)
    for image, part in zip(shown, images.values(), strict=True):
        height, width, _ = imread(io.BytesIO(part.get_content())).shape
        assert width == 2 * int(image["width"]) == 2 * 552
        assert height == pytest.approx(width / 2, rel=0.01)
        assert part.get_content_disposition() == "inline"


def test_a_chart_has_white_paper_and_dark_letters_whatever_the_readers_colours(read, executed):
    part = next(part for part in read(executed).walk() if part.get_content_type() == "image/png")
    pixels = imread(io.BytesIO(part.get_content()))[..., :3]
    assert pixels[0, 0].tolist() == [1, 1, 1]
    assert pixels.min() < 0.3
    assert abs(pixels - [0, 0x72 / 255, 0xB2 / 255]).sum(axis=-1).min() < 0.05


def test_a_chart_that_is_an_image_already_stays_as_it_is(read, executed, made):
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    executed.cells = [made["shown"]({"image/png": pixel}, {"image/png": {"alt": "One dot."}})]
    part = next(part for part in read(executed).walk() if part.get_content_type() == "image/png")
    assert part.get_content() == base64.b64decode(pixel)


def test_nothing_is_fetched_runs_or_is_cut_off(read, executed):
    source = html_of(read(executed))
    soup = BeautifulSoup(source, "html.parser")
    assert not soup.find_all(["script", "link", "iframe", "form", "object", "video", "svg", "base"])
    assert not re.search(r"(?i)https?:|url\(|@import|@font-face|javascript:", source)
    assert not [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert not soup.find_all(href=True)
    assert {image["src"].partition(":")[0] for image in soup.find_all("img")} == {"cid"}
    assert len(source.encode()) < 50_000  # a mail program with many users cuts off after 102 kB


def test_a_drawing_reads_no_other_file(built, executed, made, tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9H0z" fill="red"/></svg>'
    )
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90" height="90">'
        f'<image width="90" height="90" xlink:href="{secret}"/><image width="90" height="90" href=\'{secret}\'/></svg>'
    )
    executed.cells = [made["shown"]({"image/svg+xml": drawing}, {"image/svg+xml": {"alt": "A drawing."}})]
    page = built(executed)
    part = next(part for part in mail.message(page, None, FACTS).walk() if part.get_content_type() == "image/png")
    assert imread(io.BytesIO(part.get_content()))[..., :3].min() == 1


def test_hostile_text_stays_text(read, executed):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    executed.cells[0].outputs[0].data = {"text/html": f"<h1>{hostile.replace('<', '&lt;')}</h1>"}
    mail_read = read(executed, to=address("ada@example.org", "ada\r\nBcc: eve@example.org"))
    soup = BeautifulSoup(html_of(mail_read), "html.parser")
    assert soup.h1.get_text() == hostile == mail_read["Subject"]
    assert soup.script is None
    assert mail_read["Bcc"] is None
    assert [(one.display_name, one.addr_spec) for one in mail_read["To"].addresses] == [
        ("ada Bcc: eve@example.org", "ada@example.org")
    ]


def test_line_breaks_in_a_title_begin_no_line_of_the_head(read, executed):
    executed.cells = [new_markdown_cell("no title")]
    executed.metadata["title"] = ""
    mail_read = read(executed, Facts("Ada\r\nBcc: eve@example.org\u2028X: y", "Said.\r\nX: y"))
    assert "Bcc" not in mail_read
    assert set(mail_read.keys()) == {"Subject", "Date", "Message-ID", "X-Unsent", "MIME-Version", "Content-Type"}


def test_a_page_without_title_numbers_and_story_has_those_of_the_list(tmp_path):
    (tmp_path / "ada.html").write_text("<p>Hello</p>")
    made = mail.message(tmp_path / "ada.html", None, FACTS)
    text = made.get_body(("plain",)).get_content()
    assert made["Subject"] == "Ada in October 2026"
    assert "* Juggling doubled." in text
    assert "61 sessions" in text


@pytest.mark.parametrize("name", ["Zoë Jönsson", "アダ", 'O\'Neil, "Ada" (x)', "a" * 200, "👩‍👩‍👧 Ada"])
def test_names_of_all_kinds_come_out_as_they_went_in(read, executed, name):
    mail_read = read(executed, to=address("ada@example.org", name))
    assert mail_read["To"].addresses[0].display_name == name
    assert mail_read["To"].addresses[0].addr_spec == "ada@example.org"


def test_an_address_with_other_letters_is_written_as_the_standard_for_it_has_it(read, executed):
    assert read(executed, to=address("jörg@example.org"))["To"].addresses[0].addr_spec == "jörg@example.org"


def test_a_long_domain_leaves_the_mails_number_whole(read, executed):
    sender = address(f"reports@{'long-' * 11}domain.{'x' * 50}.example")
    assert read(executed, sender=sender)["Message-ID"].endswith(f"@{sender.domain}>")


def test_the_same_report_makes_the_same_mail_byte_for_byte(built, executed):
    page = built(executed)
    one, other = (mail.message(page, page.with_suffix(".pdf"), FACTS, to=address("ada@example.org")) for _ in range(2))
    assert one.as_bytes() == other.as_bytes()
    assert one["Message-ID"] == mail.identity(page, page.with_suffix(".pdf"), to=address("ada@example.org"))


def test_another_report_reader_or_sender_makes_another_mail(built, executed):
    page = built(executed)
    ids = [mail.identity(page, None), mail.identity(page, None, to=address("ada@example.org"))]
    ids += [mail.identity(page, None, sender=address("reports@example.org")), mail.identity(page, page)]
    page.write_text("<h1>Another</h1>")
    assert len({*ids, mail.identity(page, None)}) == 5


def test_a_mail_is_recognised_by_its_number(built, executed, tmp_path):
    page = built(executed)
    made = mail.message(page, None, FACTS)
    assert not mail.is_written(tmp_path / "ada.eml", made["Message-ID"])
    mail.write(made, tmp_path / "ada.eml")
    assert mail.is_written(tmp_path / "ada.eml", made["Message-ID"])
    assert not mail.is_written(tmp_path / "ada.eml", "<another@mmlib.invalid>")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["ada.eml", "ada.html", "ada.pdf"]


def test_a_report_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ReportError, match=r"ada\.html is not there.*Build it first"):
        mail.message(tmp_path / "ada.html", None, FACTS)


def test_without_resvg_the_message_says_what_to_install(monkeypatch, built, executed):
    page = built(executed)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ReportError, match=re.escape('pip install "mmlib[mail]"')):
        mail.message(page, None, FACTS)


def test_what_cannot_be_drawn_is_said_so(tmp_path):
    drawing = "data:image/svg+xml;base64," + base64.b64encode(b"<svg>").decode()
    (tmp_path / "ada.html").write_text(f'<h1>Ada</h1><figure><img alt="" src="{drawing}"></figure>')
    with pytest.raises(ReportError, match="no drawing that resvg_py can read"):
        mail.message(tmp_path / "ada.html", None, FACTS)


def test_the_gist_of_a_page_is_its_words_as_they_are_read():
    told = gist(
        '<h1>Ada &amp; <em>Bob</em></h1><ol class="story"><li>One <b>of</b> two.</li></ol><ol><li>no</li></ol>'
        '<h2>A</h2><figure><img alt="x &gt; y" src="data:image/png;base64,AA=="><figcaption><p>Read <b>it</b>.</p>'
        '</figcaption></figure><ul class="next"><li><b>Rest.</b> Then go on.</li></ul>'
    )
    assert (told.title, told.story, told.advice) == ("Ada & Bob", ["One of two."], ["Rest. Then go on."])
    assert [(part.heading, part.pictures) for part in told.parts] == [
        ("", []),
        ("A", [("data:image/png;base64,AA==", "x > y", "Read it.")]),
    ]


@pytest.mark.parametrize("breaking", ["\r\n", "\n", "\x00", "\x85", "\u2028", "\u2029", "\ud800", "\t"])
def test_plain_text_is_on_one_line(breaking):
    assert plain(f"one{breaking}two") == "one two"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800])
def test_it_fits_a_phone_and_follows_the_readers_colours(visit, read, executed, tmp_path, width, scheme):
    mail_read = read(executed)
    source = html_of(mail_read)
    for part in mail_read.walk():
        if part.get_content_maintype() == "image":
            data = f"data:image/png;base64,{base64.b64encode(part.get_content()).decode()}"
            source = source.replace(f"cid:{part['Content-ID'][1:-1]}", data)
    (tmp_path / "shown.html").write_text(source, encoding="utf-8")
    page = visit(tmp_path / "shown.html", width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("document.querySelector('img').getBoundingClientRect().width") <= min(width, 552)
    colours = page.evaluate("[document.body, document.querySelector('li')].map(e => getComputedStyle(e))"
                            ".map((s, i) => i ? s.color : s.backgroundColor)")  # fmt: skip
    paper, ink = (sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in colours)
    assert (paper > ink) == (scheme == "light")
    assert abs(paper - ink) > 500

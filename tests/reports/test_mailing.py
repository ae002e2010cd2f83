"""Built reports as mails beside them, sent once each: from the shelf to the server."""

from __future__ import annotations

import email
import importlib.util
import json
import os
from email.policy import default

import pytest
from filelock import FileLock

from mmlib.errors import ReportError
from mmlib.reports.index.facts import Facts
from mmlib.reports.jobs import wanted
from mmlib.reports.mail import mailing, posting
from mmlib.reports.mail.addresses import address
from mmlib.reports.mail.mailing import mailed, sent
from mmlib.reports.mail.posting import CannotSend, Server
from mmlib.reports.mail.sent import Sent
from mmlib.reports.shelf import Shelf
from tests.conftest import needs

SERVER = Server("localhost", 25, "none", address("reports@example.org"))
ADDRESSES = {"ada": address("ada@example.org", "ada"), "bob": address("bob@example.org", "bob")}
PLACES = ["2026-09/ada", "2026-10/ada", "2026-10/bob"]
LOG = """learner,skill,start,minutes
ada,juggling,2026-09-30 18:30,15
ada,juggling,2026-10-30 18:30,15
bob,omelette,2026-10-31 08:00,10
"""


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """The library that draws is there, and no settings of the machine's own."""
    for name in ("HOST", "PORT", "USER", "PASSWORD", "FROM", "TLS"):
        monkeypatch.delenv(f"{posting.PREFIX}{name}", raising=False)
    needs(importlib.util.find_spec("resvg_py"), "resvg_py is not installed: pip install 'mmlib[mail]'")


@pytest.fixture
def room(tmp_path):
    """A practice folder."""
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "log.csv").write_text(LOG)
    return tmp_path / "room"


@pytest.fixture
def out(tmp_path, room, monkeypatch):
    """Its reports, as if they had been built."""
    monkeypatch.chdir(tmp_path)
    shelf = Shelf("reports")
    for job in wanted(room.name):
        files = [tmp_path / "reports" / f"{job.place}.{kind}" for kind in job.formats]
        files[0].parent.mkdir(parents=True, exist_ok=True)
        files[0].write_text(f'<h1>{job.name} in {job.month}</h1><ol class="story"><li>Went well.</li></ol>')
        files[1].write_bytes(b"%PDF-1.7")
        shelf.record(job, Facts(f"{job.name} in {job.month}", "Went well."), files)
    shelf.save()
    return tmp_path / "reports"


@pytest.fixture
def post(monkeypatch):
    """Takes the mails in the server's place: post.refused names those whom it refuses, post.gone stops it."""

    class Post:
        taken, refused, gone_after = [], {}, 99

        def send(self, messages, _server):
            for number, made in enumerate(messages):
                if number >= self.gone_after:
                    raise CannotSend("Nothing can be sent: it went away.")
                to = made["To"].addresses[0].addr_spec
                self.taken += [] if to in self.refused else [(to, made["Subject"])]
                yield self.refused.get(to, "")

    one = Post()
    one.taken = []
    monkeypatch.setattr(mailing, "send", one.send)
    return one


def test_each_report_gets_a_mail_beside_it(out):
    done = mailed(out, PLACES, ADDRESSES)
    assert [path.relative_to(out).as_posix() for path in (one.path for one in done.written)] == [
        f"{place}.eml" for place in PLACES
    ]
    read = email.message_from_bytes((out / "2026-10" / "bob.eml").read_bytes(), policy=default)
    assert (read["Subject"], read["To"], read["X-Unsent"]) == ("bob in 2026-10", "bob <bob@example.org>", "1")
    assert (done.failed, done.notices) == ([], [])


def test_a_learner_without_an_address_has_a_mail_without_to_and_that_is_said_once(out):
    done = mailed(out, PLACES, {"bob": ADDRESSES["bob"]})
    assert "To" not in email.message_from_bytes((out / "2026-10" / "ada.eml").read_bytes())
    assert done.notices == ["addresses.csv has no address for ada: the mail is without To."]


def test_where_nobody_has_an_address_that_is_said_once_and_not_for_each(out):
    done = mailed(out, PLACES, {})
    assert (len(done.written), done.notices) == (
        len(PLACES),
        ["addresses.csv is not there or names nobody: no mail has a To."],
    )


def test_a_mail_that_is_there_is_not_written_again_but_a_changed_report_is(out):
    def changed():
        before = {path: path.stat().st_mtime_ns for path in out.glob("*/*.eml")}
        mailed(out, PLACES, ADDRESSES)
        return [path.stem for path, when in before.items() if path.stat().st_mtime_ns != when]

    changed()
    for path in out.glob("*/*.eml"):
        os.utime(path, (1, 1))
    assert changed() == []
    (out / "2026-10" / "bob.html").write_text("<h1>Another</h1>")
    assert changed() == ["bob"]


def test_a_report_whose_page_is_missing_is_named_and_stops_no_other(out):
    (out / "2026-10" / "ada.html").unlink()
    done = mailed(out, PLACES, ADDRESSES)
    assert [one.place for one in done.written] == ["2026-09/ada", "2026-10/bob"]
    assert done.failed == [
        ("2026-10/ada", "a mail is made from the report's page, which is not there. Build it: --to html,pdf")
    ]


def test_no_report_is_sent_twice(out, post):
    for _ in range(2):
        sent(out, mailed(out, PLACES, ADDRESSES), SERVER)
    assert post.taken == [
        ("ada@example.org", "ada in 2026-09"),
        ("ada@example.org", "ada in 2026-10"),
        ("bob@example.org", "bob in 2026-10"),
    ]


def test_what_was_sent_and_is_built_anew_is_sent_again_only_where_that_is_asked_for(out, post):
    sent(out, mailed(out, PLACES, ADDRESSES), SERVER)
    (out / "2026-10" / "bob.html").write_text("<h1>bob in 2026-10</h1>")
    done = sent(out, mailed(out, PLACES, ADDRESSES), SERVER)
    assert len(done.notices) == 1
    assert "2026-10/bob: sent on 20" in done.notices[0]
    assert len(post.taken) == 3
    sent(out, mailed(out, ["2026-10/bob"], ADDRESSES), SERVER, force=True)
    assert post.taken[3:] == [("bob@example.org", "bob in 2026-10")]


def test_another_address_gets_what_the_first_one_got(out, post):
    sent(out, mailed(out, PLACES[-1:], ADDRESSES), SERVER)
    sent(out, mailed(out, PLACES[-1:], {"bob": address("bob@example.com")}), SERVER)
    assert [to for to, _ in post.taken] == ["bob@example.org", "bob@example.com"]


def test_a_refused_one_is_named_and_tried_again_the_next_time(out, post):
    post.refused = {"ada@example.org": "the server refused the address: 550 nobody"}
    done = sent(out, mailed(out, PLACES, ADDRESSES), SERVER)
    assert [place for place, _ in done.failed] == ["2026-09/ada", "2026-10/ada"]
    assert done.failed[0][1] == "ada@example.org: the server refused the address: 550 nobody"
    post.refused = {}
    assert [one.place for one in sent(out, mailed(out, PLACES, ADDRESSES), SERVER).sent] == PLACES[:2]


def test_a_server_that_goes_away_leaves_the_rest_unsent_and_remembers_what_was_sent(out, post):
    post.gone_after = 1
    done = sent(out, mailed(out, PLACES, ADDRESSES), SERVER)
    assert [one.place for one in done.sent] == PLACES[:1]
    assert [place for place, _ in done.failed] == PLACES[1:]
    assert Sent(out).known(PLACES[0], "ada in 2026-09", "ada@example.org")


@pytest.mark.usefixtures("post")
def test_the_list_of_what_was_sent_names_no_address(out):
    sent(out, mailed(out, PLACES, ADDRESSES), SERVER)
    text = (out / ".sent.json").read_text()
    assert "@example.org" not in text
    assert len(json.loads(text)["sent"]) == 3


@pytest.mark.parametrize(
    "damage", ["{", "[]", '{"version": 1}', '{"version": 2, "sent": {}}', '{"version":1,"sent":[1]}']
)
def test_a_damaged_list_stops_the_sending(out, post, damage):
    (out / ".sent.json").write_text(damage)
    with pytest.raises(ReportError, match="cannot be read, and nothing was sent"):
        sent(out, mailed(out, PLACES, ADDRESSES), SERVER)
    assert post.taken == []


def test_only_one_sends_at_a_time(out, post):
    with FileLock(out / ".sent.lock"), pytest.raises(ReportError, match="Another mm sends reports"):
        sent(out, mailed(out, PLACES, ADDRESSES), SERVER)
    assert post.taken == []


def test_the_command_writes_mails_of_what_is_up_to_date(out, room, mm_command):
    (room / "addresses.csv").write_text("learner,address\nbob,bob@example.org\n")
    code, said, _ = mm_command("report", "room", "--all", "--mail")
    assert code == 0
    assert "addresses.csv has no address for ada: the mail is without To." in said
    assert "3 mails beside the reports: reports" in said
    assert len(list(out.glob("*/*.eml"))) == 3


@pytest.mark.usefixtures("out")
def test_the_command_sends_through_the_server_of_the_environment(room, mm_command, monkeypatch, post):
    (room / "addresses.csv").write_text("learner,address\nbob,bob@example.org\nada,ada@example.org\n")
    for name, value in {"HOST": "localhost", "TLS": "none", "FROM": "r@example.org"}.items():
        monkeypatch.setenv(f"MMLIB_SMTP_{name}", value)
    post.refused = {"ada@example.org": "the server refused the address: 550 nobody"}
    code, said, complaints = mm_command("report", "room", "--learner", "ada,bob", "--mail", "--send")
    assert code == 1
    assert "1 report sent through localhost." in said
    assert "2026-10/ada: ada@example.org: the server refused the address: 550 nobody" in complaints


@pytest.mark.parametrize(
    ("rows", "environment", "said"),
    [
        ("learner,address\nbob,bob at home\n", {"HOST": "localhost", "FROM": "r@example.org"}, "addresses.csv, row 2"),
        ("", {"HOST": "localhost", "FROM": "r@example.org"}, "expected the columns learner and address"),
        ("learner,address\n", {"HOST": "localhost", "FROM": "r@example.org"}, "there is nobody to send to"),
        ("learner,address\nbob,bob@example.org\n", {}, "MMLIB_SMTP_HOST is not set"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_built(room, mm_command, monkeypatch, rows, environment, said):
    (room / "addresses.csv").write_text(rows)
    monkeypatch.chdir(room.parent)
    for name, value in environment.items():
        monkeypatch.setenv(f"{posting.PREFIX}{name}", value)
    code, _, complaints = mm_command("report", "room", "--all", "--mail", "--send")
    assert code == 2
    assert said in complaints
    assert not (room.parent / "reports").exists()

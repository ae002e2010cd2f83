"""Sending through a server on this machine: with STARTTLS, with TLS, and what can go wrong."""

from __future__ import annotations

import gc
import shutil
import socket
import ssl
import subprocess
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from mmlib.reports.mail import posting
from mmlib.reports.mail.addresses import address
from mmlib.reports.mail.posting import CannotSend, Server, send, sender_of, server
from tests.conftest import needs

# aiosmtpd closes no connection that its client has broken off.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed")

PASSWORD = "correct horse"
NOW = datetime(2026, 11, 1, 6, 15, tzinfo=UTC)


class Office:
    """What the server does with mails: takes them, unless it is told to refuse some."""

    def __init__(self):
        self.taken, self.logins, self.answers = [], [], {}

    def authenticate(self, _server, _session, _envelope, _mechanism, data):
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)

    async def handle_RCPT(self, server, _session, envelope, address, _options):
        answers = self.answers.get(address, [])
        answer = answers.pop(0) if answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        if answer.startswith("421"):
            server.transport.write(answer.encode() + b"\r\n")
            server.transport.close()
        return answer

    async def handle_DATA(self, server, _session, envelope):
        if "break" in self.answers.get("data", []):
            self.answers["data"].remove("break")
            server.transport.abort()
        self.taken.append(envelope)
        return "250 OK"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of localhost's own, and its key."""
    needs(shutil.which("openssl"), "openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    paths = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"]
    files = ["-out", paths[0], "-keyout", paths[1]]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *files], check=True, capture_output=True
    )
    return paths


@pytest.fixture
def office(certificate, monkeypatch):
    """Opens servers: office("starttls") -> the office, and how to reach it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    opened = []

    def start(tls="starttls", login=True, utf8=True, **more):
        made = Office()
        how = {"authenticator": made.authenticate, "auth_require_tls": tls != "tls"} if login else {}
        how |= {} if login else {"auth_exclude_mechanism": ["LOGIN", "PLAIN"]}
        if tls == "starttls":
            how |= {"tls_context": context, "require_starttls": True}
        controller = Controller(
            made,
            hostname="127.0.0.1",
            port=free_port(),
            ssl_context=context if tls == "tls" else None,
            enable_SMTPUTF8=utf8,
            **how,
        )
        controller.start()
        opened.append(controller)
        who = {"user": "ada", "password": PASSWORD} if login else {}
        made.controller = controller
        given = {
            "host": "localhost",
            "port": controller.port,
            "tls": tls,
            "sender": address("reports@example.org"),
            **who,
        }
        return made, Server(**{**given, **more})

    yield start
    for controller in opened:
        if controller.server:
            controller.stop(no_assert=True)
    gc.collect()  # what aiosmtpd leaves open of connections that broke is complained of here, not in another test


def letter(to="ada@example.org", subject="Ada in October 2026"):
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "Reports <reports@example.org>", to
    made["Date"], made["Message-ID"], made["X-Unsent"] = "Sun, 01 Feb 2026 08:00:00 +0000", "<1@example.org>", "1"
    made.set_content("Juggling doubled.")
    return made


def test_the_server_is_read_from_the_environment():
    told = {"HOST": "mail.example.org", "USER": "ada", "PASSWORD": "x y ", "FROM": "Reports <r@example.org>"}
    found = server({f"MMLIB_SMTP_{name}": value for name, value in told.items()})
    assert (found.host, found.port, found.tls, found.user, found.password) == (
        "mail.example.org", 587, "starttls", "ada", "x y ",
    )  # fmt: skip
    assert str(found.sender) == "Reports <r@example.org>"


@pytest.mark.parametrize(
    ("given", "port", "tls"),
    [
        ({"PORT": "465"}, 465, "tls"),
        ({"TLS": "TLS"}, 465, "tls"),
        ({"PORT": "2525", "TLS": "starttls"}, 2525, "starttls"),
        ({"TLS": "none", "HOST": "localhost"}, 25, "none"),
    ],
)
def test_port_and_encryption_follow_from_one_another(given, port, tls):
    told = {"HOST": "mail.example.org", "FROM": "r@example.org", **given}
    found = server({f"MMLIB_SMTP_{name}": value for name, value in told.items()})
    assert (found.port, found.tls) == (port, tls)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"HOST": ""}, "MMLIB_SMTP_HOST is not set"),
        ({"FROM": ""}, "MMLIB_SMTP_FROM: it is not set"),
        ({"FROM": "reports"}, 'MMLIB_SMTP_FROM: found "reports"'),
        ({"FROM": "r@example.org\nBcc: eve@example.org"}, "MMLIB_SMTP_FROM"),
        ({"PORT": "mail"}, 'MMLIB_SMTP_PORT: found "mail"'),
        ({"PORT": "70000"}, "MMLIB_SMTP_PORT"),
        ({"TLS": "startls"}, 'Did you mean "starttls"'),
        ({"TLS": "none"}, "on this machine only"),
        ({"USER": "ada"}, "MMLIB_SMTP_PASSWORD is not: a login needs both"),
        ({"PASSWORD": "secret-word"}, "MMLIB_SMTP_USER is not: a login needs both"),
    ],
)
def test_incomplete_or_wrong_settings_are_named(given, said):
    told = {"HOST": "mail.example.org", "FROM": "r@example.org", **given}
    with pytest.raises(CannotSend, match=said) as raised:
        server({f"MMLIB_SMTP_{name}": value for name, value in told.items()})
    assert "secret-word" not in str(raised.value)


def test_the_user_is_the_sender_where_none_is_named():
    told = {"HOST": "mail.example.org", "USER": "ada@example.org", "PASSWORD": "x"}
    found = server({f"MMLIB_SMTP_{name}": value for name, value in told.items()})
    assert found.sender.addr_spec == "ada@example.org"


def test_a_draft_needs_no_sender_but_no_wrong_one():
    assert sender_of({}) is None
    with pytest.raises(CannotSend, match="MMLIB_SMTP_FROM"):
        sender_of({"MMLIB_SMTP_FROM": "reports"})


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mails_are_sent_encrypted_and_logged_in_on_one_connection(office, tls):
    made, to = office(tls)
    mails = [letter("ada@example.org"), letter("bob@example.org"), letter("cyd@example.org")]
    assert list(send(mails, to, now=NOW)) == ["", "", ""]
    assert [one.rcpt_tos for one in made.taken] == [["ada@example.org"], ["bob@example.org"], ["cyd@example.org"]]
    assert {one.mail_from for one in made.taken} == {"reports@example.org"}
    assert made.logins == ["ada"]


def test_what_is_sent_is_no_draft_of_today_and_no_machine_answers_it(office):
    made, to = office(login=False)
    mail = letter()
    assert list(send([mail], to, now=NOW)) == [""]
    sent = made.taken[0].content
    assert b"X-Unsent" not in sent
    assert b"Date: Sun, 01 Nov 2026 06:15:00 +0000" in sent
    assert b"Auto-Submitted: auto-generated" in sent
    assert b"Message-ID: <1@example.org>" in sent
    assert mail["X-Unsent"] == "1"


def test_without_mails_there_is_no_connection():
    nowhere = Server("localhost", 9, "tls", address("reports@example.org"))
    assert list(send([], nowhere)) == []


def test_one_refused_address_stops_no_other(office):
    made, to = office()
    made.answers["bob@example.org"] = ["550 no such user"]
    results = list(send([letter("bob@example.org"), letter("ada@example.org")], to))
    assert results == ["the server refused the address: 550 no such user", ""]
    assert [one.rcpt_tos for one in made.taken] == [["ada@example.org"]]
    assert made.logins == ["ada"]


def test_a_wrong_password_is_said_and_neither_it_nor_the_right_one_shown(office):
    _, to = office(password="wrong secret")
    with pytest.raises(CannotSend, match=r"refused the login.*MMLIB_SMTP_PASSWORD") as raised:
        list(send([letter()], to))
    assert "secret" not in f"{raised.value}{raised.value.__cause__}{raised.value!r}{to!r}"


def test_a_certificate_that_nobody_vouches_for_is_refused(office, monkeypatch, tmp_path):
    made, to = office()
    (tmp_path / "none.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(CannotSend, match="certificate is not to be trusted"):
        list(send([letter()], to))
    assert made.taken == made.logins == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_of_another_server_is_refused(office, monkeypatch, tls):
    made, to = office(tls, host="elsewhere.example")
    real = socket.create_connection

    def led_astray(place, *how, **more):
        return real(("127.0.0.1", place[1]), *how, **more)

    monkeypatch.setattr(socket, "create_connection", led_astray)
    with pytest.raises(CannotSend, match=r"(?i)not valid for 'elsewhere\.example'"):
        list(send([letter()], to))
    assert made.taken == []


def test_a_server_without_encryption_gets_nothing(office):
    made, to = office("none", login=False)
    with pytest.raises(CannotSend, match="no encryption by STARTTLS"):
        list(send([letter()], Server(to.host, to.port, "starttls", to.sender, "ada", PASSWORD)))
    with pytest.raises(CannotSend, match=r"does not answer encrypted|ended the connection"):
        list(send([letter()], Server(to.host, to.port, "tls", to.sender)))
    assert made.taken == made.logins == []


def test_on_this_machine_a_server_may_be_plain(office):
    made, to = office("none", login=False)
    assert list(send([letter()], to)) == [""]
    assert len(made.taken) == 1


def test_a_login_that_is_not_offered_is_said(office):
    _, to = office("starttls", login=False)
    with pytest.raises(CannotSend, match="offers no login"):
        list(send([letter()], Server(to.host, to.port, to.tls, to.sender, "ada", PASSWORD)))


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(CannotSend, match="nothing answers there"):
        list(send([letter()], Server("localhost", free_port(), "tls", address("reports@example.org"))))


def test_a_server_that_does_not_answer_is_said(monkeypatch):
    monkeypatch.setattr(posting, "PATIENCE", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        to = Server("localhost", silent.getsockname()[1], "none", address("reports@example.org"))
        with pytest.raises(CannotSend, match="did not answer within"):
            list(send([letter()], to))


def test_a_server_that_ends_the_connection_is_asked_again(office):
    made, to = office()
    made.answers["bob@example.org"] = ["421 too many mails at once"]
    assert list(send([letter("ada@example.org"), letter("bob@example.org"), letter("cyd@example.org")], to)) == [""] * 3
    assert [one.rcpt_tos[0][:3] for one in made.taken] == ["ada", "bob", "cyd"]
    assert made.logins == ["ada", "ada"]


def test_a_connection_that_breaks_within_a_mail_costs_this_one_alone(office):
    made, to = office()
    made.answers["data"] = ["break"]
    results = list(send([letter("ada@example.org"), letter("bob@example.org")], to))
    assert results == [posting.UNKNOWN, ""]
    assert made.taken[-1].rcpt_tos == ["bob@example.org"]


def test_a_server_that_goes_away_for_good_ends_the_sending(office):
    made, to = office()
    results = send([letter("ada@example.org"), letter("bob@example.org")], to)
    assert next(results) == ""
    made.controller.stop()
    with pytest.raises(CannotSend):
        next(results)


def test_an_address_beyond_ascii_is_sent_where_the_server_takes_it(office):
    made, to = office()
    assert list(send([letter("jörg@example.org")], to)) == [""]
    assert made.taken[0].rcpt_tos == ["jörg@example.org"]
    _, to = office(utf8=False)
    refusal = "the server takes no address with letters outside of ASCII before the @"
    assert list(send([letter("jörg@example.org"), letter()], to)) == [refusal, ""]

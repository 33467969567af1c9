"""What carries letters: real SMTP, a real folder, a real alarm address."""

from __future__ import annotations

import email
import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from complaints.automatic import automatic
from runtime.post.mailbox import Mailbox
from runtime.post.push import Apprise
from runtime.post.smtp import Smtp
from runtime.post.transport import Parcel, TryLater, Undeliverable
from tests.contract.rows import NOON

SENDER = "complaints@amends.example"


def parcel(
    key: str = "AM-2611-000001/1/4/progress", *, to: str = "wang@example.org", subject: str = "进展"
) -> Parcel:
    body = "您好：\n您的投诉正在处理。\n.\n" + "长" * 2_000
    return Parcel(key, "AM-2611-000001", "progress", to, "zh", subject, body, NOON)


def words(mail: EmailMessage) -> str:
    """The text; mail has its own ends of lines."""
    return str(mail.get_content()).replace("\r\n", "\n").removesuffix("\n")


class Receiving:
    """A mail server's side: keeps what it gets, and refuses as it is told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.receivers: list[str] = []
        self.to_rcpt, self.to_data = "250 OK", "250 OK"

    async def handle_RCPT(
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.to_rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_rcpt

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:
        if self.to_data.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append(email.message_from_bytes(content, policy=default))
            self.receivers += envelope.rcpt_tos
        return self.to_data


@pytest.fixture
def receiving() -> Receiving:
    return Receiving()


@pytest.fixture
def server(receiving: Receiving) -> Iterator[Controller]:
    controller = Controller(receiving, hostname="127.0.0.1", port=_free_port())
    controller.start()
    yield controller
    controller.stop()


def port_of(controller: Controller) -> int:
    return int(controller.port)


@pytest.fixture
def smtp(server: Controller) -> Smtp:
    return Smtp(f"smtp://127.0.0.1:{port_of(server)}", sender=SENDER, reply_to="desk@amends.example")


def test_mail_arrives_whole(smtp: Smtp, receiving: Receiving) -> None:
    smtp.send(parcel())
    mail = receiving.mails[0]
    assert receiving.receivers == ["wang@example.org"]
    assert words(mail) == parcel().body
    assert [mail["Subject"], mail["From"], mail["Reply-To"], mail["Content-Language"]] == [
        "进展", SENDER, "desk@amends.example", "zh",
    ]  # fmt: skip


def test_one_key_is_one_message_id_and_one_complaint_is_one_thread(smtp: Smtp, receiving: Receiving) -> None:
    smtp.send(parcel("first"))
    smtp.send(parcel("first"))
    smtp.send(parcel("second"))
    ids = [mail["Message-ID"] for mail in receiving.mails]
    assert ids[0] == ids[1] != ids[2]
    assert len({mail["References"] for mail in receiving.mails}) == 1


def test_our_own_mail_that_comes_back_opens_nothing(smtp: Smtp, receiving: Receiving) -> None:
    smtp.send(parcel())
    headers = dict(receiving.mails[0].items())
    assert automatic("any words", {"headers": headers}) == "one of our own letters came back"
    marks = {"headers": {"Auto-Submitted": headers["Auto-Submitted"]}}
    assert automatic("any words", marks) == "automatic reply"


def test_a_subject_cannot_add_headers(smtp: Smtp, receiving: Receiving) -> None:
    smtp.send(parcel(subject="进展\r\nBcc: everybody@example.org"))
    assert receiving.mails[0]["Bcc"] is None
    assert receiving.receivers == ["wang@example.org"]


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "a@",
        "@b",
        "a@b, c@d",
        "a@b\r\nBcc: c@d",
        "王 <a@b> x",
        "a b@c d",
        "\x00@b",
        "13800000000",
    ],
)
def test_what_is_no_address_is_undeliverable(smtp: Smtp, receiving: Receiving, to: str) -> None:
    with pytest.raises(Undeliverable):
        smtp.send(parcel(to=to))
    assert receiving.mails == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [("550 no such user", Undeliverable), ("450 greylisted", TryLater), ("552 mailbox full", Undeliverable)],
)
def test_a_refused_address_is_for_good_or_for_now_as_the_server_says(
    smtp: Smtp, receiving: Receiving, reply: str, error: type[Exception]
) -> None:
    receiving.to_rcpt = reply
    with pytest.raises(error) as raised:
        smtp.send(parcel())
    assert reply[:3] in str(raised.value)
    assert "wang" not in str(raised.value)


@pytest.mark.parametrize(("reply", "error"), [("554 spam", Undeliverable), ("451 try again", TryLater)])
def test_a_refused_letter_is_for_good_or_for_now_as_the_server_says(
    smtp: Smtp, receiving: Receiving, reply: str, error: type[Exception]
) -> None:
    receiving.to_data = reply
    with pytest.raises(error):
        smtp.send(parcel())


def test_a_server_that_is_away_is_tried_later() -> None:
    with pytest.raises(TryLater, match="cannot be reached"):
        Smtp(f"smtp://127.0.0.1:{_free_port()}", sender=SENDER).send(parcel())


def test_a_password_never_travels_in_the_clear(server: Controller, receiving: Receiving) -> None:
    url = f"smtp://amends:secret@127.0.0.1:{port_of(server)}"
    with pytest.raises(TryLater, match="encryption"):
        Smtp(url, sender=SENDER).send(parcel())
    assert receiving.mails == []


@pytest.mark.parametrize("implicit", [True, False], ids=["smtps", "starttls"])
def test_with_encryption_the_password_is_used(receiving: Receiving, tmp_path: Path, implicit: bool) -> None:
    certificate, key = _certificate(tmp_path)
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(certificate, key)
    trust = ssl.create_default_context(cafile=str(certificate))
    trust.check_hostname = False
    logins: list[bytes] = []

    def authenticate(
        _server: object, _session: object, _envelope: object, _how: str, data: object
    ) -> AuthResult:
        logins.append(data.password)  # type: ignore[attr-defined]
        return AuthResult(success=True)

    encryption = {"ssl_context": own} if implicit else {"tls_context": own, "require_starttls": True}
    controller = Controller(
        receiving, hostname="127.0.0.1", port=_free_port(), authenticator=authenticate, auth_require_tls=not implicit,
        **encryption,
    )  # fmt: skip
    controller.start()
    try:
        scheme = "smtps" if implicit else "smtp"
        url = f"{scheme}://amends:p%40ss@127.0.0.1:{port_of(controller)}"
        Smtp(url, sender=SENDER, trust=trust).send(parcel())
    finally:
        controller.stop()
    assert logins == [b"p@ss"]
    assert len(receiving.mails) == 1


def test_an_untrusted_server_gets_nothing(receiving: Receiving, tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(certificate, key)
    controller = Controller(receiving, hostname="127.0.0.1", port=_free_port(), tls_context=own)
    controller.start()
    try:
        with pytest.raises(TryLater):
            Smtp(f"smtp://127.0.0.1:{port_of(controller)}", sender=SENDER).send(parcel())
    finally:
        controller.stop()
    assert receiving.mails == []


# --- the folder


def test_a_repeat_overwrites_itself_in_the_folder(tmp_path: Path) -> None:
    box = Mailbox(tmp_path / "mailbox")
    box.send(parcel())
    box.send(parcel())
    (file,) = (tmp_path / "mailbox").iterdir()
    assert file.suffix == ".eml"
    mail = email.message_from_bytes(file.read_bytes(), policy=default)
    assert words(mail) == parcel().body
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("key", ["a/b", "../../etc/passwd", "投诉/1", "x" * 160, "a b", "A/b", "."])
def test_any_key_is_a_file_of_its_own_inside_the_folder(tmp_path: Path, key: str) -> None:
    box = Mailbox(tmp_path / "mailbox")
    box.send(parcel(key))
    box.send(parcel("a-b"))
    assert len(list((tmp_path / "mailbox").iterdir())) == 2
    assert list(tmp_path.iterdir()) == [tmp_path / "mailbox"]


@pytest.mark.parametrize("to", ["13800000000", "AM-2611-000001", "s-zhao-lei", "operations"])
def test_the_folder_takes_letters_to_anybody(tmp_path: Path, to: str) -> None:
    Mailbox(tmp_path).send(parcel(to=to))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_letter_can_be_erased_from_the_folder(tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    box.send(parcel())
    assert box.erase(parcel().key)
    assert not box.erase(parcel().key)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("a file stands where the folder should be")
    with pytest.raises(TryLater, match="cannot write"):
        Mailbox(tmp_path / "mailbox").send(parcel())


# --- alarms


class Alarm(BaseHTTPRequestHandler):
    told: list[dict[str, object]] = []  # noqa: RUF012  (emptied by the fixture)
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Alarm.told.append(json.loads(body))
        self.send_response(Alarm.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def alarm_port() -> Iterator[int]:
    Alarm.told.clear()
    Alarm.status = 200
    server = HTTPServer(("127.0.0.1", 0), Alarm)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


apprise_is_old = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""Its plugins import what Python 3.13 takes away."""


@apprise_is_old
def test_an_alarm_reaches_its_address(alarm_port: int) -> None:
    Apprise([f"json://127.0.0.1:{alarm_port}"]).send(parcel(subject="系统事件"))
    (told,) = Alarm.told
    assert told["title"] == "系统事件"


@apprise_is_old
def test_an_alarm_that_was_not_taken_is_tried_later(alarm_port: int) -> None:
    Alarm.status = 500
    with pytest.raises(TryLater):
        Apprise([f"json://127.0.0.1:{alarm_port}"]).send(parcel())


@apprise_is_old
def test_an_address_that_nothing_knows_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="address 2 of AMENDS_APPRISE_URLS"):
        Apprise(["json://127.0.0.1", "no such thing"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that vouches for itself, by the openssl of this machine."""
    if shutil.which("openssl") is None:
        pytest.skip("service absent: openssl")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key

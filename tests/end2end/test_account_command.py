"""Connecting accounts without a window: every way to sign in that there is."""

import os
import re
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from socialdesk.practice.desk import PracticeDesk
from tests.support.program import Program


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A browser whose redirect leads nowhere: the address is what counts."""

    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeDesk]:
    with PracticeDesk(("facebook", "threads", "tumblr")) as desk:
        yield desk


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


class Running:
    """A command under way whose questions are answered as they come."""

    def __init__(self, program: Program, *words: str) -> None:
        self._process = subprocess.Popen(
            program._command(words),
            env={**program.environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""
        self._watchdog = threading.Timer(60, self._process.kill)
        self._watchdog.start()

    def until(self, pattern: str) -> str:
        """Reads what is told to the person until it says this; its first group."""
        assert self._process.stderr is not None
        while not (found := re.search(pattern, self.said)):
            line = self._process.stderr.readline()
            assert line, f"ended without {pattern!r}: {self.said}"
            self.said += line
        return found[1]

    def type(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n")
        self._process.stdin.flush()

    def end(self) -> tuple[int, str, str]:
        out, rest = self._process.communicate(timeout=60)
        self._watchdog.cancel()
        return self._process.returncode, out, self.said + rest


def browse(url: str) -> str:
    """Where the browser ends."""
    try:
        urllib.request.build_opener(NoRedirect).open(url, timeout=20)
    except urllib.error.HTTPError as error:
        return str(error.headers["Location"])
    raise AssertionError("no redirect")


def given(practice: PracticeDesk, network: str, *names: str) -> list[str]:
    credentials = practice.credentials[network]
    return [word for name in ("server", *names) for word in ("-f", f"{name}={credentials[name]}")]


def test_a_code_for_another_device(program: Program, practice: PracticeDesk) -> None:
    server: Any = practice.servers["facebook"]
    server.devices.interval_s = 1
    running = Running(
        program,
        "account",
        "add",
        "facebook",
        "--way",
        "code",
        *given(practice, "facebook", "client_id", "client_token"),
    )
    code = running.until(r"type this code: (\w+)")
    assert running.until(r"Open (http\S+)") == f"{server.url}/device"
    form = urllib.request.Request(f"{server.url}/device", f"user_code={code}&answer=yes".encode(), method="POST")
    assert b"Go back to your device" in urllib.request.urlopen(form, timeout=20).read()
    status, out, told = running.end()
    assert status == 0, told
    assert "Connected:" in out
    assert "This works: Northwind Pumps (northwind), may read and post." in out


def test_pasting_the_address_of_the_browser_with_its_state(program: Program, practice: PracticeDesk) -> None:
    """Threads ends on a page of the person's own: its address comes back by hand, with the `#_` that Meta adds."""
    secret = practice.credentials["threads"]["client_secret"]
    redirect = practice.credentials["threads"]["redirect"]
    running = Running(
        program,
        *("account", "add", "threads", "--way", "browser", "-f", f"redirect={redirect}"),
        *given(practice, "threads", "client_id"),
    )
    running.type(secret)
    ended = browse(running.until(r"allow the access:\n(http\S+)"))
    running.type(f"{ended}#_")
    status, out, told = running.end()
    assert status == 0, told
    assert "This works: " in out
    assert secret not in out + told
    assert "sign-in lasts 5" in program.try_("account", "list").out


def test_an_address_of_another_sign_in_is_refused(program: Program, practice: PracticeDesk) -> None:
    running = Running(
        program,
        *("account", "add", "tumblr", "--way", "browser", "--paste"),
        *given(practice, "tumblr", "client_id"),
    )
    running.type(practice.credentials["tumblr"]["client_secret"])
    ended = browse(running.until(r"allow the access:\n(http\S+)"))
    running.type(re.sub(r"state=[^&]+", "state=another", ended))
    status, _, told = running.end()
    assert status == 1
    assert "This address belongs to another sign-in." in told
    assert program.run("account", "list") == []


def test_of_several_pages_those_that_are_typed(program: Program, practice: PracticeDesk) -> None:
    server: Any = practice.servers["facebook"]
    page = server.add_page("Northwind Careers", "northwindcareers")
    try:
        words = ("account", "add", "facebook", "--way", "token", *given(practice, "facebook"))
        answers = f"{practice.credentials['facebook']['user_token']}\n2\n"
        assert program.run(*words, answers=answers)["name"] == "Northwind Careers"
    finally:
        page.tasks = ()


def test_an_account_is_tested_signed_in_again_and_removed(program: Program, practice: PracticeDesk) -> None:
    words = ("--way", "token", *given(practice, "tumblr"))
    token = practice.credentials["tumblr"]["token"]
    first = program.run("account", "add", "tumblr", *words, answers=f"{token}\n")
    said = program.run("account", "test", "tumblr")["sentence"]
    assert said.startswith("This works: ")
    again = program.run("account", "sign-in", "tumblr", "--way", "token", answers=f"{token}\n")
    assert again["id"] == first["id"]
    left = program.run("account", "remove", "tumblr")["sentence"]
    assert "What it posted stays at Tumblr" in left
    assert "https://www.tumblr.com/settings/apps" in left
    assert program.run("account", "list") == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("feeds",), "needs no account"),
        (("x", "--way", "app-password"), "X has no sign-in by “app-password”. It has: browser, token."),
        (("ghost", "-f", "colour=red"), "Ghost does not ask for colour here. It asks for: key, server."),
        (("nothing",), ""),
    ],
)
def test_what_cannot_be_is_a_sentence(program: Program, words: tuple[str, ...], sentence: str) -> None:
    answer = program.try_("account", "add", *words, "--json")
    assert (answer.status, answer.out) == (1, "")
    assert sentence in answer.err
    assert "Traceback" not in answer.err


def test_a_person_is_told_the_steps_and_asked_for_the_way(program: Program) -> None:
    """With a terminal, as a person has it."""
    pty = pytest.importorskip("pty")
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        program._command(("account", "add", "x")),
        env={**program.environment, "COLUMNS": "200"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    said = ""
    answers = {"A number: ": "1\n", "Client ID (bVh": "not an id\n"}
    try:
        while chunk := os.read(controller, 65_536):
            said += chunk.decode(errors="replace")
            for question, answer in list(answers.items()):
                if question in said.rsplit("\n", 1)[-1]:
                    os.write(controller, answers.pop(question).encode())
                    assert answer
    except OSError:
        pass  # how Linux ends a terminal whose last user has gone
    finally:
        watchdog.cancel()
        os.close(controller)
    assert process.wait(30) == 1
    assert "1  browser" in said
    assert "Paste this as its callback address" in said
    assert "http://127.0.0.1:51768/callback" in said
    assert "https://console.x.com" in said
    assert "That is not the ID or secret of an app." in said

"""Posting by hand from the command line: each step is a program of its own, so what waits is on disk."""

import random
import time
from pathlib import Path

import pytest

from tests.support.program import Program

X = "x_by_hand"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Without a keyring: nothing here needs one."""
    return Program(tmp_path, PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")


def test_a_post_is_prepared_confirmed_and_kept_with_its_address(program: Program) -> None:
    account = program.run("account", "add", X, "-f", "name=@northwind")
    assert account["handle"] == "@northwind"
    posted = program.try_("post", "Pumps and prices", "--to", X, "--json")
    assert posted.status == 0, posted.err
    [delivery] = posted.json["deliveries"]
    assert delivery["state"] == "hand_off"
    assert delivery["compose_url"] == "https://x.com/intent/post?text=Pumps%20and%20prices"
    assert (delivery["prefilled"], delivery["text"], delivery["pictures"]) == (True, "Pumps and prices", 0)
    listed = program.try_("outbox")
    assert "finish in the browser: https://x.com/intent/post?text=" in listed.out
    number = str(delivery["id"])
    address = "https://x.com/northwind/status/77"
    confirmed = program.run("outbox", "--confirm", number, "--permalink", address)
    [delivery] = confirmed[0]["deliveries"]
    assert (delivery["state"], delivery["permalink"]) == ("sent", address)
    again = program.try_("outbox", "--confirm", number, "--permalink", "https://x.com/northwind/status/78")
    assert again.status == 1
    assert "nothing to confirm" in again.err.lower()


def test_what_is_not_posted_is_cancelled_once(program: Program) -> None:
    program.run("account", "add", "reddit_by_hand", "-f", "name=r/marketing")
    [delivery] = program.run("post", "Which chart?", "--to", "reddit_by_hand")["deliveries"]
    assert delivery["title"] == "Which chart?"
    number = str(delivery["id"])
    [delivery] = program.run("outbox", "--not-posted", number)[0]["deliveries"]
    assert delivery["state"] == "cancelled"
    again = program.try_("outbox", "--not-posted", number)
    assert again.status == 1
    assert "does not wait to be posted by hand" in again.err


def test_an_address_alone_is_refused(program: Program) -> None:
    answer = program.try_("outbox", "--permalink", "https://x.com/northwind/status/77")
    assert answer.status == 2
    assert "--confirm" in answer.err


def test_killed_at_any_moment_it_still_waits_and_is_there_once(program: Program) -> None:
    program.run("account", "add", X, "-f", "name=@northwind")
    rng = random.Random(20261122)
    accepted = 0
    for number in range(8):
        begun = program.begin("post", f"Number {number}", "--to", X)
        time.sleep(rng.uniform(0.3, 1.6))  # a moment that nobody chooses
        begun.kill()
        begun.wait()
    program.run("outbox", "--deliver")
    found = program.run("outbox", "--limit", "50")
    texts = [publication["text"] for publication in found]
    assert len(texts) == len(set(texts))
    for publication in found:
        [delivery] = publication["deliveries"]
        assert (delivery["state"], delivery["text"]) == ("hand_off", publication["text"])
        accepted += 1
    assert accepted, "no post was accepted in any of the runs: the moments are too early"

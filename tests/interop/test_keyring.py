"""Secrets in a real keyring: GNOME Keyring on a private session bus."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.rigs import mastodon_mock, wordpress
from tests.interop.rigs.secret_service import SecretService, without_any
from tests.support.recorded import RecordedProgram
from tests.support.secrets import basic, found_in_folder, found_in_text

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]

LOCKED = "The keyring is locked. Unlock it and try again."
NONE = "There is no keyring on this computer. Install one, for example gnome-keyring or KWallet."
# Another program of the same person.
LOOK = """
import json
from contextlib import closing
from keyring.backends.SecretService import Keyring
collection = Keyring().get_preferred_collection()
with closing(collection.connection):
    items = {i.get_attributes()["username"]: json.loads(i.get_secret()) for i in collection.get_all_items()}
print(json.dumps({name: document["secrets"] for name, document in items.items()}))
"""


@pytest.fixture
def service(work: Path) -> Iterator[SecretService]:
    service = SecretService(work, "own")
    service.forget()
    try:
        yield service
    finally:
        service.stop()


def add_blog(program: RecordedProgram, blog: wordpress.Blog) -> Any:
    return program.add_account("wordpress", blog.passwords["ed"], server=blog.url, username="ed")


def secrets_of(blog: wordpress.Blog) -> dict[str, str]:
    password = blog.passwords["ed"]
    return {"password": password, "basic": basic("ed", password), "unspaced": basic("ed", password.replace(" ", ""))}


def kept(program: RecordedProgram, *, values: bool = False) -> Any:
    """By account id: the names of the secrets in the keyring, or the secrets themselves."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=program.environment, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    return found if values else {account: sorted(secrets) for account, secrets in found.items()}


def finding(program: RecordedProgram, name: str) -> Any:
    return next(one for one in program.try_("doctor", "--json").json if one["name"] == name)


def test_one_process_stores_and_another_reads(tmp_path: Path, service: SecretService, blog: wordpress.Blog) -> None:
    program = RecordedProgram(tmp_path, service.start())
    account = add_blog(program, blog)
    program.run("column", "add", "wordpress", "posts", "--account", account["id"])
    assert program.run("refresh")["new"] >= 1
    assert finding(program, "keyring")["value"] == "keyring.backends.SecretService.Keyring"
    works = finding(program, f"account {account['id']} (wordpress ed)")["value"]
    assert re.fullmatch(r"This works: (.+ \()?ed\)?, may read and post\.", works)  # another test may have given a name
    assert kept(program) == {str(account["id"]): ["password", "username"]}
    assert found_in_folder(program.profile, secrets_of(blog)) == []
    assert found_in_text(program.said, secrets_of(blog)) == []


def test_it_is_there_after_the_next_log_in_and_gone_after_removal(
    tmp_path: Path, service: SecretService, blog: wordpress.Blog, instance: mastodon_mock.Instance
) -> None:
    program = RecordedProgram(tmp_path, service.start())
    first = program.add_account("mastodon", instance.token, server=instance.url)
    program.use(service.start())
    assert all(one["ok"] for one in program.run("doctor"))
    second = add_blog(program, blog)
    assert set(kept(program)) == {str(first["id"]), str(second["id"])}
    program.run("account", "remove", first["id"])
    assert [a["id"] for a in program.run("account", "list")] == [second["id"]]
    assert set(kept(program)) == {str(second["id"])}


def test_a_locked_keyring_stores_nothing(tmp_path: Path, service: SecretService, blog: wordpress.Blog) -> None:
    add_blog(RecordedProgram(tmp_path / "another", service.start()), blog)
    program = RecordedProgram(tmp_path / "desk", service.start(unlocked=False))
    words = program.sign_in_words("wordpress", server=blog.url, username="ed")
    answer = program.try_(*words, answers=blog.passwords["ed"] + "\n")
    assert (answer.status, answer.out, answer.err.strip()) == (1, "", LOCKED)
    assert program.run("account", "list") == []
    assert found_in_folder(tmp_path, secrets_of(blog)) == []


def test_what_is_stored_waits_while_the_keyring_is_locked(
    tmp_path: Path, service: SecretService, blog: wordpress.Blog
) -> None:
    program = RecordedProgram(tmp_path, service.start())
    account = add_blog(program, blog)
    column = program.run("column", "add", "wordpress", "posts", "--account", account["id"])
    program.run("refresh")
    program.use(service.start(unlocked=False))
    answer = program.try_("refresh")
    assert answer.status == 1
    assert LOCKED in answer.err
    assert program.run("timeline", column["id"]) != []
    assert not program.run("account", "list")[0]["needs_sign_in"]
    article = tmp_path / "later.md"
    article.write_text("# Once the keyring is open\n\nNot before.\n")
    program.try_("post", "", "--article", str(article), "--to", account["id"])
    (waiting,) = program.run("outbox")[0]["deliveries"]
    assert (waiting["state"], waiting["permalink"]) == ("waiting", "")
    program.use(service.start())
    assert program.run("refresh")["sources"][0]["error"] == ""
    program.run("outbox", "--retry", waiting["id"])
    (sent,) = program.run("outbox")[0]["deliveries"]
    assert sent["state"] == "sent"
    assert sent["permalink"].startswith(blog.url)


@pytest.mark.parametrize("bus", ["a bus without a keyring", "no bus"])
def test_no_keyring_says_what_to_install_and_stores_nothing(
    tmp_path: Path, service: SecretService, blog: wordpress.Blog, bus: str
) -> None:
    program = RecordedProgram(tmp_path, without_any() if bus == "no bus" else service.start(keyring=False))
    words = program.sign_in_words("wordpress", server=blog.url, username="ed")
    answer = program.try_(*words, answers=blog.passwords["ed"] + "\n")
    assert (answer.status, answer.out, answer.err.strip()) == (1, "", NONE)
    assert program.run("account", "list") == []
    assert program.try_("doctor").status == 1
    assert not finding(program, "keyring")["ok"]
    assert "gnome-keyring" in finding(program, "keyring")["fix"]
    assert found_in_folder(tmp_path, secrets_of(blog)) == []
    assert found_in_text(program.said, secrets_of(blog)) == []

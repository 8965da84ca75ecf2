"""After a whole life of a desk, troubles included, no secret is anywhere but in the keyring."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from socialdesk.practice.desk import PracticeDesk
from socialdesk.practice.pictures import picture
from socialdesk.practice.server import Fault
from tests.support.program import SECRETS, sign_in
from tests.support.recorded import RecordedProgram
from tests.support.secrets import basic, found_in_folder, found_in_text

WRONG = {"wordpress": "wrong wordpress password", "mastodon": "wrong-mastodon-token", "bluesky": "wrong-bluesky-pass"}
FEED_PASSWORD = "the-feeds-own-password"
PROXY_PASSWORD = "the-proxys-own-password"
FAULTS = ("401", "429", "500", "html", "reset", "truncated")


@pytest.fixture
def program(tmp_path: Path) -> RecordedProgram:
    return RecordedProgram(tmp_path, loud=True)


@pytest.fixture
def secrets(program: RecordedProgram, practice: PracticeDesk) -> Iterator[dict[str, str]]:
    """Everything that must be found nowhere, growing as the keyring does; judged when the test is over."""
    given = practice.credentials
    found = {network: given[network][field] for network, field in SECRETS.items()}
    found |= {f"wrong {network}": secret for network, secret in WRONG.items()}
    name, password = given["wordpress"]["username"], given["wordpress"]["password"]
    found |= {"Basic": basic(name, password), "Basic, unspaced": basic(name, password.replace(" ", ""))}
    found |= {"feed": FEED_PASSWORD, "proxy": PROXY_PASSWORD}
    yield found
    assert found_in_folder(program.profile, found) == []
    assert found_in_text([text for said in program.said for text in (said.out, said.err)], found) == []


def remember(secrets: dict[str, str], program: RecordedProgram) -> int:
    """Adds what the keyring holds now (tokens are renewed on the way). Returns how many secrets are known."""
    kept = json.loads(Path(program.environment["FILE_KEYRING"]).read_text())
    for place, document in kept.items():
        for name, secret in json.loads(document)["secrets"].items():
            if name not in {"username", "identifier", "handle", "did", "server", "service"}:
                secrets[f"{name} {place.rpartition('/')[2]} {secret[-4:]}"] = secret
    return len(secrets)


def wrong_sign_ins(program: RecordedProgram, practice: PracticeDesk) -> None:
    for network, field in SECRETS.items():
        fields = {name: value for name, value in practice.credentials[network].items() if name not in {field, "handle"}}
        answer = program.try_(*program.sign_in_words(network, **fields), answers=WRONG[network] + "\n")
        assert (answer.status, answer.out) == (1, "")
    # a secret on the command line is refused and not repeated
    answer = program.try_("account", "add", "mastodon", "--field", f"token={WRONG['mastodon']}")
    assert answer.status == 1


def columns(program: RecordedProgram, practice: PracticeDesk) -> None:
    for network, kinds in {
        "mastodon": ("home", "notifications"),
        "bluesky": ("home", "notifications"),
        "wordpress": ("posts", "comments", "drafts"),
    }.items():
        for kind in kinds:
            program.run("column", "add", network, kind, "--account", network)
    for feed in practice.feeds[:2]:
        program.run("column", "add", "feeds", "feed", "--field", f"url={feed}")


def post(program: RecordedProgram, accounts: list[str], folder: Path, number: int) -> None:
    article = folder / "article.md"
    article.write_text(f"---\nimage: top.png\ntags: B2B\n---\n# Article {number}\n\nWhat buyers keep.\n")
    (folder / "top.png").write_bytes(picture("top", 200, 100))
    image = ("--image", folder / "top.png", "--alt", "A chart")
    program.try_("post", f"Post {number}", "--to", ",".join(accounts), "--article", article, *image, "--json")


def with_faults(program: RecordedProgram, practice: PracticeDesk, accounts: list[str], folder: Path) -> None:
    for number, kind in enumerate(FAULTS):
        for server in practice.servers.values():
            server.faults.clear()
            when = "after" if kind in {"500", "reset"} else "before"
            server.faults.add(Fault(kind, times=2, seconds=1, when=when))
            server.faults.add(Fault(kind, method="POST", times=1, seconds=1, when=when))
        if number % 2:
            program.try_("refresh", "--json")
        else:
            post(program, accounts, folder, number)
    for server in practice.servers.values():
        assert server.faults.fired
        server.faults.clear()


@pytest.mark.timeout(300)
def test_after_a_whole_life_no_secret_is_anywhere(
    program: RecordedProgram, practice: PracticeDesk, secrets: dict[str, str], tmp_path: Path
) -> None:
    given = len(secrets)
    wrong_sign_ins(program, practice)
    accounts = sign_in(program, practice)
    assert remember(secrets, program) >= given + 4, "two tokens of Bluesky, one each of the others"
    columns(program, practice)
    assert program.run("refresh")["new"] > 20
    post(program, accounts, tmp_path, 0)
    with_faults(program, practice, accounts, tmp_path)
    remember(secrets, program)
    program.try_("outbox", "--deliver", "--json")
    program.try_("doctor")
    program.environment["http_proxy"] = f"http://person:{PROXY_PASSWORD}@127.0.0.1:9"
    for words in (("doctor",), ("save", "http://b2b.example/article"), ("refresh",)):
        program.try_(*words)
    del program.environment["http_proxy"]
    program.try_("save", next(iter(practice.blogs.values())).url)
    program.try_("search", "buyers")
    for column in program.run("column", "list")[:3]:
        program.try_("timeline", column["id"], "--json")
    program.run("export", "--opml", program.profile / "feeds.opml")
    program.try_("export", "--opml", "-")
    interrupted = program.begin("refresh")
    with pytest.raises(subprocess.TimeoutExpired):
        interrupted.wait(0.5)
    interrupted.send_signal(signal.SIGKILL)
    interrupted.wait()
    program.try_("account", "list", "--json")
    program.try_("account", "remove", accounts[0])
    remember(secrets, program)
    proof_that_the_search_finds(program)


def proof_that_the_search_finds(program: RecordedProgram) -> None:
    """What is there is found: in pages of the database, in the log with its DEBUG records, in what was said."""
    log = (program.profile / "logs" / "socialdesk.log").read_text()
    assert " DEBUG " in log
    there = {"account": "northwind", "article": "What buyers keep", "record": "DEBUG socialdesk"}
    places = "\n".join(found_in_folder(program.profile, there))
    assert "account, plain: desk.sqlite3" in places
    assert "article, plain: desk.sqlite3" in places
    assert "record, plain: logs" in places
    assert found_in_text([said.out for said in program.said], {"name": "Northwind Pumps"})


@pytest.mark.parametrize("address", ["http://person:{}@127.0.0.1:9/feed.xml", "http://:{}@127.0.0.1:9/feed.xml"])
def test_an_address_with_a_password_is_not_kept(
    program: RecordedProgram, secrets: dict[str, str], tmp_path: Path, address: str
) -> None:
    url = address.format(FEED_PASSWORD)
    outline = tmp_path / "feeds.opml"
    outline.write_text(f'<opml version="2.0"><body><outline type="rss" text="Own" xmlUrl="{url}"/></body></opml>')
    for words in (("column", "add", "feeds", "feed", "--field", f"url={url}"), ("save", url)):
        answer = program.try_(*words)
        assert (answer.status, answer.out) == (1, "")
        assert answer.err.strip() == "An address with a password is not kept. Use one without."
    answer = program.try_("import", outline)
    assert answer.err.strip() == "Not taken: Own: an address with a password is not kept"
    program.try_("inspect", url)
    assert program.run("column", "list") == []

"""Everything the command line can do, as a person or a script uses it, against the practice networks."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from socialdesk.practice.desk import PracticeDesk
from socialdesk.practice.world import picture
from tests.support.documents import pdf
from tests.support.program import Program, sign_in
from tests.support.videos import video

# One profile for the whole module: each test is a step of one working day, in this order.


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def accounts(program: Program, practice: PracticeDesk) -> list[str]:
    return sign_in(program, practice)


@pytest.fixture(scope="module")
def column(program: Program, practice: PracticeDesk, accounts: list[str]) -> dict[str, Any]:
    """The B2B column over every network and two blogs, refreshed."""
    opml = program.profile.parent / "feeds.opml"
    lines = "".join(f'<outline type="rss" text="Blog" xmlUrl="{url}"/>' for url in practice.feeds[:2])
    opml.write_text(f'<opml version="2.0"><body>{lines}<outline text="x" xmlUrl="file:///etc/passwd"/></body></opml>')
    program.run("import", str(opml))
    made: dict[str, Any] = program.run("column", "add", "search", "B2B")
    program.run("refresh")
    return made


def test_an_account_is_listed_without_its_secret(program: Program, practice: PracticeDesk, accounts: list[str]) -> None:
    answer = program.try_("account", "list", "--json")
    assert [account["network"] for account in answer.json] == ["wordpress", "mastodon", "bluesky"]
    assert not any(
        practice.credentials[n][s] in answer.out for n, s in (("mastodon", "token"), ("bluesky", "password"))
    )


def test_a_secret_on_the_command_line_is_refused(program: Program, practice: PracticeDesk) -> None:
    server = practice.credentials["mastodon"]["server"]
    answer = program.try_("account", "add", "mastodon", "-f", f"server={server}", "-f", "token=abc")
    assert answer.status == 1
    assert "Secrets do not belong on a command line" in answer.err


def test_sign_in_through_the_browser(tmp_path: Path, practice: PracticeDesk) -> None:
    """The browser is a script that opens the address and follows where the server leads, as people's browsers do."""
    browser = tmp_path / "browser"
    browser.write_text(
        f"#!{sys.executable}\nimport sys, urllib.request\nurllib.request.urlopen(sys.argv[1], timeout=20).read()\n"
    )
    browser.chmod(0o755)
    program = Program(tmp_path, BROWSER=f"{browser} %s &")
    server = practice.credentials["mastodon"]["server"]
    answer = program.try_("account", "add", "mastodon", "--browser", "-f", f"server={server}", "--json")
    assert answer.status == 0, answer.err
    assert answer.json["handle"] == "northwind@practice.example"
    assert "This works" in str(program.run("doctor"))


def test_a_wrong_password_is_a_sentence_and_adds_nothing(program: Program, practice: PracticeDesk) -> None:
    server = practice.credentials["mastodon"]["server"]
    before = program.run("account", "list")
    answer = program.try_("account", "add", "mastodon", "-f", f"server={server}", "--json", answers="wrong\n")
    assert (answer.status, answer.out) == (1, "")
    assert answer.err.strip()
    assert "Traceback" not in answer.err
    assert program.run("account", "list") == before


def test_import_takes_web_feeds_only(program: Program, practice: PracticeDesk, tmp_path: Path) -> None:
    opml = tmp_path / "more.opml"
    opml.write_text(
        f'<opml><body><outline text="One" xmlUrl="{practice.feeds[3]}"/>'
        '<outline text="Two" xmlUrl="file:///etc/passwd"/></body></opml>'
    )
    answer = program.try_("import", str(opml), "--json")
    assert (answer.json["added"], len(answer.json["refused"])) == (1, 1)
    assert "not a web address" in answer.err


def test_the_b2b_column_joins_networks_and_blogs(program: Program, column: dict[str, Any]) -> None:
    rows = program.run("timeline", str(column["id"]), "--limit", "200")
    assert {row["entry"]["network"] for row in rows} == {"mastodon", "bluesky", "feeds"}
    dates = [row["entry"]["published"] for row in rows]
    assert dates == sorted(dates, reverse=True)
    assert all("b2b" in json.dumps(row["entry"]).lower() for row in rows)


def test_a_second_refresh_doubles_nothing(program: Program, column: dict[str, Any]) -> None:
    before = [row["id"] for row in program.run("timeline", str(column["id"]), "--limit", "200")]
    program.run("refresh", str(column["id"]))
    assert [row["id"] for row in program.run("timeline", str(column["id"]), "--limit", "200")] == before


def test_a_removed_entry_stays_removed(program: Program, column: dict[str, Any]) -> None:
    before = [row["id"] for row in program.run("timeline", str(column["id"]), "--limit", "200")]
    assert program.run("entry", "remove", str(before[0]), str(before[2])) == {"removed": [before[0], before[2]]}
    program.run("refresh", str(column["id"]))
    left = [row["id"] for row in program.run("timeline", str(column["id"]), "--limit", "200")]
    assert left == [before[1], *before[3:]]
    again = program.try_("entry", "remove", str(before[0]), "--json")
    assert (again.status, again.out) == (1, "")
    assert f"There is no entry {before[0]}." in again.err


def test_post_with_a_picture_and_an_article(program: Program, accounts: list[str], tmp_path: Path) -> None:
    (tmp_path / "chart.png").write_bytes(picture("chart", 640, 400))
    article = tmp_path / "basics.md"
    article.write_text(
        "---\ntags: B2B, marketing\nexcerpt: One question of each campaign.\n"
        "image: chart.png\nimage_alt: A chart\n---\n"
        "# Basics, reconsidered\n\nThe basics used to be things we sent.\n\n![Replies by month](chart.png)\n"
    )
    done = program.run("post", "What buyers keep", "--to", ",".join(accounts), "--article", str(article))
    deliveries = {d["account"].split()[0]: d for d in done["deliveries"]}
    assert {d["state"] for d in deliveries.values()} == {"sent"}
    assert all(d["permalink"] and d["remote_id"] for d in deliveries.values())
    page = program.run("inspect", deliveries["wordpress"]["permalink"])
    assert page["kind"] in ("page", "nothing")
    again = program.run("outbox")
    assert again[0]["deliveries"] == done["deliveries"]


def test_a_post_with_a_picture_alone(program: Program, accounts: list[str], tmp_path: Path) -> None:
    image = tmp_path / "team.png"
    image.write_bytes(picture("team", 300, 200))
    done = program.run("post", "From the test bench", "--to", accounts[1], "--image", str(image), "--alt", "A bench")
    assert [d["state"] for d in done["deliveries"]] == ["sent"]


def test_a_post_with_a_time_waits_for_it_and_is_cancelled(program: Program, accounts: list[str]) -> None:
    refused = program.try_("post", "Too late", "--to", accounts[1], "--at", "2020-01-01T09:00")
    assert (refused.status, "its time is over" in refused.err) == (1, True)
    unread = program.try_("post", "When", "--to", accounts[1], "--at", "tomorrow")
    assert unread.status == 2
    later = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    planned = program.run("post", "Later", "--to", ",".join(accounts[1:]), "--at", later.isoformat())["deliveries"]
    states = {delivery["account"].split()[0]: delivery["state"] for delivery in planned}
    assert states == {"mastodon": "scheduled", "bluesky": "waiting"}  # one holds posts, the other does not
    assert {datetime.fromisoformat(delivery["publish_at"]) for delivery in planned} == {later}
    for delivery in planned:
        found = program.run("outbox", "--cancel", str(delivery["id"]))[0]["deliveries"]
        assert next(d["state"] for d in found if d["id"] == delivery["id"]) == "cancelled"


def test_a_poll_is_asked_where_there_are_polls(program: Program, accounts: list[str]) -> None:
    words = ["post", "Which?", "--to", ",".join(accounts[1:]), "--poll-option", "Cases", "--poll-option", "Prices"]
    refused = program.try_(*words)
    assert (refused.status, "has no polls" in refused.err) == (1, True)
    sent = program.run(*words, "--poll-hours", "6", "--leave-out")
    assert {d["state"] for d in sent["deliveries"]} == {"sent"}


def test_a_video_is_sent_as_it_is_and_what_is_none_is_refused(
    program: Program, accounts: list[str], tmp_path: Path
) -> None:
    film = tmp_path / "tour.mp4"
    film.write_bytes(video(seconds=9, padding=200_000))
    sent = program.run("post", "A tour", "--to", accounts[1], "--video", str(film), "--video-alt", "The test bench")
    assert [d["state"] for d in sent["deliveries"]] == ["sent"]
    film.write_bytes(b"no film")
    refused = program.try_("post", "A tour", "--to", accounts[1], "--video", str(film))
    assert (refused.status, "is not a video" in refused.err) == (1, True)


def test_a_document_is_left_out_where_none_is_taken_and_what_is_none_is_refused(
    program: Program, accounts: list[str], tmp_path: Path
) -> None:
    paper = tmp_path / "report.pdf"
    paper.write_bytes(pdf(2))
    words = ["post", "Our year", "--to", accounts[1], "--document", str(paper), "--document-title", "In numbers"]
    refused = program.try_(*words)
    assert (refused.status, "takes no documents here" in refused.err) == (1, True)
    sent = program.run(*words, "--leave-out")
    assert [d["state"] for d in sent["deliveries"]] == ["sent"]
    paper.write_bytes(b"no paper")
    refused = program.try_(*words)
    assert (refused.status, "is not a document" in refused.err) == (1, True)


def test_too_long_is_refused_with_a_sentence_and_exit_status_1(program: Program, accounts: list[str]) -> None:
    answer = program.try_("post", "x" * 700, "--to", ",".join(accounts[1:]), "--json")
    assert (answer.status, answer.out) == (1, "")
    assert "over the limit" in answer.err


def test_saved_pages_are_read_and_found_with_the_network_cut(program: Program, practice: PracticeDesk) -> None:
    blog = practice.blogs["insights"]
    slug = next(a.slug for a in practice.world.articles if a.site == "insights")
    item = program.run("save", f"{blog.url}/{slug}/")
    assert item["state"] == "saved"
    assert item["pictures"]
    environment = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    offline = Program(program.profile.parent, **environment)
    assert len(offline.run("read", str(item["id"]))["text"].split()) > 100
    assert any(row["id"] == item["id"] for row in offline.run("saved"))
    words = item["title"].split()[-1]
    assert any(hit["kind"] == "saved" and hit["id"] == item["id"] for hit in offline.run("search", words))


def test_export_holds_the_feeds_and_no_password(program: Program, column: dict[str, Any], tmp_path: Path) -> None:
    target = tmp_path / "out.opml"
    program.run("export", "--opml", str(target))
    assert target.read_text().count("xmlUrl") >= 2


def test_inspect_names_the_feeds_of_a_page(program: Program, practice: PracticeDesk) -> None:
    found = program.run("inspect", practice.blogs["vantage"].url)
    assert practice.blogs["vantage"].feed_url in [feed["url"] for feed in found["found"]]


def test_doctor_is_calm_and_tells_no_secret(program: Program, practice: PracticeDesk, accounts: list[str]) -> None:
    answer = program.try_("doctor", "--json")
    assert answer.status == 0, answer.err + answer.out
    names = [finding["name"] for finding in answer.json]
    assert {"SocialDesk", "keyring", "proxy"} <= set(names)
    secrets = [practice.credentials["mastodon"]["token"], practice.credentials["bluesky"]["password"]]
    assert not any(secret in answer.out for secret in secrets)


@pytest.mark.parametrize(
    "words",
    [("timeline",), ("nonsense",), ("post", "x"), ("timeline", "B2B", "--limit", "0"), ("column", "add", "feeds")],
)
def test_wrong_use_is_exit_status_2_and_prints_no_result(program: Program, words: tuple[str, ...]) -> None:
    answer = program.try_(*words)
    assert (answer.status, answer.out) == (2, "")


@pytest.mark.parametrize(
    "words",
    [
        ("timeline", "No such column"),
        ("read", "999"),
        ("save", "not-an-address"),
        ("import", "/does/not/exist.opml"),
        ("column", "remove", "999"),
        ("account", "remove", "nobody"),
        ("outbox", "--retry", "999"),
        ("column", "add", "feeds", "nonsense"),
        ("inspect", "nothing at all"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_exit_status_1(program: Program, words: tuple[str, ...]) -> None:
    answer = program.try_(*words, "--json")
    assert (answer.status, answer.out) == (1, ""), answer.out
    assert answer.err.strip()
    assert "Traceback" not in answer.err


def test_removing_an_account_keeps_what_was_saved(program: Program, accounts: list[str]) -> None:
    saved = program.run("saved")
    sentence = program.run("account", "remove", accounts[2])["sentence"]
    assert "stays" in sentence
    assert program.run("saved") == saved
    assert len(program.run("account", "list")) == 2

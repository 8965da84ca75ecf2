"""The program is killed at random moments while it publishes to three networks, and started again: every post is out
exactly once and no draft is lost."""

import base64
import json
import random
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from socialdesk.practice.desk import PracticeDesk
from socialdesk.store import drafts as drafts_table
from socialdesk.store.database import Store
from tests.support.program import Program, sign_in

KILLS = 60
NUMBERED = re.compile(r"number (\d+)")
SEED = 20261122


def get(url: str, **headers: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return json.load(answer)


def published(practice: PracticeDesk) -> dict[str, Counter[str]]:
    """What each network shows of ours, counted by text (title for the blog), asked over its own interface."""
    return {"mastodon": on_mastodon(practice), "bluesky": on_bluesky(practice), "wordpress": on_wordpress(practice)}


def on_mastodon(practice: PracticeDesk) -> Counter[str]:
    given = practice.credentials["mastodon"]
    token = {"Authorization": f"Bearer {given['token']}"}
    me = get(f"{given['server']}/api/v1/accounts/verify_credentials", **token)["id"]
    found: Counter[str] = Counter()
    before = ""
    while page := get(f"{given['server']}/api/v1/accounts/{me}/statuses?limit=40{before}", **token):
        found.update(NUMBERED.findall(" ".join(status["content"] for status in page)))
        before = f"&max_id={page[-1]['id']}"
    return found


def on_bluesky(practice: PracticeDesk) -> Counter[str]:
    given = practice.credentials["bluesky"]
    base = f"{given['service']}/xrpc/com.atproto.repo.listRecords?repo={given['identifier']}"
    found: Counter[str] = Counter()
    cursor = ""
    while True:
        page = get(f"{base}&collection=app.bsky.feed.post&limit=100{cursor}")
        found.update(NUMBERED.findall(" ".join(record["value"]["text"] for record in page["records"])))
        if not page.get("cursor") or not page["records"]:
            return found
        cursor = f"&cursor={page['cursor']}"


def on_wordpress(practice: PracticeDesk) -> Counter[str]:
    given = practice.credentials["wordpress"]
    pair = base64.b64encode(f"{given['username']}:{given['password']}".encode()).decode()
    found: Counter[str] = Counter()
    for page in range(1, 20):
        url = f"{given['server']}/wp-json/wp/v2/posts?status=any&context=edit&per_page=100&page={page}"
        try:
            posts = get(url, Authorization=f"Basic {pair}")
        except urllib.error.HTTPError:  # beyond the last page
            break
        found.update(NUMBERED.findall(" ".join(post["title"]["raw"] for post in posts)))
    return found


def settle(program: Program) -> tuple[Counter[str], list[Any]]:
    """Delivers until nothing is open any more, or two minutes are over."""
    limit = time.monotonic() + 120
    while True:
        outbox = program.run("outbox", "--deliver", "--limit", "200")
        assert isinstance(outbox, list)
        states = Counter(d["state"] for p in outbox for d in p["deliveries"])
        if set(states) <= {"sent"} or time.monotonic() > limit:
            return states, outbox


@pytest.mark.timeout(600)
def test_killed_at_random_moments_every_post_is_out_exactly_once(tmp_path: Path, practice: PracticeDesk) -> None:
    program, chance = Program(tmp_path), random.Random(SEED)
    accounts = sign_in(program, practice)
    article = tmp_path / "article.md"
    words = ["--to", ",".join(accounts), "--article", str(article)]
    whole: list[float] = []  # seconds that runs took which came to their end; the first is left alone
    talking: list[float] = []
    killed = 0
    for number in range(3 * KILLS):
        if killed == KILLS:
            break
        article.write_text(f"# Article number {number}\n\nThe basics of B2B used to be things we sent.\n")
        asked = requests_of(practice)
        began = time.monotonic()
        running = program.begin("post", f"Post number {number}", *words)
        anywhere = number % 4 == 3  # three of four are killed while they talk to the networks
        while not anywhere and requests_of(practice) == asked and running.poll() is None:
            time.sleep(0.002)
        talks = time.monotonic()
        try:
            running.wait(timeout=chance.uniform(0, median((whole if anywhere else talking)[-5:])) if number else None)
            whole.append(time.monotonic() - began)
            if not anywhere:
                talking.append(time.monotonic() - talks)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
            killed += 1

    states, outbox = settle(program)
    assert set(states) == {"sent"}, states
    accepted = {text for p in outbox for text in NUMBERED.findall(p["text"])}
    drafts = [text for draft in drafts_of(program) for text in NUMBERED.findall(draft)]
    assert killed == KILLS, "most runs ended before they could be killed"
    assert len(accepted) > KILLS // 4, "too few runs came far enough to prove anything"
    expected = Counter(dict.fromkeys(accepted, 1))
    for network, found in published(practice).items():
        assert found == expected, f"{network}: {found - expected} too many, {expected - found} missing"
    assert not set(drafts) & accepted, "something is both sent and a draft"


def requests_of(practice: PracticeDesk) -> int:
    return sum(len(server.log) for server in practice.servers.values())


def drafts_of(program: Program) -> list[str]:
    """Texts of the drafts in the program's store, read the way the program reads them."""
    store = Store.open(program.profile, now=datetime.now(UTC))
    try:
        return [draft.text for draft in store.read_now(drafts_table.all)]
    finally:
        store.close()

"""What accounts cost, on the command line: an X account in the store, no server is asked."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from socialdesk.app.profile import Profile
from socialdesk.cli.main import app
from socialdesk.core.account import Account
from socialdesk.core.costs import Price
from socialdesk.core.source import Source, WordFilter
from socialdesk.store import accounts, drafts, outbox, sources, spending
from socialdesk.store import columns as columns_table
from socialdesk.store.database import Store

NOW = datetime.now(UTC)


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    made = Profile.choose(tmp_path)
    made.make()
    store = Store.open(made.data, now=NOW)
    account = store.write_now(accounts.add, Account(0, "x", "Northwind Pumps", "@northwind", "https://x.example", "1"))
    source = store.write_now(sources.add, Source(0, "x", "home", account.id))
    store.write_now(columns_table.add, "Home", "house", (source.id,), WordFilter(), "posts", None, NOW)
    price = Price("read", Decimal("0.005"), "item")
    store.write_now(spending.read, account.id, NOW.date(), price, ("1", "2", "3"))
    store.close()
    return tmp_path


def run(profile: Path, *words: str) -> Any:
    answer = CliRunner().invoke(app, ["--profile", str(profile), *words, "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def refused(profile: Path, *words: str) -> str:
    answer = CliRunner().invoke(app, ["--profile", str(profile), *words])
    assert answer.exit_code == 1
    return str(answer.stderr)


def test_the_month_is_shown_and_an_envelope_set(profile: Path) -> None:
    (before,) = run(profile, "spending")
    assert (before["spent"], before["envelope"], before["pace"]) == ("0.015000", None, "usual")
    assert before["charges"] == [{"what": "read", "count": 3, "amount": "0.015000"}]
    (after,) = run(profile, "spending", "@northwind", "--envelope", "$0,016")
    assert (after["envelope"], after["left"], after["pace"]) == ("0.016", "0.001000", "slow")
    told = CliRunner().invoke(app, ["--profile", str(profile), "spending"]).stdout
    assert "about $0.015 of $0.016, reading slowly" in told
    assert "3 posts read $0.015" in told
    assert run(profile, "spending", "1", "--envelope", "none")[0]["envelope"] is None


def test_prices_are_a_person_s_to_change(profile: Path) -> None:
    def amount(found: Any) -> str:
        return str(next(p["amount"] for p in found[0]["prices"] if p["name"] == "read:mentions"))

    assert amount(run(profile, "spending", "1", "--price", "read:mentions=0.005")) == "0.005"
    assert amount(run(profile, "spending", "1", "--price", "post=0.02")) == "0.005"
    assert amount(run(profile, "spending", "1", "--price", "read:mentions=")) == "0.001"


def test_what_makes_no_sense_is_a_sentence(profile: Path) -> None:
    assert "Name the account." in refused(profile, "spending", "--envelope", "5")
    assert "“much” is no amount." in refused(profile, "spending", "1", "--envelope", "much")
    assert "no price called “write”" in refused(profile, "spending", "1", "--price", "write=1")


def test_a_column_can_be_cheap_and_says_what_it_costs(profile: Path) -> None:
    (column,) = run(profile, "column", "list")
    assert (column["cheap"], column["cost"]["interval_s"], column["cost"]["guessed"]) == (False, 300, True)
    assert run(profile, "column", "cheap", "Home")["cheap"]
    (column,) = run(profile, "column", "list")
    assert (column["cheap"], column["cost"]["interval_s"]) == (True, 1800)
    told = CliRunner().invoke(app, ["--profile", str(profile), "column", "list"]).stdout
    assert "Cheap. About $0.25 a day, looking every 30 minutes" in told
    assert not run(profile, "column", "cheap", "Home", "--usual")["cheap"]


def test_a_post_says_its_cost_and_asks_before_the_month_is_overspent(profile: Path) -> None:
    run(profile, "spending", "1", "--envelope", "0.1")
    words = ["post", "Read https://example.com/pumps", "--to", "1"]
    said = refused(profile, *words)
    assert "Costs about $0.20 on @northwind." in said
    assert "@northwind has $0.085 left" in said
    assert "--over-budget" in said
    store = Store.open(Profile.choose(profile).data, now=NOW)
    assert (store.read_now(drafts.all), store.read_now(outbox.publications, None, 5)) == ((), ())
    store.close()
    answer = CliRunner().invoke(app, ["--profile", str(profile), *words, "--over-budget", "--json"])
    assert json.loads(answer.stdout)["text"] == "Read https://example.com/pumps"  # no keyring, no server: it waits

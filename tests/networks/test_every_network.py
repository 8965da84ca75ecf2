"""Every adapter of the program has its own test file, is described in the documentation, and is named nowhere else."""

import ast
import json
import sys
from pathlib import Path
from pkgutil import iter_modules

import pytest
from typer.testing import CliRunner

from socialdesk import networks
from socialdesk.app.networks import own_networks
from socialdesk.cli.main import app
from tests import network_table

HERE = Path(__file__).parent
MODULES = sorted(module.name for module in iter_modules(networks.__path__))
ROOMS = HERE.parents[1] / "socialdesk"
OWN_ROOMS = {"networks", "practice"}
WORDS = {"x", "ghost", "feeds"}  # an icon, the look of a button, a plural as well: only a comparison names the network
FEEDS = {"content/feeds", "core/known_sites.py"}  # say what feeds a site has, whether or not there is an adapter for it
DROPPED_IN = """
from socialdesk.core.network import NetworkFacts, Nothing, SourceKind


class Pigeon:
    facts = NetworkFacts("pigeon", "Pigeon Post", "#336699", "rss", (Nothing(),), (SourceKind("loft", "Loft", "rss"),))

    def __init__(self, account: object, credential: object, http: object) -> None:
        self.account = account


NETWORK = Pigeon
"""


@pytest.mark.parametrize("module", MODULES)
def test_every_adapter_has_its_test_file(module: str) -> None:
    path = HERE / f"test_{module}.py"
    assert path.is_file(), f"socialdesk/networks/{module} needs tests/networks/{path.name}"
    assert "\ndef test_" in (text := path.read_text("utf-8")) or " def test_" in text


def test_a_network_is_named_in_its_own_place_only() -> None:
    keys = set(own_networks())
    named = []
    for path in sorted(ROOMS.rglob("*.py")):
        place = path.relative_to(ROOMS).as_posix()
        if place.split("/")[0] in OWN_ROOMS or any(place.startswith(one) for one in FEEDS):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        compared = {id(leaf) for node in ast.walk(tree) if isinstance(node, ast.Compare) for leaf in ast.walk(node)}
        named += [
            f"{place}:{leaf.lineno}: {leaf.value}"
            for leaf in ast.walk(tree)
            if isinstance(leaf, ast.Constant)
            and leaf.value in keys
            and (leaf.value not in WORDS or id(leaf) in compared)
        ]
    assert named == []


def test_a_network_that_is_put_there_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pigeon.py").write_text(DROPPED_IN)
    monkeypatch.setattr(networks, "__path__", [*networks.__path__, str(tmp_path)])
    try:
        answer = CliRunner().invoke(app, ["--profile", str(tmp_path / "profile"), "networks", "--json"])
        found = {one["key"]: one for one in json.loads(answer.stdout)}
        assert found["pigeon"]["title"] == "Pigeon Post"
        assert [kind["kind"] for kind in found["pigeon"]["reads"]] == ["loft"]
    finally:
        sys.modules.pop("socialdesk.networks.pigeon", None)


def test_the_table_in_the_docs_is_that_of_the_adapters() -> None:
    document = HERE.parents[1] / "docs" / "networks.md"
    assert network_table.renewed(document.read_text("utf-8")) == document.read_text("utf-8"), "run: make docs"


def test_the_command_lists_every_network_with_all_there_is_to_know(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["--profile", str(tmp_path), "networks", "--json"])
    assert answer.exit_code == 0, answer.output
    found = {one["key"]: one for one in json.loads(answer.stdout)}
    assert set(found) == set(own_networks())
    x = found["x"]
    assert {
        "kind": "home",
        "title": "Home",
        "needs_account": True,
        "inbox": False,
        "asks_for": [],
        "every_s": 300,
    } in x["reads"]
    assert x["limits"] == {"text": 280, "pictures": 4, "picture_bytes": 5_000_000, "alt_text": 1000}
    assert [way["way"] for way in x["sign_in"]] == ["browser", "token"]
    assert {p["what"] for p in x["prices"]} >= {"read", "post", "post_with_link"}
    assert (x["actions"], x["plan_actions"]) == (["reshare", "reply", "bookmark"], ["like", "quote"])
    assert found["mastodon"]["varies"]
    assert found["mastodon"]["limits"]["text"] == 500
    assert found["feeds"]["publishes"] == []
    assert {"video", "poll", "who may answer"} <= set(x["publishes"])
    assert "time" in found["facebook"]["publishes"]
    assert "article" in found["ghost"]["publishes"]
    assert "article" in found["micropub"]["publishes"]


def test_the_command_tells_people_the_same(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["--profile", str(tmp_path), "networks"]).stdout
    assert "X (x)" in told
    assert "$0.20 with a link" in told
    markdown = CliRunner().invoke(app, ["--profile", str(tmp_path), "networks", "--markdown"]).stdout
    assert markdown.startswith("| Network | Reads |")

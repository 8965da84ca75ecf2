"""After a full run with a real Ghost and a real Micropub site, their secrets are nowhere but in the keyring."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.interop.proxy import in_front_of
from tests.interop.rigs import ghost, micropub
from tests.support.recorded import RecordedProgram
from tests.support.secrets import found_in_folder, found_in_text

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]


def test_a_full_run_leaves_no_secret(
    tmp_path: Path,
    keyring: Mapping[str, str],
    ghost_site: ghost.Site,
    own_site: micropub.Site,
    picture_file: Callable[[str], Path],
) -> None:
    program = RecordedProgram(tmp_path, keyring, loud=True)
    secrets = {"Ghost": ghost_site.key.partition(":")[2], "Micropub": own_site.token}
    secrets["a token of Ghost's"] = "eyJhbGciOiAiSFMyNTYi"  # how each of them begins
    with in_front_of(ghost_site.url) as one, in_front_of(own_site.url) as two:
        signed_in = [
            program.add_account("ghost", ghost_site.key, server=one.url),
            program.add_account("micropub", own_site.token, server=two.url),
        ]
        for account in signed_in:
            program.run("column", "add", account["network"], "posts", "--account", account["id"])
        path = tmp_path / "article.md"
        accounts = ",".join(str(account["id"]) for account in signed_in)
        for number in range(3):
            image = picture_file(f"{number}.png").name
            path.write_text(f"---\nimage: {image}\nimage_alt: A chart\n---\n# Article {number}\n\nWhat buyers keep.\n")
            program.try_("post", f"Post {number}", "--to", accounts, "--article", path, "--json")
            program.try_("refresh")
            for proxy in (one, two):
                for what in ("answer", "half", "question"):
                    proxy.lose(what, "POST", ".")
                    proxy.lose(what, "GET", ".")
        program.try_("outbox", "--deliver", "--json")
        for proxy in (one, two):
            proxy.answer_all(401)
        program.try_("refresh")
        program.try_("post", "Nobody", "--to", accounts, "--article", path, "--json")
        for words in (("doctor",), ("doctor", "--json"), ("account", "list", "--json")):
            program.try_(*words)
    program.try_("account", "remove", signed_in[0]["id"])

    there = found_in_folder(program.profile, {"host": ghost_site.url.partition("://")[2], "log": "DEBUG socialdesk"})
    assert any(place.startswith("host, plain: desk.sqlite3") for place in there), "the search finds what is there"
    assert any(place.startswith("log, plain: logs") for place in there)
    assert found_in_folder(program.profile, secrets) == []
    assert found_in_text([text for said in program.said for text in (said.out, said.err)], secrets) == []

"""Word filters: what passes."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.core.entry import Author, Entry, EntryKind, LinkCard, Media, MediaKind, Quoted, Reason
from socialdesk.core.filters import matches, rough_matcher
from socialdesk.core.source import WordFilter

POST = Entry("k", "mastodon", "1", EntryKind.POST, Author("Ann Ferry", "@ann@social.example"), "")


def finds(word: str, text: str) -> bool:
    found = matches(WordFilter(any_of=(word,)), replace(POST, text=text))
    assert matches(WordFilter(none_of=(word,)), replace(POST, text=text)) is not found
    return found


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("pumps", "Pumps!"),
        ("PUMPS", "many pumps"),
        ("lead gen", "Lead  Gen"),
        ("lead gen", "lead\ngen now"),
        ("b2b", "#B2B"),
        ("b2b", "B2B-Marketing"),
        ("#b2b", "on #b2b today"),
        ("market*", "marketing"),
        ("c++", "We use C++."),
        ("straße", "STRASSE"),
        ("ｗｅｂ", "the web"),
        ("naïve", "NAÏVE"),
        ("营销", "新的营销报告"),
        ("b2b", "日本のB2Bは"),
        ("マーケ", "マーケティング"),
        ("(a", "list (a) of"),
        ("said", "un said said"),
        ("said", "unsaid said"),
    ],
)
def test_found(word: str, text: str) -> None:
    assert finds(word, text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("pump", "pumps"),
        ("ump", "pump"),
        ("market", "marketing"),
        ("lead gen", "leads general"),
        ("lead gen", "lead of gen"),
        ("#b2b", "b2b"),
        ("market*", "supermarket"),
        ("said", "unsaid"),
        ("a.b", "axb"),
        ("营销", "营 销"),
    ],
)
def test_not_found(word: str, text: str) -> None:
    assert not finds(word, text)


@pytest.mark.parametrize("empty", [(), ("",), ("  ", "*")])
def test_no_words_let_everything_pass(empty: tuple[str, ...]) -> None:
    assert matches(WordFilter(any_of=empty, none_of=empty), POST)


def test_unwanted_words_win() -> None:
    words = WordFilter(any_of=("pumps", "valves"), none_of=("ads",))
    assert matches(words, replace(POST, text="about valves"))
    assert not matches(words, replace(POST, text="valves, ads"))
    assert not matches(words, replace(POST, text="nothing"))


def test_looks_at_everything_a_person_reads() -> None:
    entry = replace(
        POST,
        title="Titleword",
        summary="Summaryword",
        warning="Warningword",
        tags=("Tagword",),
        link=LinkCard("https://x.example/urlword", "Cardword", "Descriptionword"),
        quoted=Quoted(Author("Q"), "Quotedword"),
    )
    read = "titleword summaryword warningword tagword #tagword cardword descriptionword quotedword ferry @ann@social"
    assert [word for word in read.split() if not matches(WordFilter(any_of=(word,)), entry)] == []
    assert not matches(WordFilter(any_of=("urlword",)), entry)


def test_kinds() -> None:
    boost = replace(POST, reason=Reason("reshare", Author("B")))
    reply, answered = replace(POST, reply_to="x"), replace(POST, reason=Reason("reply"))
    picture = replace(POST, media=(Media(MediaKind.IMAGE, "https://x.example/1.png"),))
    every = (POST, boost, reply, answered, picture)
    passed = {
        name: [entry for entry in every if matches(replace(WordFilter(), **{name: True}), entry)]
        for name in ("hide_reshares", "hide_replies", "only_media")
    }
    assert passed == {
        "hide_reshares": [POST, reply, answered, picture],
        "hide_replies": [POST, boost, picture],
        "only_media": [picture],
    }


SOME_WORDS = st.lists(
    st.sampled_from(["pumps", "lead gen", "#b2b", "mark*", "c++", "日本", "ｗｅｂ", "x&y"]), max_size=2
)


@given(
    any_of=SOME_WORDS,
    none_of=SOME_WORDS,
    text=st.lists(st.sampled_from(["Pumps", "lead", "gen", "market", "C++", "日本", "web", "K", "X&Y", '"'])),
    tags=st.sampled_from([(), ("b2b",)]),
    hide=st.booleans(),
)
def test_quick_look_never_contradicts(
    any_of: list[str], none_of: list[str], text: list[str], tags: tuple[str, ...], hide: bool
) -> None:
    words = WordFilter(tuple(any_of), tuple(none_of), hide_reshares=hide)
    for reason in (None, Reason("reshare", Author("B"))):
        entry = replace(POST, text=" ".join(text), tags=tags, reason=reason)
        said = json.dumps({"text": entry.text, "tags": tags, "author": "Ann Ferry @ann@social"}, ensure_ascii=False)
        assert rough_matcher(words)(said) in (None, matches(words, entry))


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=60))
def test_any_words_and_any_text(words: list[str], text: str) -> None:
    """Nothing a person types breaks the filter, and a word that stands alone is found."""
    entry = replace(POST, text=text)
    wanted = matches(WordFilter(any_of=tuple(words)), entry)
    unwanted = matches(WordFilter(none_of=tuple(words)), entry)
    real = [word for word in words if word.rstrip("* \t").strip()]
    if not any(word.strip(" *\t\n") for word in real):
        return
    assert wanted is not unwanted

"""What is certain is repaired, the rest is kept aside; every change is told."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.errors import EmosError
from emos.readers.repair import (
    LONGEST_LABEL,
    Reading,
    read_labels,
    read_open_labels,
    reread_votes,
)
from emos.tables import DatasetInfo
from emos.taxonomy import BASIC7, GOEMOTIONS, custom_label_set

# The first MELD batch: 30 distinct misspellings, 38 tokens (how often each occurs).
FIRST_BATCH = {
    "admiaration": ("admiration", 2),
    "ambarrassment": ("embarrassment", 1),
    "amusemet": ("amusement", 2),
    "annoaynce": ("annoyance", 4),
    "anoyance": ("annoyance", 1),
    "curioisity": ("curiosity", 1),
    "curiosty": ("curiosity", 1),
    "deisire": ("desire", 1),
    "disaaproval": ("disapproval", 2),
    "disappointement": ("disappointment", 1),
    "disaspproval": ("disapproval", 1),
    "disdust": ("disgust", 2),
    "disggust": ("disgust", 1),
    "disire": ("desire", 1),
    "durprise": ("surprise", 1),
    "ebarrassment": ("embarrassment", 1),
    "excitemrnt": ("excitement", 1),
    "exitement": ("excitement", 1),
    "grtitude": ("gratitude", 1),
    "jou": ("joy", 1),
    "lone": ("love", 1),
    "lovedesire": ("love;desire", 1),
    "lve": ("love", 1),
    "nervousnee": ("nervousness", 1),
    "relilef": ("relief", 1),
    "remorrse": ("remorse", 1),
    "resorse": ("remorse", 1),
    "sadenss": ("sadness", 1),
    "ssadness": ("sadness", 1),
    "surprsie": ("surprise", 2),
}
# The 37 words of the streaming part that are no labels.
STRANGERS = (
    "pessimism determination despair anticipation awe empathy acceptance contempt resignation "
    "nostalgia insecurity loneliness devotion frustration triumph solidarity disbelief bitterness "
    "rage defensive suspicion hope confidence defiance inspiration urgency respect vulnerability "
    "sincerity advice secretive pain trust challenge longing understanding desperation"
)


def _fine(raw: str | None, mode: str = "full") -> Reading:
    return read_labels(raw, GOEMOTIONS, mode=mode)


def test_the_vectors_are_complete() -> None:
    assert len(FIRST_BATCH) == 30
    assert sum(count for _, count in FIRST_BATCH.values()) == 38
    assert len(STRANGERS.split()) == 37


@pytest.mark.parametrize("typed", FIRST_BATCH)
def test_misspellings_of_the_first_batch(typed: str) -> None:
    reading = _fine(typed)
    assert ";".join(reading.labels) == FIRST_BATCH[typed][0]
    assert [change.kind for change in reading.changes] == ["repaired"]
    assert reading.changes[0].before == typed
    assert _fine(typed, "drop").labels == ()


@pytest.mark.parametrize("word", STRANGERS.split())
def test_words_that_are_no_labels_are_kept_aside(word: str) -> None:
    assert _fine(word) == Reading((), "blank", (word,), _fine(word).changes)
    assert [(c.kind, c.rule) for c in _fine(word).changes] == [("aside", "unknown-label")]


def test_a_label_with_a_fragment_far_behind_it() -> None:
    reading = _fine("realization" + " " * 1713 + "re")
    assert reading.labels == ("realization",)
    assert reading.aside == ("re",)
    assert [c.rule for c in reading.changes] == ["separator", "unknown-label"]


@pytest.mark.parametrize(
    ("raw", "labels", "rules"),
    [
        ("joy;love", ("joy", "love"), []),
        ("joy;", ("joy",), ["empty-token"]),
        (";;joy", ("joy",), ["empty-token"]),
        ("love;love", ("love",), ["repeated"]),
        ("Joy", ("joy",), ["case"]),
        (" joy", ("joy",), ["blanks"]),
        ("joy\u200b", ("joy",), ["blanks"]),
        ("joy；love", ("joy", "love"), ["separator"]),
        ("joy，love、fear", ("joy", "love", "fear"), ["separator"]),
        ("joy|love\nfear/anger", ("joy", "love", "fear", "anger"), ["separator", "separator"]),
        ("joy love", ("joy", "love"), ["missing-separator"]),
        ("grief 😢", ("grief",), ["emoji", "blanks"]),
        ("disgust🤢", ("disgust",), ["emoji"]),
        ("ｊｏｙ", ("joy",), ["width"]),
        ("愤怒", ("anger",), ["chinese"]),
        ("Anger/愤怒", ("anger",), ["pair"]),
        ("愤怒/anger", ("anger",), ["pair"]),
        ('"joy"', ("joy",), ["punctuation"]),
        ("LoveDesire", ("love", "desire"), ["glued"]),
        ("unsure;joy", ("unsure", "joy"), []),
    ],
)
def test_what_is_certain(raw: str, labels: tuple[str, ...], rules: list[str]) -> None:
    reading = _fine(raw)
    assert reading.labels == labels
    assert [change.rule for change in reading.changes] == rules
    assert reading.status == "given"
    assert not reading.aside


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ("not joy", "unknown-label"),
        ("joy?", "unknown-label"),
        ("Anger/喜悦", "pair-disagrees"),
        ("hope/希望", "pair-disagrees"),
        ("#REF!", "sheet-error"),
        ("2020-01-02 00:00:00", "unknown-label"),
        ("=A1", "unknown-label"),
        ("😢", "unknown-label"),
        ("7", "unknown-label"),
        ("x" * 200, "unknown-label"),
    ],
)
def test_what_is_not_certain_is_kept_aside(raw: str, rule: str) -> None:
    reading = _fine(raw)
    assert reading.labels == ()
    assert reading.status == "blank"
    assert reading.changes[-1].rule == rule
    assert reading.changes[-1].kind == "aside"


NO_VALUE = (
    *("NA", "N/A", "n/a", "None", "null", "NULL", "-", "—", "?", "???", "nan", "NaN", "."),
    *("inf", "#N/A", "\\N", "<NA>", " - ", "？"),
)


@pytest.mark.parametrize("mode", ["full", "drop"])
@pytest.mark.parametrize("raw", NO_VALUE)
def test_words_for_no_value_are_blanks(raw: str, mode: str) -> None:
    for label_set in (BASIC7, GOEMOTIONS):
        reading = read_labels(raw, label_set, mode=mode)
        assert (reading.labels, reading.status, reading.aside) == ((), "blank", ())
        assert [(c.kind, c.rule, c.before) for c in reading.changes] == [
            ("flagged", "no-value", raw.strip())
        ]
    assert read_labels(f"joy;{raw}", GOEMOTIONS, mode=mode).labels == ("joy",)
    assert read_open_labels(pl.Series([raw]))[raw].status == "blank"


def test_a_declared_label_is_one_whatever_it_is_called() -> None:
    own = custom_label_set(["none", "mild", "?"], multi=False)
    assert read_labels("None", own).labels == ("none",)
    assert read_labels("?", own).labels == ("?",)
    assert read_labels("null", own).status == "blank"


def test_a_spelling_is_of_its_own_set_only() -> None:
    assert read_labels("anoyance", BASIC7, spellings={"anoyance": "annoyance"}).labels == ()


def test_three_states() -> None:
    for blank in (None, "", "   ", "\n"):
        assert _fine(blank) == Reading((), "blank")
    assert _fine("unsure").status == "unsure"
    assert _fine("Unsure").status == "unsure"
    # Unsure is an answer where the set has no such label, too, and never a guess beside others.
    for raw in ("unsure", "Unsure", "不确定"):
        assert read_labels(raw, BASIC7)[:3] == ((), "unsure", ())
    assert read_labels("unsure", BASIC7, mode="drop").status == "unsure"
    assert read_labels("unsure;Joy", BASIC7)[:3] == (("Joy",), "given", ("unsure",))
    assert read_labels("unsure;zzz", BASIC7)[:3] == ((), "blank", ("zzz", "unsure"))


def test_several_labels_in_a_single_label_set() -> None:
    assert read_labels("Joy;Joy", BASIC7).labels == ("Joy",)
    reading = read_labels("Joy;Anger", BASIC7)
    assert (reading.labels, reading.aside) == ((), ("Joy;Anger",))
    assert reading.changes[-1].rule == "several-labels"


@pytest.mark.parametrize("label", BASIC7.labels)
def test_pairs_of_the_streaming_part(label: str) -> None:
    for chinese in BASIC7.chinese[label]:
        assert read_labels(f"{label}/{chinese}", BASIC7).labels == (label,)


def test_drop_counts_exact_labels_only() -> None:
    reading = _fine("joy;Love; fear ;anoyance;joy;", "drop")
    assert reading.labels == ("joy", "fear")
    assert reading.aside == ("Love", "anoyance")
    assert {change.rule for change in reading.changes} == {"not-exact"}
    spelt = read_labels("anoyance", GOEMOTIONS, mode="drop", spellings={"anoyance": "annoyance"})
    assert spelt.labels == ("annoyance",)
    assert [change.rule for change in spelt.changes] == ["release-spelling"]


def test_unknown_mode() -> None:
    with pytest.raises(EmosError, match="unknown repair 'some'; it is full or drop"):
        _fine("joy", "some")


def test_labels_that_differ_in_case_only() -> None:
    both = custom_label_set(["US", "us"], multi=True)
    assert read_labels("us", both).labels == ("us",)
    assert read_labels("US", both).labels == ("US",)
    assert read_labels("Us", both).labels == ()


labels = st.sampled_from(GOEMOTIONS.labels)
dirt = st.text(st.characters(codec="utf-8"), max_size=12)
cells = st.one_of(
    dirt,
    st.lists(st.one_of(labels, dirt), max_size=5).map(";".join),
    st.lists(st.tuples(labels, st.sampled_from("; ；,，/|、\n😢")), max_size=5).map(
        lambda parts: "".join(a + b for a, b in parts)
    ),
)


@given(raw=cells, mode=st.sampled_from(["full", "drop"]))
def test_never_a_label_outside_the_set(raw: str, mode: str) -> None:
    for label_set in (GOEMOTIONS, BASIC7):
        reading = read_labels(raw, label_set, mode=mode)
        assert set(reading.labels) <= set(label_set.labels)
        assert len(set(reading.labels)) == len(reading.labels)
        assert (reading.status == "given") == (bool(reading.labels) and reading.status != "unsure")
        if reading.status == "unsure":  # has a label of that name, or none at all
            assert reading.labels in (("unsure",), ())
        elif not reading.labels and raw.strip():
            assert reading.changes or not raw.strip(" \n;；,，/|｜、\t\r"), "dropped in silence"


@given(raw=cells)
def test_repair_is_idempotent(raw: str) -> None:
    once = _fine(raw)
    again = _fine(";".join(once.labels))
    assert again.labels == once.labels
    assert again.changes == ()


@given(raw=cells)
def test_nothing_changes_unseen(raw: str) -> None:
    """A cell without changes is a ;-list of labels as they are spelled, and nothing else."""
    reading = _fine(raw)
    if raw.strip() and not reading.changes:
        assert raw.split(";") == list(reading.labels)


@given(chosen=st.lists(labels, min_size=1, max_size=6, unique=True))
def test_canonical_labels_are_unchanged(chosen: list[str]) -> None:
    reading = _fine(";".join(chosen))
    assert reading.labels == tuple(chosen)
    assert reading.changes == ()
    assert _fine(";".join(chosen), "drop") == reading


@given(
    chosen=st.lists(labels, min_size=2, max_size=5, unique=True),
    marks=st.lists(st.sampled_from(";；,，|｜/／、\n\t"), min_size=4, max_size=4),
)
def test_which_separator_makes_no_difference(chosen: list[str], marks: list[str]) -> None:
    raw = chosen[0]
    for label, mark in zip(chosen[1:], marks, strict=False):
        raw += mark + label
    assert _fine(raw).labels == tuple(chosen)


@given(chosen=st.lists(labels, min_size=1, max_size=4, unique=True), order=st.randoms())
def test_the_order_of_labels_is_the_order_given(chosen: list[str], order: object) -> None:
    order.shuffle(chosen)  # type: ignore[attr-defined]
    assert _fine("; ".join(label.upper() for label in chosen)).labels == tuple(chosen)


@given(label=labels, extra=st.text(st.characters(categories=["So"]), min_size=1, max_size=3))
def test_emoji_and_width_leave_the_label(label: str, extra: str) -> None:
    # Some symbols are letters once their width is normalised (℡ becomes TEL): no emoji.
    if any(unicodedata.category(c) != "So" for c in unicodedata.normalize("NFKC", extra)):
        return
    wide = "".join(chr(ord(c) + 0xFEE0) for c in label)
    assert _fine(f"{extra}{wide} {extra}").labels == (label,)


def test_open_labels_are_taken_as_they_are() -> None:
    long = "x" * (LONGEST_LABEL + 1)
    readings = read_open_labels(pl.Series(["pro;con", "Pro", "nan", long, " ", None]))
    assert readings["pro;con"].labels == ("pro", "con")
    assert readings["Pro"].labels == ("Pro",)
    assert readings["nan"].status == "blank"
    assert readings[long].changes[0].rule == "long-label"
    assert readings[" "].status == "blank"
    single = read_open_labels(pl.Series(["pro;con", " Pro"]), multi=False)
    assert (single["pro;con"].labels, single["pro;con"].aside) == ((), ("pro;con",))
    (change,) = single[" Pro"].changes
    assert (change.rule, change.before, change.after) == ("blanks", " Pro", "Pro")


def test_votes_are_read_again_from_what_was_typed() -> None:
    info = DatasetInfo("x", rules={"release_spellings": {"anoyance": "annoyance"}})
    votes = pl.DataFrame(
        {
            "layer": ["goemotions", "goemotions", "goemotions", "basic7", "label"],
            "raw": ["joy;anoyance", "jou", None, "anger", "Own"],
            "labels": [["joy", "annoyance"], ["joy"], [], ["Anger"], ["Own"]],
            "status": ["given", "given", "blank", "given", "given"],
            "aside": [[], [], [], [], []],
        },
        schema_overrides={"labels": pl.List(pl.String), "aside": pl.List(pl.String)},
    )
    dropped = reread_votes(votes, info, mode="drop")
    assert dropped["labels"].to_list() == [["joy", "annoyance"], [], [], [], ["Own"]]
    assert dropped["status"].to_list() == ["given", "blank", "blank", "blank", "given"]
    assert dropped["aside"].to_list() == [[], ["jou"], [], ["anger"], []]
    assert reread_votes(dropped, info, mode="full").equals(votes)

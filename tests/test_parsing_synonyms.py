"""Synonyms count only where a table is named; phrases of refusal are data."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from emos.errors import EmosError
from emos.evaluate.parsing import load_synonyms, parse_answer, parse_utterances
from emos.evaluate.parsing.fields import fold
from emos.evaluate.parsing.refusals import refusal_in
from emos.evaluate.parsing.synonyms import synonym_names
from emos.taxonomy import layer_label_set


def _data(name: str) -> dict[str, dict[str, list[str]]]:
    text = files("emos.evaluate.parsing").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def test_happy_is_no_label_unless_a_table_says_so() -> None:
    assert parse_answer("Happy").status == "invalid"
    parsed = parse_answer("Happy", synonyms=load_synonyms("common"))
    assert (parsed.status, parsed.basic7) == ("ok", "Joy")
    assert "synonym: Happy read as Joy" in map(str, parsed.notes)


def test_a_table_serves_both_layers_and_monologues() -> None:
    table = load_synonyms("common")
    clip = parse_answer('{"emotion": "sad", "goemotions": ["nervous", "glum"]}', synonyms=table)
    assert (clip.basic7, clip.goemotions, clip.aside) == (
        "Sadness",
        {"nervousness": None},
        ("glum",),
    )
    text = '{"utterances": [{"start": 0, "end": 1, "emotion_primary": "Angry"}]}'
    assert parse_utterances(text, synonyms=table).utterances[0].basic7 == "Anger"
    assert parse_utterances(text).utterances[0].basic7 == "Angry"


def test_words_of_emotion_llama_that_are_no_class_stay_out_of_the_example() -> None:
    table = load_synonyms("common")
    read = {
        word: parse_answer(word, synonyms=table).basic7
        for word in [
            "happy",
            "sad",
            "neutral",
            "angry",
            "worried",
            "surprise",
            "fear",
            "contempt",
            "doubt",
        ]
        if parse_answer(word, synonyms=table).status == "ok"
    }
    assert read == {
        "happy": "Joy",
        "sad": "Sadness",
        "neutral": "Neutral",
        "angry": "Anger",
        "surprise": "Surprise",
        "fear": "Fear",
    }


def test_ones_own_table(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[basic7]\n"Very  Worried" = "Fear"\n怒 = "Anger"\n'.replace("怒", '"怒"'), "utf-8"
    )
    table = load_synonyms(path)
    assert table.name == "mine"
    assert parse_answer("very worried", synonyms=table).basic7 == "Fear"
    assert parse_answer("怒", synonyms=table).basic7 == "Anger"
    other = tmp_path / "again.toml"
    other.write_text('# the same\n[basic7]\n"怒" = "Anger"\n"very worried" = "Fear"\n', "utf-8")
    assert load_synonyms(other).hash == table.hash != load_synonyms("common").hash


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "no table in it"),
        ("[basic8]\nx = 'Joy'", "unknown table 'basic8'"),
        ("basic7 = 3", "basic7 is no table"),
        ("[basic7]\nhappy = 'Happy'", "'Happy' is no label"),
        ("[basic7]\nhappy = ['Joy']", "is no label"),
        ("[basic7]\nfear = 'Joy'", "'fear' is a label itself"),
        ("[basic7", "no TOML"),
    ],
)
def test_a_file_that_is_no_table(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EmosError, match=problem):
        load_synonyms(path)


def test_an_unknown_table_lists_the_known_ones() -> None:
    with pytest.raises(EmosError, match="use common, or a TOML file"):
        load_synonyms("usual")


@pytest.mark.parametrize("name", synonym_names())
def test_no_shipped_synonym_is_a_label_of_either_language(name: str) -> None:
    for layer, words in load_synonyms(name).tables.items():
        label_set = layer_label_set(layer)
        known = {label.casefold() for label in label_set.labels}
        known |= {name for names in label_set.chinese.values() for name in names}
        assert not known & set(words)


def test_every_phrase_is_recognised_and_stands_once() -> None:
    groups = _data("refusals.toml")["phrases"]
    phrases = [phrase for group in groups for phrase in group["phrases"]]  # type: ignore[index]
    assert len(set(phrases)) == len(phrases)
    for phrase in phrases:
        assert refusal_in(f"Well… {phrase.upper()} so.") is not None
    assert {group["language"] for group in groups} == {"en", "zh"}  # type: ignore[index]


@pytest.mark.parametrize("text", ["", "Joy", "She cannot help laughing.", "他说不能再等了。"])
def test_what_is_no_refusal(text: str) -> None:
    assert refusal_in(text) is None


def test_no_name_of_a_field_names_two() -> None:
    for part in _data("fields.toml").values():
        names = [fold(name) for names in part.values() for name in names]
        twice = {name for name in names if names.count(name) > 1}
        assert not twice

"""Prompts are frozen: a changed text fails here until its version and hash are changed too."""

from __future__ import annotations

import hashlib
import json
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emos.errors import EmosError
from emos.evaluate.prompts import load_prompt, prompt_names
from emos.taxonomy import BASIC7, GOEMOTIONS_28

# Name: version and SHA-256 of the text. Whoever changes a text gives it another version.
FROZEN = {
    "a-json": ("1", "69e8b1543adc68b4d85fbd5015d101fc56c75f55b7d559a15dcae71b4df7d432"),
    "a-text": ("1", "3e527d4fcf4e65f7adf80972c2cc4073c40294f24b6ab9e76f75dfb9fcf2d7f4"),
    "b-json": ("1", "484b8002a8bcc90e89c1f254e79cca6c79575a5a45997b198468a0cd86080512"),
    "b-text": ("1", "5116fd8e988faf3023b618812f7dec1e22834954d423b0120e0a4c7229c40a9c"),
    "emotion-llama": ("1", "3abf301d3ae0845c48ff10181dfa4a09cd88736259c41aee4e77d5cc82dbfd8f"),
}
ITEM = {"language": "zh", "transcript": "我不想走。"}


def test_every_shipped_prompt_is_frozen() -> None:
    assert {name: (load_prompt(name).version, load_prompt(name).hash) for name in FROZEN} == FROZEN
    assert set(prompt_names()) == set(FROZEN)


def test_the_hash_is_that_of_the_text() -> None:
    prompt = load_prompt("a")
    assert prompt.hash == hashlib.sha256(prompt.text.encode()).hexdigest()


@pytest.mark.parametrize(("short", "name"), [("a", "a-json"), ("b", "b-json")])
def test_short_names(short: str, name: str) -> None:
    assert load_prompt(short) == load_prompt(name)


def _head(name: str) -> dict[str, object]:
    text = files("emos.evaluate.prompts").joinpath("texts", f"{name}.txt").read_text("utf-8")
    return tomllib.loads(text.split("+++\n")[1])


@pytest.mark.parametrize("name", FROZEN)
def test_the_head_says_where_the_wording_is_from(name: str) -> None:
    head = _head(name)
    prompt = load_prompt(name)
    assert head["source"] == prompt.source != ""
    assert head["name"] == name
    lines = prompt.text.split("\n")
    for filled in head["filled"]:  # type: ignore[attr-defined]
        assert filled["line"] in lines
        assert filled["why"]


def test_emotion_llama_names_repository_file_and_commit() -> None:
    source = load_prompt("emotion-llama").source
    assert "github.com/ZebangCheng/Emotion-LLaMA" in source
    assert "minigpt4/datasets/datasets/first_face.py" in source
    assert "2172ee452d56d41bb8380e65d11570a0e6928c68" in source


def test_prompt_a_filled_in() -> None:
    text = load_prompt("a").render(ITEM)
    assert text.endswith("Clip metadata:\n- language: zh\n- transcript: 我不想走。")
    assert f"Use only these labels: {', '.join(GOEMOTIONS_28)}." in text
    assert '"predicted_emotion": "<label>"' in text
    for label in BASIC7.labels:
        assert label in text.split("\n", maxsplit=1)[0]


def test_prompt_b_sends_its_text_as_it_is() -> None:
    prompt = load_prompt("b")
    assert prompt.render({}) == prompt.text
    assert prompt.asks == ("utterances",)
    assert prompt.layers == ()


def test_the_forms_of_prompt_b_differ_in_the_form_alone() -> None:
    tasks = load_prompt("b-json").text.split("3. Output")[0]
    assert load_prompt("b-text").text.startswith(tasks.rstrip("\n"))


def test_what_data_say_is_never_a_template() -> None:
    nasty = "{language} {Goemotions_labels} {0} {transcript.__class__} %s \\1 {{x}} $language"
    text = load_prompt("a").render({"language": "{transcript}", "transcript": nasty})
    assert text.endswith(f"- language: {{transcript}}\n- transcript: {nasty}")


@given(st.text(), st.text())
def test_any_text_is_filled_in_as_it_is(language: str, transcript: str) -> None:
    prompt = load_prompt("a")
    before, after = prompt.text.split("{language}")
    between, rest = after.split("{transcript}")
    labels = ", ".join(GOEMOTIONS_28)
    assert rest == ""
    assert prompt.render({"language": language, "transcript": transcript}) == (
        before.replace("{Goemotions_labels}", labels) + language + between + transcript
    )


def test_a_transcript_that_is_not_given() -> None:
    text = load_prompt("a").render({"language": "en", "transcript": None})
    assert text.endswith("- transcript: (not given)")


def test_own_labels_for_prompt_a() -> None:
    text = load_prompt("a").render(ITEM | {"Goemotions_labels": "joy, unsure"})
    assert "Use only these labels: joy, unsure." in text


def test_a_missing_value_is_named() -> None:
    with pytest.raises(EmosError, match="prompt a-json needs 'transcript'"):
        load_prompt("a").render({"language": "en"})


def test_own_prompt_without_a_head(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text('Say {"emotion": ...} of {transcript} {nothing}\n', encoding="utf-8")
    prompt = load_prompt(path)
    assert (prompt.name, prompt.version, prompt.form) == ("mine", "", "text")
    assert prompt.placeholders == ("transcript",)
    assert prompt.render(ITEM) == 'Say {"emotion": ...} of 我不想走。 {nothing}'


def test_own_prompt_with_a_head(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    head = {"name": "short", "version": "3", "form": "json", "asks": ["basic7"]}
    lines = [f"{key} = {json.dumps(value)}" for key, value in head.items()]
    lines += ['placeholders = ["speaker", "transcript"]']
    text = "+++\n" + "\n".join(lines) + "\n+++\n{speaker} says {transcript} in {language}\n"
    path.write_bytes(text.replace("\n", "\r\n").encode())  # as an editor on Windows saves it
    prompt = load_prompt(path)
    assert (prompt.name, prompt.version, prompt.form) == ("short", "3", "json")
    assert prompt.layers == ("basic7",)
    assert prompt.render(ITEM | {"speaker": "Wu"}) == "Wu says 我不想走。 in {language}"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "no text in it"),
        ("+++\nname = 'x'\n+++\n\n", "no text in it"),
        ("+++\nname = 'x'\nSay it", "its head has no end"),
        ("+++\nname = x\n+++\nSay it", "its head is no TOML"),
        ("+++\nname = 3\n+++\nSay it", "name is no text"),
        ("+++\nform = 'xml'\n+++\nSay it", "form 'xml'"),
        ("+++\nasks = ['valence']\n+++\nSay it", "asks for nothing that is known"),
        ("+++\nasks = []\n+++\nSay it", "asks for nothing that is known"),
        ("+++\nasks = 'basic7'\n+++\nSay it", "asks is no list of names"),
        ("+++\nplaceholders = ['speaker']\n+++\nSay it", "'speaker' is not in the text"),
        ("+++\nplaceholders = ['a.b']\n+++\nSay {a.b}", "'a.b' is no name of a placeholder"),
    ],
)
def test_a_file_that_is_no_prompt(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "mine.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EmosError, match=problem):
        load_prompt(path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_bytes(b"\xff\xfe\x00x")
    with pytest.raises(EmosError, match="not UTF-8"):
        load_prompt(path)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(EmosError, match="emotion-llama") as error:
        load_prompt("c")
    assert "no prompt is called 'c'" in str(error.value)

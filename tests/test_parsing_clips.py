"""Answers to Prompt A as models write them; what each says was worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emos.evaluate.parsing import Parsed, parse_answer
from emos.taxonomy import BASIC7, GOEMOTIONS, LabelSet

ANSWER = {
    "predicted_emotion": "Joy",
    "model_confidence": 0.85,
    "goemotions_labels": [
        {"label": "joy", "confidence": 0.9},
        {"label": "amusement", "confidence": 0.6},
    ],
    "evidence": "She smiles {broadly}, and says “yes”.",
    "goemotions_rationale": "Joy is audible; amusement is seen.",
}
JSON = json.dumps(ANSWER, ensure_ascii=False)
READ = ("ok", "Joy", 0.85, {"joy": 0.9, "amusement": 0.6})
TEXT = """- **Predicted emotion:** Joy
- **Model confidence:** 0.85
- **GoEmotions labels:**
  - joy: 0.9
  - amusement (0.6)
- **Evidence:** She smiles, and says: yes.
- **GoEmotions rationale:** joy is audible, amusement is seen"""


def _read(parsed: Parsed) -> tuple[Any, ...]:
    goemotions = None if parsed.goemotions is None else dict(parsed.goemotions)
    return parsed.status, parsed.basic7, parsed.confidence, goemotions


def _rules(parsed: Parsed) -> set[str]:
    return {note.rule for note in parsed.notes}


def test_plain_json_needs_no_note() -> None:
    parsed = parse_answer(JSON, form="json")
    assert _read(parsed) == READ
    assert parsed.notes == ()


def test_the_text_form_as_asked_for() -> None:
    parsed = parse_answer(TEXT, form="text")
    assert _read(parsed) == READ
    assert parsed.notes == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"```json\n{JSON}\n```", "code-fence"),
        (f"~~~\n{JSON}\n~~~", "code-fence"),
        (f"```JSON\n{JSON}", "code-fence"),
        (f"Here is my analysis:\n\n{JSON}", "text-around"),
        (f"{JSON}\n\nLet me know if you need {{more}} detail!", "text-around"),
        (f"<think>\nFear? {{'predicted_emotion': 'Fear'}}\n</think>\n\n{JSON}", "thinking"),
        (f"Fear or joy? Fear.</think>{JSON}", "thinking"),
        (f"<THINKING>a <think>b</think> c</THINKING>{JSON}", "thinking"),
        (f"◁think▷Predicted emotion: Fear◁/think▷{JSON}", "thinking"),
        (f"<think>so</think><answer>{JSON}</answer> done", "answer-tag"),
        (f"<answer>{JSON}", "answer-tag"),
        (json.dumps(JSON), "quoted-twice"),
        (JSON[:-1] + ",}", "extra-comma"),
        (JSON.replace("}, {", "},, {"), "extra-comma"),
        (JSON.replace('"', "“"), "other-quotes"),
        ("{“predicted_emotion”: “Joy”, “confidence”: 0.85, “goemotions”: {“joy”: 0.9, "
         "“amusement”: 0.6}}", "other-quotes"),
        (str(ANSWER), "other-quotes"),  # Python's own way of writing it
        (JSON.replace("“yes”", '"yes"'), "quotes-inside"),
        (JSON.replace(", \"evidence", "\n \"evidence"), "broken-json"),  # a comma is missing
        (JSON.replace(", \"evidence", " \"evidence"), "broken-json"),
        (JSON.replace('"model_confidence"', "model_confidence"), "no-quotes"),
        (JSON.replace(', "evidence"', ', // why\n "evidence"'), "broken-json"),
        (JSON.replace("0.85", "0.85, 12 34"), "skipped"),
        (JSON[:-20], "cut-off"),
        (JSON[: JSON.index("She smiles") + 5], "cut-off"),
        (f"{JSON}\n{JSON}", "repeated-label"),
        (f'{{"predicted_emotion": "Joy"}}\n{JSON}', "repeated-label"),
        (JSON.replace('"Joy"', '"Joy/喜悦"'), "two-languages"),
        (JSON.replace("0.85", "85"), "percentage"),
        (JSON.replace("0.85", '"8.5/10"'), "out-of"),
        (JSON.replace("0.85", '"about 0.85"'), "words-around"),
        (TEXT, "other-form"),
    ],
)  # fmt: skip
def test_json_in_all_the_ways_it_comes(text: str, rule: str) -> None:
    parsed = parse_answer(text, form="json")
    assert _read(parsed) == READ
    assert rule in _rules(parsed)


@pytest.mark.parametrize(
    "text",
    [
        JSON.replace("0.85", '"85%"'),
        JSON.replace("0.85", '"８５％"'),
        JSON.replace("0.85", '"85 percent"'),
        JSON.replace('"Joy"', '" joy. "'),
        JSON.replace('"Joy"', '"**JOY**"'),
        JSON.replace('"Joy"', '"<Joy>"'),
        JSON.replace('"Joy"', '"Joy 😊👍🏽"'),
        JSON.replace('"Joy"', '"☀️ Joy"'),
        JSON.replace('"Joy"', '"喜悦"'),
        JSON.replace('"Joy"', '["Joy"]'),
        JSON.replace('"Joy"', '{"label": "Joy"}'),
        JSON.replace("predicted_emotion", "Predicted Emotion"),
        JSON.replace("predicted_emotion", "主要情绪"),
        JSON.replace("predicted_emotion", "primary_7class").replace("labels", ""),
        f'{{"result": [{JSON}]}}',
        f"[{JSON}]",
        f"\ufeff{JSON}<|im_end|>",
    ],
)
def test_other_spellings_say_the_same(text: str) -> None:
    assert _read(parse_answer(text)) == READ


@pytest.mark.parametrize(
    "text",
    [
        "Predicted emotion: Joy\nModel confidence: 0.85\n"
        "GoEmotions labels: joy (0.9), amusement (0.6)",
        "Predicted emotion： Joy\nModel confidence： 85%\n"
        "GoEmotions labels： joy 0.9；amusement 60%",
        "predicted emotion: joy, model confidence: 0.85; "
        "goemotions labels: joy: 0.9, amusement: 0.6",
        "1. Predicted emotion: <Joy>\n2. Confidence: .85\n"
        "3. GoEmotions: [joy (90%), amusement (60%)]",
        "• Predicted Emotion - Joy\n• Model Confidence - 0.85\n"
        "• GoEmotions Labels - joy, 0.9, amusement, 0.6",
        "### Predicted emotion\nJoy\n### Model confidence\n0.85\n"
        "### GoEmotions labels\n1. joy: 0.9\n2) amusement – 0.6",
        "| Field | Value |\n|---|---|\n| Predicted emotion | Joy |\n| Model confidence | 0.85 |\n"
        "| GoEmotions labels | joy (0.9), amusement (0.6) |",
        "预测情绪：喜悦\n模型置信度：0.85\nGoEmotions标签：喜悦（0.9）、逗乐（0.6）\n证据：她在笑",
        "Predicted emotion (primary): Joy\nModel confidence (0-1): 0.85\n"
        "GoEmotions labels (multi-label): joy=0.9 | amusement=0.6",
        "Sure! Here it is.\n\n**Predicted emotion**: **Joy**\n\n**Model confidence**: *0.85*\n\n"
        "**GoEmotions labels**:\n* joy — 0.9\n* amusement — 0.6\n\n**Evidence**: smiles",
        "<think>Predicted emotion: Fear</think>\nPredicted emotion: Joy (0.85)\n"
        "GoEmotions labels: joy [0.9], amusement [0.6]",
        "GoEmotions labels:\njoy (confidence: 0.9)\namusement (confidence: 0.6)\n"
        "Predicted emotion: Joy (confidence 85%)",
    ],
)  # fmt: skip
def test_text_in_all_the_ways_it_comes(text: str) -> None:
    assert _read(parse_answer(text)) == READ


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ('["joy", "love"]', {"joy": None, "love": None}),
        ('["joy (0.9)", "love: 80%"]', {"joy": 0.9, "love": 0.8}),
        ('[["joy", 0.9], ["love", 0.8]]', {"joy": 0.9, "love": 0.8}),
        ('["joy", 0.9]', {"joy": 0.9}),
        ('[{"joy": 0.9}, {"love": 80}]', {"joy": 0.9, "love": 0.8}),
        ('{"joy": 0.9, "love": true, "fear": false}', {"joy": 0.9, "love": None}),
        ('{"joy": {"confidence": 0.9}, "love": {"score": "80%"}}', {"joy": 0.9, "love": 0.8}),
        ('{"positive": ["joy"], "negative": []}', {"joy": None}),
        ('{"labels": ["joy"]}', {"joy": None}),
        ('[{"name": "joy", "score": 0.9}]', {"joy": 0.9}),
        ('[{"emotion": "joy", "probability": 0.9}]', {"joy": 0.9}),
        ('["joy": 0.9, "love": 0.8]', {"joy": 0.9, "love": 0.8}),
        ('"joy, love; Unsure"', {"joy": None, "love": None, "unsure": None}),
        ('"喜悦、爱"', {"joy": None, "love": None}),
        ('["JOY", "Joy/喜悦"]', {"joy": None}),
        ('["joy", "joy (0.4)"]', {"joy": 0.4}),
        ("[]", {}),
        ('"none"', {}),
        ('"无"', {}),
        ("null", None),
    ],
)
def test_goemotions_in_all_the_ways_they_come(given: str, read: dict[str, float] | None) -> None:
    parsed = parse_answer(f'{{"emotion": "Joy", "goemotions": {given}}}')
    assert (parsed.status, parsed.basic7) == ("ok", "Joy")
    assert parsed.goemotions == read


def test_what_is_no_goemotions_label_is_set_aside() -> None:
    parsed = parse_answer('{"emotion": "Joy", "goemotions": ["joy", "happiness", "bliss (0.4)"]}')
    assert parsed.goemotions == {"joy": None}
    assert parsed.aside == ("happiness", "bliss")
    assert "no-goemotions-label: happiness" in map(str, parsed.notes)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("0", 0.0),
        ("1", 1.0),
        ("1.0", 1.0),
        ("100", 1.0),
        ("0.3", 0.3),
        ('"0,85"', 0.85),
        ('"17/20"', 0.85),
        ('"85 out of 100"', 0.85),
        ('"1%"', 0.01),
        ("85.5", 0.855),
        # Out of 5, of 10, of 100? Nobody can tell.
        ("1.5", None),
        ("8", None),
        ("-0.1", None),
        ("101", None),
        ("1e999", None),
        ("NaN", None),
        ('"101%"', None),
        ('"high"', None),
        ('"0.8-0.9"', None),
        ("true", None),
        ("null", None),
        ("[]", None),
    ],
)
def test_confidences(value: str, read: float | None) -> None:
    parsed = parse_answer(f'{{"emotion": "Joy", "confidence": {value}}}')
    assert parsed.status == "ok"
    assert parsed.confidence == pytest.approx(read) if read is not None else not parsed.confidence
    if read is None and value != "null":
        assert parsed.notes or value == "NaN"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Happy", "Happy"),
        ('{"emotion": "Happy"}', "Happy"),
        ('{"emotion": "joyful"}', "joyful"),
        ('{"emotion": "Joys"}', "Joys"),
        ('{"emotion": "not Joy"}', "not Joy"),
        ('{"emotion": "Joy or Surprise"}', "Joy or Surprise"),
        ('{"emotion": "Joy, Surprise"}', "Joy, Surprise"),
        ('{"emotion": "Anger/喜悦"}', "Anger/喜悦"),
        ('{"emotion": "高兴的"}', "高兴的"),
        ('{"emotion": "unsure"}', "unsure"),
        ('{"emotion": "admiration"}', "admiration"),
        ('{"emotion": "<label>"}', "<label>"),
        ('{"emotion": 3}', "3"),
        ('{"emotion": ["Joy", "Surprise"]}', "Joy / Surprise"),
        ('{"emotion": "Joy", "emotion": "Fear"}', "Joy / Fear"),
        ('{"emotion": "Joy"} or rather {"emotion": "Fear"}', "Joy / Fear"),
        ("Predicted emotion: Joy\nPredicted emotion: Fear", "Joy / Fear"),
        ("The person in the video feels joy.", "The person in the video feels joy."),
        ("Joy\nFear", "Joy / Fear"),
        ('{"confidence": 0.9}', None),
        ('{"emotion": null}', None),
        ("<think>Predicted emotion: Joy", None),
        ("<think>the clip</think>", None),
        ("{}", None),
        ("", None),
        ("   \n", None),
        (None, None),
    ],
)
def test_what_is_not_one_label_is_invalid(text: str | None, shown: str | None) -> None:
    parsed = parse_answer(text)
    assert parsed.status == "invalid"
    assert parsed.basic7 == shown
    assert parsed.notes or text == '{"emotion": null}'


@pytest.mark.parametrize("layer", [BASIC7, GOEMOTIONS], ids=lambda layer: layer.layer)
def test_every_name_of_every_label_is_read(layer: LabelSet) -> None:
    field = {"basic7": "emotion", "goemotions": "goemotions"}[layer.layer]
    for label in layer.labels:
        for name in (label, label.upper(), *layer.chinese[label]):
            parsed = parse_answer(json.dumps({field: name}), layers=[layer.layer])
            assert parsed.status == "ok", name
            assert (parsed.basic7 or next(iter(parsed.goemotions or {}))) == label


@pytest.mark.parametrize("text", ["Joy", "joy.", "**Joy**", '"Joy"', "喜悦", "Joy (0.9)", "Joy\n"])
def test_a_label_alone_is_an_answer(text: str) -> None:
    assert parse_answer(text).basic7 == "Joy"


def test_a_label_on_a_line_of_its_own() -> None:
    parsed = parse_answer("Joy\n\nHe laughs throughout, and so does she.")
    assert (parsed.status, parsed.basic7) == ("ok", "Joy")
    assert "label-alone" in _rules(parsed)


def test_the_layer_that_was_asked_for_decides() -> None:
    text = '{"goemotions": ["joy"]}'
    assert parse_answer(text).status == "invalid"
    assert parse_answer(text, layers=["goemotions"]).status == "ok"
    only = parse_answer('{"emotion": "Joy", "goemotions": ["joy"]}', layers=["basic7"])
    assert (only.status, only.goemotions) == ("ok", None)
    line = parse_answer("joy (0.9), love", layers=["goemotions"])
    assert (line.status, line.goemotions) == ("ok", {"joy": 0.9, "love": None})
    assert parse_answer("I can't see it.", layers=["goemotions"]).status == "refused"
    assert parse_answer("It is a sunny day.", layers=["goemotions"]).status == "invalid"
    none = parse_answer('{"goemotions": ["happiness"]}', layers=["goemotions"])
    assert (none.status, none.goemotions, none.aside) == ("invalid", {}, ("happiness",))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I'm sorry, but I can't help with that.", "declines"),
        ("I’m sorry, but I can’t assist with identifying emotions of people.", "declines"),
        ("抱歉，我无法协助完成这个请求。", "declines"),
        ("对不起，我不能判断视频中人物的情绪。", "declines"),
        ("I cannot view videos. Please provide a description.", "no-media"),
        ("作为一个语言模型，我没有能力处理音频。", "no-media"),
        ("很抱歉，我无法观看视频。", "no-media"),
        ("The prompt was flagged by our content policy.", "policy"),
        ("该内容涉及敏感信息。", "policy"),
        ('{"predicted_emotion": "I cannot determine the emotion", "confidence": 0}', "declines"),
        ('{"error": "I\'m unable to analyze this video"}', "declines"),
        ("Predicted emotion: I am unable to tell\nModel confidence: 0", "declines"),
        ("<think>Joy?</think>I must decline.", "declines"),
    ],
)  # fmt: skip
def test_refusals_are_counted_apart(text: str, reason: str) -> None:
    parsed = parse_answer(text)
    assert (parsed.status, parsed.basic7) == ("refused", None)
    assert f"refusal: {reason}" in map(str, parsed.notes)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        # What is said in the clip is no refusal.
        ('{"emotion": "Sadness", "evidence": "She says: I\'m sorry, I can\'t."}', "ok"),
        ('{"emotion": "Sad", "evidence": "She says: I\'m sorry, I can\'t."}', "invalid"),
        ("Predicted emotion: Happy\nEvidence: 对不起，我不能", "invalid"),
        ("I'm sorry, I can't hear it well.\nPredicted emotion: Joy", "ok"),
    ],
)
def test_words_of_refusal_elsewhere_change_nothing(text: str, status: str) -> None:
    assert parse_answer(text).status == status


def test_a_transcript_in_the_answer_is_not_the_answer() -> None:
    text = f"Clip metadata:\n- language: en\n- transcript: I feel only fear\n\n{TEXT}"
    assert _read(parse_answer(text)) == READ

"""What is written to files: JSON that every parser reads."""

from __future__ import annotations

import json
import math

from emos.tables.writing import json_text


def test_what_json_has_no_word_for_is_null() -> None:
    content = {"a": [math.nan, (math.inf, 0.5)], "情绪": {"b": -math.inf, "c": None, "d": 3}}
    text = json_text(content)
    assert json.loads(text) == {"a": [None, [None, 0.5]], "情绪": {"b": None, "c": None, "d": 3}}
    assert "NaN" not in text
    assert "情绪" in text, "texts stay readable"
    assert text.endswith("}\n")

"""The page's core: its words, the items behind its numbers, its data, its frame."""

from __future__ import annotations

import ast
import base64
import gzip
import hashlib
import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import emos.report
from emos.errors import EmosError
from emos.readers import read_source
from emos.report.blocks import Browser, Column, Details, Paragraph, Section, Table
from emos.report.findings import all_finders
from emos.report.items import listed_items, packed_items
from emos.report.order import label_order, layers_of
from emos.report.page.packing import packed
from emos.report.page.render import Page, render
from emos.report.results import Results
from emos.report.sections import all_sections
from emos.report.sets import MOST_ROWS, ItemSets
from emos.report.words import LANGUAGES, Number, read_words, shown
from emos.report.write_report import write_report
from emos.tables import Dataset, DatasetInfo, conform
from making_votes import dataset_of
from reading_pages import ReadPage

PACKAGE = Path(emos.report.__file__).parent
WORDS = sorted((PACKAGE / "words").glob("*.toml"))


# Words


def _names(sentence: str | dict[str, str]) -> set[str]:
    """What is in braces, in any form of a sentence."""
    forms = sentence.values() if isinstance(sentence, dict) else [sentence]
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.stem)
def test_both_languages_say_the_same(path: Path) -> None:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(told) == set(LANGUAGES)
    english, chinese = told["en"], told["zh"]
    assert set(english) == set(chinese)
    for key in english:
        assert _names(english[key]) == _names(chinese[key]), key
        for sentence in (english[key], chinese[key]):
            forms = sentence if isinstance(sentence, dict) else {"other": sentence}
            assert set(forms) <= {"one", "other"}, key
            assert "other" in forms, key
            assert all(form.strip() for form in forms.values()), f"{key} says nothing"
            if isinstance(sentence, dict):
                assert "n" in _names(sentence), f"{key} chooses its form by a number it has not"


def _asked_in_python() -> set[str]:
    """Every key that a call of `say`, `phrase` or `has` names in full."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
                if name in ("say", "phrase") and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    # Without a dot it is a file's own shorthand for its part's sentences.
    return {key for key in found if "." in key}


def test_every_sentence_that_is_asked_for_is_there() -> None:
    asked = _asked_in_python()
    for path in (PACKAGE / "page" / "js").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        asked |= {
            key if "." in key else f"script.{key}"
            for key in re.findall(r'EmoS\.say\("([\w.-]+)"', text)
        }
    for path in (PACKAGE / "page" / "templates").glob("*.j2"):
        asked |= set(re.findall(r'say\("([\w.-]+)"\)', path.read_text(encoding="utf-8")))
    assert len(asked) > 50
    for language in LANGUAGES:
        missing = {key for key in asked if not read_words(language).has(key)}
        assert not missing, language


def test_forms_and_numbers_in_sentences() -> None:
    words = read_words("en")
    assert words.say("script.items", n=1) == "1 item"
    assert words.say("script.items", n=12345) == "12,345 items"
    assert words.phrase("script.items", n=Number("1", 7)) == ("1 item",)
    assert words.phrase("script.items", n=Number("2", 7)) == (Number("2", 7), " items")
    assert read_words("zh").say("script.items", n=1) == "1 个条目"
    assert read_words("zh").label("basic7", "Joy") == "喜悦"
    assert words.label("basic7", "Joy") == "Joy"
    assert read_words("zh").label("my layer", "Joy") == "Joy", "own labels stay as they are"
    assert [shown(one) for one in (None, float("nan"), 1234567, True, "{n}", 0.5)] == [
        "–", "–", "1,234,567", "True", "{n}", "0.5",
    ]  # fmt: skip
    assert shown(0.123, ".1%") == "12.3%"
    assert shown(None, ".1%") == "–"
    with pytest.raises(EmosError, match=r"no words in 'fr'; languages are en, zh"):
        read_words("fr")


# The items behind a number


def test_a_list_of_items_is_kept_once_in_its_order() -> None:
    sets = ItemSets()
    assert sets.items(["b", "a", "b"], "two") == 0
    assert sets.items(pl.Series(["b", "a", "b"]), "two") == 0, "a column and a list are one"
    assert sets.items(["b", "a"], "called differently") == 1
    assert sets.items(["a", "b"], "two") == 2, "another order is another list"
    assert sets.items([], "nothing") is None
    assert sets.items(pl.Series([], dtype=pl.String), "nothing") is None
    assert [sets.size(number) for number in (0, 1, 2, None)] == [2, 2, 2, 0]
    held = sets.packed({"a": 5, "b": 9, "c": 0})
    assert held == {
        "lists": [[9, -4], [5, 4]],
        "sets": [
            {"what": "two", "n": 2, "list": 0},
            {"what": "called differently", "n": 2, "list": 0},
            {"what": "two", "n": 2, "list": 1},
        ],
    }
    assert sets.listed() == {"a", "b"}


def test_remarks_stay_with_their_entries() -> None:
    sets = ItemSets()
    sets.items(["a", "gone", "a"], "cells", notes=["first", "second", "third"])
    held = sets.packed({"a": 3})
    assert held["lists"] == [[3, 0]], "one item under two remarks is two entries"
    assert held["sets"] == [{"what": "cells", "n": 3, "list": 0, "notes": ["first", "third"]}]


def test_a_part_of_a_list_with_the_whole_count() -> None:
    sets = ItemSets(most=2)
    sets.items(["c", "b", "c", "a"], "of a list")
    sets.items(pl.Series(["c", "b", "c", "a"]), "of a column")
    sets.items(["c", "b", "a"], "with remarks", notes=["1", "2", "3"])
    held = sets.packed({"a": 0, "b": 1, "c": 2})
    assert held["lists"] == [[2, -1]]
    assert [entry["n"] for entry in held["sets"]] == [3, 3, 3]
    assert held["sets"][2]["notes"] == ["1", "2"]
    assert sets.listed() == {"b", "c"}


@given(st.lists(st.lists(st.sampled_from("abcdefgh")), max_size=6))
def test_packed_lists_decode_back(lists: list[list[str]]) -> None:
    place = {one: at for at, one in enumerate("hgfedcba")}
    sets = ItemSets()
    numbers = [sets.items(ids, f"list {at}") for at, ids in enumerate(lists)]
    held = sets.packed(place)
    for number, ids in zip(numbers, lists, strict=True):
        if number is None:
            assert not ids
            continue
        at, found = 0, []
        for step in held["lists"][held["sets"][number]["list"]]:
            at += step
            found.append("hgfedcba"[at])
        assert found == list(dict.fromkeys(ids))
        assert held["sets"][number]["n"] == len(found)


def test_rows_that_are_not_items() -> None:
    sets = ItemSets()
    frame = pl.DataFrame({"cell": ["x"], "value": [0.123456789], "of": [["a", "b"]], "n": [1234]})
    number = sets.rows(frame, "cells of a paper")
    assert sets.rows(frame.clear(), "none") is None
    assert number is not None
    entry = sets.packed({})["sets"][number]
    assert entry["columns"] == ("cell", "value", "of", "n")
    assert entry["rows"] == (("x", "0.123457", "a; b", "1,234"),)
    undefined = pl.DataFrame({"v": [float("nan"), None]}, schema={"v": pl.Float64})
    sets.rows(undefined, "undefined")
    assert sets.packed({})["sets"][1]["rows"] == (("–",), ("–",))
    sets.rows(pl.DataFrame({"n": range(MOST_ROWS + 5)}), "many")
    many = sets.packed({})["sets"][2]
    assert (len(many["rows"]), many["n"]) == (MOST_ROWS, MOST_ROWS + 5)


# Data on the page


def _unpacked(text: str) -> Any:
    return json.loads(gzip.decompress(base64.b64decode(text)))


def test_packing_is_exact_and_always_the_same() -> None:
    content = {"文": ["</script>", 1, None, True, 0.1], "deep": {"t": (1, "\u2028")}}
    assert packed(content) == packed(content)
    assert _unpacked(packed(content)) == {
        "文": ["</script>", 1, None, True, 0.1],
        "deep": {"t": [1, "\u2028"]},
    }
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", packed(content)), "nothing a browser takes for markup"


def test_json_has_no_undefined_numbers() -> None:
    content = {"a": [float("nan"), float("inf"), -float("inf"), 1.5], "b": {"c": (np.nan,)}}
    assert _unpacked(packed(content)) == {"a": [None, None, None, 1.5], "b": {"c": [None]}}


ROWS = [
    ("s/1", "A1", "basic7", "Joy"),
    ("s/1", "A2", "basic7", "Anger"),
    ("s/2", "A1", "basic7", ""),
    ("s/2", "A2", "basic7", "Neutral"),
    ("s/1", "A1", "goemotions", "joy;love"),
    ("s/2", "A1", "goemotions", "unsure"),
]


def _as_rows(held: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The votes of a page as rows again."""
    names = held["names"]

    def name(key: str, number: int) -> str | None:
        return None if number < 0 else str(names[key][number])

    return [
        (
            held["ids"][item],
            name("annotator", vote[0]),
            name("layer", vote[1]),
            [names["labels"][label] for label in vote[2]],
            name("status", vote[3]),
            name("file", vote[4]),
            name("sheet", vote[5]),
            vote[6] or None,
            ";".join(names["labels"][label] for label in vote[2])
            if vote[7] == 1
            else vote[7] or None,
            vote[8] or [],
        )
        for item, votes in enumerate(held["votes"])
        for vote in votes
    ]


def test_every_vote_with_its_cell_is_on_the_page() -> None:
    dataset = dataset_of(ROWS)
    votes = dataset.votes.with_columns(
        raw=pl.Series(["Joy", "angry!", None, " Neutral", "joy;love", "unsure"]),
        aside=pl.Series([[], ["!"], [], [], [], []]),
        file=pl.Series(["a/A1.xlsx", "a/A2.xlsx", "a/A1.xlsx", "a/A2.xlsx", None, None]),
        sheet=pl.Series(["S", "S", None, "S", None, None]),
        cell=pl.Series(["B2", "B2", "B3", "B3", None, None]),
    )
    dataset = dataset.with_tables(votes=votes)
    held = _unpacked(packed(packed_items(dataset, listed_items(dataset))))
    columns = ["item_id", "annotator", "layer", "labels", "status", "file", "sheet", "cell", "raw",
               "aside"]  # fmt: skip
    want = votes.select(columns).with_columns(pl.col("aside").fill_null([])).rows()
    assert sorted(map(repr, _as_rows(held))) == sorted(map(repr, want))


def test_labels_of_an_item() -> None:
    labels = conform(
        "labels",
        pl.DataFrame(
            {
                "item_id": ["s/2", "s/1"],
                "layer": ["basic7"] * 2,
                "label": ["Joy", None],
                "confidence": [0.98765432, None],
                "tier": ["high", None],
                "original": ["Anger", None],
                "votes": [3, 0],
            },
            schema_overrides={"confidence": pl.Float64},
        ),
    )
    dataset = dataset_of(ROWS).with_tables(labels=labels)
    held = _unpacked(packed(packed_items(dataset, listed_items(dataset))))
    (undecided,), (decided,) = held["labels"]
    layer, label, confidence, tier, original, reason, unique, counted = decided
    assert held["names"]["label layer"][layer] == "basic7"
    assert held["names"]["label label"][label] == "Joy"
    assert held["names"]["label tier"][tier] == "high"
    assert held["names"]["label original"][original] == "Anger"
    assert (confidence, reason, unique, counted) == (0.9877, -1, None, 3)
    assert undecided[1:5] == [-1, None, -1, -1]


def test_what_the_table_of_items_lacks_is_listed_too() -> None:
    dataset = dataset_of(ROWS, items=["s/2"])
    more = conform("labels", pl.DataFrame({"item_id": ["s/9"], "layer": ["basic7"]}))
    spoken = conform("utterances", pl.DataFrame({"monologue_id": ["m"], "index": [1]}))
    listed = listed_items(dataset.with_tables(labels=more, utterances=spoken))
    assert listed["item_id"].to_list() == ["s/2", "s/1", "s/9", "m"]
    assert listed["batch"].to_list() == ["b", "b", None, None]


# The order of labels


def test_labels_stand_in_the_order_of_their_items() -> None:
    # Joy is given on three items (by one annotator twice), Fear on two, Sadness and Anger on one:
    # ties as in the label set, where Anger is before Sadness; the rest never occurs.
    dataset = dataset_of(
        [
            ("1", "A1", "basic7", "Joy"),
            ("1", "A2", "basic7", "Joy"),
            ("2", "A1", "basic7", "Joy;Fear"),
            ("3", "A1", "basic7", "Joy"),
            ("3", "A2", "basic7", "Fear"),
            ("4", "A1", "basic7", "Sadness"),
            ("5", "A1", "basic7", "Anger"),
            ("5", "A2", "basic7", ""),
        ]
    )
    order = ("Joy", "Fear", "Anger", "Sadness", "Disgust", "Neutral", "Surprise")
    assert label_order(dataset, "basic7") == order
    # Labels that were decided count alone: what annotators said no longer does.
    labels = conform(
        "labels",
        pl.DataFrame(
            {
                "item_id": ["1", "2", "3", "4"],
                "layer": ["basic7"] * 4,
                "label": ["Surprise", "Surprise", "Fear", None],
            }
        ),
    )
    decided = label_order(dataset.with_tables(labels=labels), "basic7")
    assert decided[:3] == ("Surprise", "Fear", "Anger")
    assert len(decided) == 7


def test_labels_of_monologues_and_of_own_sets() -> None:
    spoken = conform(
        "utterances",
        pl.DataFrame(
            {
                "monologue_id": ["m"] * 4,
                "index": [1, 2, 3, 4],
                "primary": ["Fear", "Joy", "Joy", None],
                "secondary": [["love"], ["love", "joy"], [], None],
            }
        ),
    )
    streams = Dataset(DatasetInfo("s"), utterances=spoken)
    assert label_order(streams, "basic7")[:3] == ("Joy", "Fear", "Anger")
    assert label_order(streams, "goemotions")[:2] == ("love", "joy")
    # A label outside its declared set is still shown, behind those of the set that occur as often.
    own = dataset_of(
        [("1", "A1", "mine", "z"), ("2", "A1", "mine", "b"), ("3", "A1", "mine", "😀")],
        label_sets={"mine": ("z", "a", "b")},
    )
    assert label_order(own, "mine") == ("z", "b", "😀", "a")
    assert label_order(own, "unknown") == ()


def test_layers_with_labels_come_first() -> None:
    dataset = dataset_of(ROWS)
    assert layers_of(dataset) == ("basic7", "goemotions")
    labels = conform("labels", pl.DataFrame({"item_id": ["s/1"], "layer": ["goemotions"]}))
    assert layers_of(dataset.with_tables(labels=labels)) == ("goemotions", "basic7")
    assert layers_of(Dataset(DatasetInfo("empty"))) == ()


# The frame


def _page(**parts: Any) -> Page:
    given: dict[str, Any] = {
        "title": "A title",
        "facts": "2 items",
        "findings": (),
        "missing": (),
        "sections": (),
        "items": {"ids": []},
        "sets": {"lists": [], "sets": []},
        "beside": "",
        "signature": "report|emos=0",
    }
    return Page(**given | parts)


def _read(path: Path, page: Page, language: str = "en") -> ReadPage:
    path.write_text(render(page, read_words(language)), encoding="utf-8")
    return ReadPage(path)


def test_the_policy_allows_what_is_on_the_page_and_nothing_else(tmp_path: Path) -> None:
    page = _read(tmp_path / "p.html", _page())
    (policy,) = [
        one.attributes["content"] for one in page.all("meta")
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    ]  # fmt: skip
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    assert set(rules) == {
        "default-src", "script-src", "style-src", "font-src", "img-src", "base-uri", "form-action",
    }  # fmt: skip
    assert rules["font-src"] == rules["img-src"] == "data:"
    # What a browser hashes is the text between the tags, to the byte.
    (style,) = re.findall(r"<style>(.*?)</style>", page.html, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page.html, re.DOTALL)
    for text, rule in ((style, "style-src"), (script, "script-src")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert "unsafe" not in policy
    assert page.html.index("Content-Security-Policy") < page.html.index("<style>")


def test_scripts_and_styles_ask_for_nothing_and_write_no_markup() -> None:
    for path in (PACKAGE / "page").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                     "new Function", "fetch(", "XMLHttpRequest", "WebSocket", "import(",
                     "sendBeacon", "localStorage", "</script"):  # fmt: skip
            lines = [line for line in text.splitlines() if not line.strip().startswith("//")]
            assert not any(word in line for line in lines), f"{path.name}: {word}"
    for path in (PACKAGE / "page").rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text
        assert "url(" not in text
        assert "</style" not in text


HOSTILE = "<b>x</b><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&lt;{{7*7}}"


def test_text_stays_text(tmp_path: Path) -> None:
    table = Table(HOSTILE, (HOSTILE, "n"), ((HOSTILE, 1), (Number(HOSTILE, 0), None)))
    section = Section(
        "plain",
        HOSTILE,
        HOSTILE,
        (
            Paragraph((HOSTILE, Number(HOSTILE, 0))),
            table,
            Details(HOSTILE, (table,)),
            Browser("rows", HOSTILE, (Column("key", HOSTILE),), {"key": [HOSTILE]}),
        ),
    )
    plain = _page(sections=(section,), missing=(HOSTILE,), title=HOSTILE, facts=HOSTILE,
                  beside=HOSTILE, signature=HOSTILE)  # fmt: skip
    page = _read(tmp_path / "p.html", plain)
    assert not page.all("b", "img")
    assert len([one for one in page.all("script") if "data-name" not in one.attributes]) == 1
    assert page.all("title")[0].text == HOSTILE
    assert page.all("h1")[0].text == HOSTILE
    assert page.missing == [HOSTILE]
    assert page.section("plain").all("caption")[0].text == HOSTILE
    assert "49" not in page.section("plain").text, "a template inside data is not filled in"
    assert page.data["browser-rows"]["data"]["key"] == [HOSTILE]


def test_a_number_leads_to_its_items(tmp_path: Path) -> None:
    section = Section("s", "S", "?", (Paragraph(("n = ", Number("3", 12), ", ", Number("–"))),))
    page = _read(tmp_path / "p.html", _page(sections=(section,)))
    (text,) = [one for one in page.section("s").all("p") if one.has_class("text")]
    assert text.text == "n = 3, –"
    assert [one.attributes for one in text.all("a")] == [{"class": "number", "href": "#s-12"}]


# The whole page


@pytest.fixture(scope="module")
def made() -> Dataset:
    """Two batches, two layers, blanks, repairs, decided labels."""
    from emos.aggregate import aggregate_dataset

    rng = np.random.default_rng(3)
    rows: list[tuple[str, ...]] = []
    for number in range(60):
        batch = "first" if number < 30 else "second"
        truth = ("Joy", "Anger", "Neutral")[number % 3]
        for annotator in ("A1", "A2", "A3") if batch == "first" else ("A4", "A5"):
            said = truth if rng.random() < 0.8 else "Sadness"
            place = (f"clips/{number}", annotator)
            rows.append((*place, "basic7", "" if number % 20 == 7 else said, "clips", batch))
            rows.append(
                (*place, "goemotions", "joy;love" if number % 2 else "anger", "clips", batch)
            )
    dataset = dataset_of(rows)
    done = aggregate_dataset(dataset)
    ledger = pl.DataFrame(
        {
            "kind": ["repaired", "aside"],
            "rule": ["spelling", "no-label"],
            "item_id": ["clips/3", "clips/4"],
            "annotator": ["A1", "A2"],
            "before": ["Joyy", "???"],
            "after": ["Joy", None],
        }
    )
    return dataset.with_tables(
        labels=done.labels, soft_labels=done.soft_labels, ledger=conform("ledger", ledger)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_somewhere(made: Dataset, tmp_path: Path, language: str) -> None:
    written = write_report(Results(made, replicates=20), tmp_path / "p.html", language=language)
    page = ReadPage(written.page)
    sets = page.data["sets"]["sets"]
    followed = page.followed()
    assert len(followed) > 10
    assert followed <= set(range(len(sets)))
    ids = {one.attributes["id"] for one in page.all() if "id" in one.attributes}
    for link in page.all("a"):
        address = link.attributes.get("href") or link.attributes["xlink:href"]
        assert address.startswith("#"), f"{address} leads out of the page"
        assert re.fullmatch(r"#[a-z]-.+", address) or address[1:] in ids, address
    for number, entry in enumerate(sets):
        if "list" in entry and "notes" not in entry:
            assert len(set(page.behind(number))) == entry["n"], entry["what"]
    assert len(page.all("html")[0].attributes["lang"]) >= 2


def test_no_style_or_handler_beside_the_hashed_ones(made: Dataset, tmp_path: Path) -> None:
    page = ReadPage(write_report(Results(made, replicates=0), tmp_path / "p.html").page)
    assert page.all("svg"), "pictures are on the page"
    for one in page.all():
        assert "style" not in one.attributes, one
        assert not [name for name in one.attributes if name.startswith("on")], one
        assert one.tag != "style" or one.attributes == {}
        for name in ("src", "href", "xlink:href", "action", "data"):
            assert one.attributes.get(name, "#").startswith(("#", "data:")), one
    assert len(page.all("style")) == 1
    names = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(names) == len(set(names)), "no id twice"


def test_every_item_of_the_dataset_can_be_looked_up(made: Dataset, tmp_path: Path) -> None:
    page = ReadPage(write_report(Results(made, replicates=0), tmp_path / "p.html").page)
    assert page.data["items"]["ids"] == made.items["item_id"].to_list()
    assert len(_as_rows(page.data["items"])) == made.votes.height
    browser = page.data["browser-items"]
    assert browser["data"]["item"] == list(range(made.items.height))


def test_annotators_names_stay_off_the_page(tmp_path: Path) -> None:
    votes = tmp_path / "answers.csv"
    rows = [("1", "Ada Byron", "Joy"), ("1", "Alan T", "joyy"), ("2", "Ada Byron", "?"),
            ("2", "Alan T", "Fear"), ("2", "Alan T", "Fear")]  # fmt: skip
    lines = ["task,worker,label", *map(",".join, rows)]
    votes.write_text("\n".join(lines), encoding="utf-8")
    dataset = read_source("votes", votes)
    assert "Ada Byron" in dataset.sources.values(), "the real name is known, on this machine"
    page = ReadPage(write_report(Results(dataset, replicates=0), tmp_path / "p.html").page)
    told = page.html + json.dumps(page.data, ensure_ascii=False)
    assert "A1" in told
    assert "Byron" not in told
    assert "Alan T" not in told


_AGAIN = """
import sys
from emos.report.results import Results
from emos.report.write_report import write_report
from emos.tables import Dataset
write_report(Results(Dataset.load(sys.argv[1]), replicates=20), sys.argv[2], language="zh")
"""


def test_the_same_dataset_gives_the_same_bytes(made: Dataset, tmp_path: Path) -> None:
    made.write(tmp_path / "dataset")
    pages = []
    for seed in ("1", "2"):
        page = tmp_path / f"{seed}.html"
        done = subprocess.run(
            [sys.executable, "-c", _AGAIN, str(tmp_path / "dataset"), str(page)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        pages.append(page.read_bytes())
    assert pages[0] == pages[1]


def test_a_page_is_replaced_at_once_or_not_at_all(
    made: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "p.html"
    page.write_text("the old one")

    def fail(*_: object) -> str:
        raise KeyError("half way")

    monkeypatch.setattr("emos.report.write_report.render", fail)
    with pytest.raises(KeyError):
        write_report(Results(made, replicates=0), page, only=["items"])
    assert page.read_text() == "the old one"
    assert [one.name for one in tmp_path.iterdir()] == ["p.html"]


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("p.pdf", {}, r"p\.pdf: a page cannot be called 'p\.pdf'; end the name in \.html"),
        ("p", {}, r"a page cannot be called 'p'; end the name in \.html"),
        ("p.html", {"language": "fr"}, r"no words in 'fr'; languages are en, zh"),
        ("p.html", {"only": ["items", "itms"]}, r"no section is called 'itms'; known: .*items"),
        ("no/p.html", {"only": ["items"]}, r"no/p\.html: cannot be written \(No such file"),
    ],
)
def test_what_cannot_be_is_one_clear_line(
    made: Dataset, tmp_path: Path, name: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(EmosError, match=said) as caught:
        write_report(Results(made, replicates=0), tmp_path / name, **options)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_computed_for_sections_that_are_not_shown(
    made: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("computed for nothing")

    for result in ("agreement", "styles", "audit"):
        monkeypatch.setattr(Results, result, property(fail))
    page = ReadPage(write_report(Results(made), tmp_path / "p.html", only=["ledger"]).page)
    assert page.sections == ["findings", "ledger"]
    (finding, *_) = page.section("findings").all("li")
    assert finding.all("a")[-1].attributes["href"] == "#ledger"


def test_every_finding_leads_where_its_file_says() -> None:
    names = {maker.name for maker in all_sections()}
    for find, sections in all_finders():
        assert sections <= names, find.__module__
        source = Path(str(inspect.getsourcefile(find))).read_text(encoding="utf-8")
        # A section that is named in a Finding and not among SECTIONS would never be looked for.
        assert {name for name in names if f'"{name}",\n' in source} <= sections, find.__module__


def test_only_the_sections_asked_for(made: Dataset, tmp_path: Path) -> None:
    page = ReadPage(write_report(Results(made), tmp_path / "p.html", only=["items"]).page)
    assert set(page.sections) <= {"findings", "items"}
    assert {one.attributes["href"] for one in page.all("a") if one.has_class("more")} <= {"#items"}
    assert page.missing == [], "nothing that was asked for is missing"
    asked = write_report(Results(made), tmp_path / "p.html", only=["items", "streams"])
    assert any("monologues" in line for line in ReadPage(asked.page).missing)

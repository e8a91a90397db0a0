"""Layout files: what they must hold, and one line for each mistake in them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from emos.errors import EmosError
from emos.readers.layout import (
    ITEM_FIELDS,
    BatchLayout,
    ItemsLayout,
    StreamingLayout,
    SubsetLayout,
    read_layout,
)
from emos.readers.layouts import CH_SIMS, EMOS_RELEASE, MELD
from emos.taxonomy import GOEMOTIONS

GOOD = """
name = "corpus"

[[subsets]]
name = "clips"

[subsets.items]
item_id = "clips/{clip}"

[[subsets.batches]]
name = "one"
workbooks = "*.xlsx"
annotators = ["A1", "A2"]
layers = { basic7 = "emotion" }
"""


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "layout.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", [EMOS_RELEASE, MELD, CH_SIMS])
def test_shipped_layouts_are_well_formed(path: Path) -> None:
    assert read_layout(path).subsets


def test_the_document_names_every_key_and_its_example_is_a_layout(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "docs" / "layouts.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    layout = read_layout(_write(tmp_path, example))
    assert layout.subsets[0].batches[0].rows == (1, 200)
    named = set(re.findall(r"`([a-z_]+)`", text))
    for kind in (SubsetLayout, ItemsLayout, BatchLayout):
        assert {f.name for f in fields(kind)} - {"fields", "items", "batches"} <= named
    assert set(ITEM_FIELDS) <= named


def test_shipped_layouts_name_nobody() -> None:
    """Files and columns of annotators are named by pattern: letters and wildcards of everyone."""
    batches = [batch for subset in read_layout(EMOS_RELEASE).subsets for batch in subset.batches]
    for batch in batches:
        for pattern in batch.workbooks:
            stem = pattern.rpartition("/")[2].removesuffix(".xlsx")
            assert re.fullmatch(r"\*|a[\d\[\]]+|annotator_\*_train_sent_emo", stem)
        assert all(re.search(r"\*", str(column)) for column in batch.layers.values())
        assert all(re.fullmatch(r"A\d+", annotator) for annotator in batch.annotators)


def test_a_good_layout(tmp_path: Path) -> None:
    layout = read_layout(_write(tmp_path, GOOD))
    (subset,) = layout.subsets
    (batch,) = subset.batches
    assert (layout.name, subset.name, batch.name) == ("corpus", "clips", "one")
    assert batch.workbooks == ("*.xlsx",)
    assert batch.rows is None
    assert layout.label_set("goemotions") is GOEMOTIONS
    assert layout.streaming is None


def test_an_own_label_set(tmp_path: Path) -> None:
    text = GOOD.replace("basic7", "stance")
    text += '\n[label_sets.stance]\nlabels = ["pro", "con"]\nmulti = true\n'
    stance = read_layout(_write(tmp_path, text)).label_set("stance")
    assert stance.labels == ("con", "pro")
    assert stance.multi


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('name = "corpus"', "name = corpus", "not valid TOML"),
        ('name = "corpus"', "", "the layout: 'name' is missing"),
        ('name = "corpus"', 'name = "c"\nnaem = "d"', "unknown key 'naem'; the keys are name,"),
        ('name = "clips"', "name = 5", "subsets 5: 'name' must be a string"),
        ('name = "corpus"', 'name = ""', "the layout: '' cannot be a name"),
        ('name = "clips"', 'name = "a/b"', "subsets a/b: 'a/b' cannot be a name"),
        ("[subsets.items]", "[subsets.itmes]", "'item_id' must name a column"),
        ("clips/{clip}", "clips", "subsets clips, items: 'item_id' must name a column"),
        ('item_id = "clips/{clip}"', 'item_id = "{a}"\nsatrt = "{b}"', "unknown key 'satrt'"),
        ("basic7 =", "polarity =", "unknown label set 'polarity'; declare [label_sets.polarity]"),
        ('{ basic7 = "emotion" }', "{}", "batches one: 'layers' must name a column"),
        ('"emotion"', '["a"]', "layer 'basic7' needs one column or one per annotator"),
        ('"emotion"', "7", "layer 'basic7' must name a column"),
        ('["A1", "A2"]', '["A1", "A1"]', "'annotators' must be distinct"),
        ('["A1", "A2"]', "[1, 2]", "'annotators' must be a list of strings"),
        ('workbooks = "*.xlsx"', "", "'workbooks' is missing"),
        ('name = "one"', 'name = "one"\nrows = [3, 1]', "'rows' must be [first, last]"),
        ('name = "one"', 'name = "one"\nheader = 0', "'header' must be a whole number from 1"),
        (
            '["A1", "A2"]',
            '["Bob", "Ann"]',
            "annotator 'Bob' must be called A and a number",
        ),
        ('workbooks = "*.xlsx"', "workbooks = []", "'workbooks' names no file"),
        ('workbooks = "*.xlsx"', 'workbooks = ""', "'workbooks' names no file"),
        ('{clip}"\n', '{clip}"\nsheet = "S"\n', "'sheet' and 'header' are of the items file"),
        ('{clip}"\n', '{clip}"\nheader = 2\n', "'sheet' and 'header' are of the items file"),
        (
            '{clip}"\n',
            '{clip}"\nsource_layer = "basic7"\n',
            "'source_layer' without",
        ),
        ('"corpus"', '"c"\nrules = 3', "'rules' must be a table"),
        (
            '"corpus"',
            '"c"\nrules.x = 3',
            "rules: unknown key 'x'; the keys are correction",
        ),
        ('"corpus"', '"c"\nrules.correction = 3', "rules: 'correction' must be a table of texts"),
        ('"corpus"', '"c"\nrules.correction = { a = 3 }', "'correction' must be a table of texts"),
        (
            '"corpus"',
            '"c"\nrules.correction = { "clips/two" = "share:emos-first" }',
            "rules: correction of an unknown batch 'clips/two'; the batches are clips/one",
        ),
        *(
            (
                '"corpus"',
                f'"c"\nrules.correction = {{ "clips/one" = "{rule}" }}',
                f"rules: unknown correction '{rule}' of clips/one; write share:MAP or",
            )
            for rule in ("mean:emos-first", "share:mine", "share", "emos-first")
        ),
        (
            '"corpus"',
            '"c"\nrules.release_spellings = { x = "nolabel" }',
            "rules: release_spellings reads 'x' as 'nolabel', which is no label",
        ),
        (
            '"corpus"',
            '"c"\nlabel_sets.basic7.labels = ["a", "b"]',
            "label set basic7: this label set is known",
        ),
        ('"corpus"', '"c"\nlabel_sets.m.labels = ["a", "a"]', "a label stands there twice"),
        ('"corpus"', '"c"\nlabel_sets.m.labels = ["a;b", "c"]', "'a;b' cannot be a label"),
        ('"corpus"', '"c"\nlabel_sets.m.labels = [" a", "c"]', "' a' cannot be a label"),
        (
            '"corpus"',
            '"c"\nrules.correction = { "clips/one" = "share:emos-first" }',
            "rules: correction of clips/one, which has no fine labels",
        ),
        ('"corpus"', '"c"\nlabel_sets.m.labels = ["a", "b"]', "no layer is called 'm'"),
        ('"corpus"', '"c"\nstreaming = {}', "streaming: 'folder' is missing"),
        ("[[subsets.batches]]", "[subsets.batches]", "'batches' must be written [[batches]]"),
        ("[subsets.items]", "items = 3\n[subsets.other]", "items: must be a table"),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in GOOD
    path = _write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(EmosError) as caught:
        read_layout(path)
    assert expected in str(caught.value)
    assert str(caught.value).startswith(f"{path}")


def test_nothing_declared(tmp_path: Path) -> None:
    with pytest.raises(EmosError, match="neither a subset nor a streaming folder"):
        read_layout(_write(tmp_path, 'name = "x"\n'))
    with pytest.raises(EmosError, match="neither an items file nor a batch"):
        read_layout(_write(tmp_path, GOOD.partition("[[subsets.batches]]")[0]))
    with pytest.raises(EmosError, match="no such file"):
        read_layout(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(EmosError, match="not valid TOML"):
        read_layout(tmp_path / "latin.toml")


def test_two_batches_of_one_name(tmp_path: Path) -> None:
    again = "[[subsets.batches]]" + GOOD.partition("[[subsets.batches]]")[2]
    with pytest.raises(EmosError, match="subsets clips: two batches have one name"):
        read_layout(_write(tmp_path, GOOD + again))


def test_a_streaming_part_says_who_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "layout.toml"
    path.write_text('name = "x"\n[streaming]\nfolder = "s"\norigin = "two people"\n')
    assert read_layout(path).streaming == StreamingLayout("s", "two people")
    path.write_text('name = "x"\n[streaming]\nfolder = "s"\n')
    assert read_layout(path).streaming == StreamingLayout("s", "unknown")
    path.write_text('name = "x"\n[streaming]\norigin = "two people"\n')
    with pytest.raises(EmosError, match="'folder' is missing"):
        read_layout(path)

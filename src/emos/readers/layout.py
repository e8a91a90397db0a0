"""Workbook layouts declared in data: where items and votes stand in somebody's files.

A layout is a TOML file (``docs/layouts.md`` describes every key). It names workbooks by glob and
alphabetical order and columns by pattern, so that it needs no personal name that a file or a column
may carry. `read_layout` checks it; `emos.readers.subset` reads by it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emos.errors import EmosError
from emos.readers.layout_rules import check_labels, check_rules
from emos.readers.sheets.opening import cannot_be_read, check_file
from emos.taxonomy import BASIC7, GOEMOTIONS, LabelSet, custom_label_set, layer_label_set

ITEM_FIELDS = (
    "item_id",
    "group",
    "source_id",
    "transcript",
    "speaker",
    "source_label",
    "source_url",
    "media",
    "recording",
    "start",
    "end",
    "split",
    "language",
)


@dataclass(frozen=True)
class ItemsLayout:
    """Where an item's own facts stand.

    ``fields`` maps names of `ITEM_FIELDS` to templates such as ``meld/dia{Dialogue_ID}``. ``file``
    holds the items; if empty they are taken from the batches' first workbooks. ``source_layer`` is
    the layer whose names the source's own labels are brought to.
    """

    fields: dict[str, str]
    file: str = ""
    sheet: str | None = None
    header: int | None = None
    source_layer: str = ""


@dataclass(frozen=True)
class BatchLayout:
    """One batch: which workbooks, whose, which rows, which column holds which layer.

    ``rows`` counts the rows below the header from 1, both ends included; ``None`` is all of them.
    ``layers`` maps a layer to a column pattern, or to one pattern per annotator where a single
    sheet holds everybody's answers.
    """

    name: str
    workbooks: tuple[str, ...]
    annotators: tuple[str, ...]
    layers: dict[str, str | tuple[str, ...]]
    exclude: tuple[str, ...] = ()
    rows: tuple[int, int] | None = None
    sheet: str | None = None
    header: int | None = None


@dataclass(frozen=True)
class SubsetLayout:
    """One subset of a dataset; ``folder`` is where its paths start."""

    name: str
    items: ItemsLayout
    batches: tuple[BatchLayout, ...] = ()
    folder: str = ""
    language: str = ""
    source: str = ""
    licence: str = ""


@dataclass(frozen=True)
class StreamingLayout:
    """A folder of monologues in the EmoS release's form, and who or what annotated them."""

    folder: str
    origin: str


@dataclass(frozen=True)
class Layout:
    """A whole dataset's layout."""

    file: Path
    name: str
    version: str = "0"
    languages: tuple[str, ...] = ()
    licence: str = ""
    rules: dict[str, Any] = field(default_factory=dict)
    label_sets: dict[str, LabelSet] = field(default_factory=dict)
    subsets: tuple[SubsetLayout, ...] = ()
    streaming: StreamingLayout | None = None

    def label_set(self, layer: str) -> LabelSet:
        """The closed label set of ``layer``; an `EmosError` if it is not known."""
        return self.label_sets.get(layer) or layer_label_set(layer)


def read_layout(path: str | Path) -> Layout:
    """Read and check a layout file.

    Raises
    ------
    EmosError : for a file that is missing or no TOML, a key that does not exist, a missing one, a
        value of the wrong form, or a layer without a label set.
    """
    path = Path(path)
    check_file(path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise cannot_be_read(path, error) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EmosError(
            f"not valid TOML ({error})", file=path, remedy="docs/layouts.md has an example"
        ) from error
    return _Checked(path, data, "the layout").layout()


_STRING_LIST = "a list of strings"


class _Checked:
    """One TOML table, read key by key; what is left over at the end is a mistake."""

    def __init__(self, file: Path, data: Any, where: str) -> None:
        self.file, self.where = file, where
        if not isinstance(data, dict):
            raise self.wrong("must be a table")
        self.data = dict(data)

    def wrong(self, problem: str, remedy: str = "see docs/layouts.md") -> EmosError:
        return EmosError(problem, file=self.file, place=self.where, remedy=remedy)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.pop(key, default)
        if value is None:
            raise self.wrong(f"{key!r} is missing")
        if not isinstance(value, str):
            raise self.wrong(f"{key!r} must be a string")
        return value

    def name(self) -> str:
        """A name; of subsets and batches ``SUBSET/BATCH`` is made, so it holds no slash."""
        name = self.text("name")
        if not name.strip() or ("/" in name and self.where != "the layout"):
            raise self.wrong(f"{name!r} cannot be a name", "a name is not empty and has no slash")
        return name

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self.data else None

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self.data.pop(key, default)
        if value is None:
            raise self.wrong(f"{key!r} is missing")
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self.wrong(f"{key!r} must be {_STRING_LIST}")
        return tuple(value)

    def number(self, key: str) -> int | None:
        value = self.data.pop(key, None)
        if value is not None and (not isinstance(value, int) or value < 1):
            raise self.wrong(f"{key!r} must be a whole number from 1")
        return value

    def table(self, key: str) -> dict[str, Any]:
        value = self.data.pop(key, {})
        if not isinstance(value, dict):
            raise self.wrong(f"{key!r} must be a table")
        return value

    def parts(self, key: str) -> list[_Checked]:
        value = self.data.pop(key, [])
        if not isinstance(value, list):
            raise self.wrong(f"{key!r} must be written [[{key}]]")
        names = [v.get("name", n) if isinstance(v, dict) else n for n, v in enumerate(value, 1)]
        where = "" if self.where == "the layout" else f"{self.where}, "
        return [
            _Checked(self.file, part, f"{where}{key} {name}")
            for part, name in zip(value, names, strict=True)
        ]

    def done(self, keys: str) -> None:
        if self.data:
            raise self.wrong(f"unknown key {min(self.data)!r}", f"the keys are {keys}")

    def layout(self) -> Layout:
        name = self.name()
        label_sets = {}
        for layer, entry in self.table("label_sets").items():
            part = _Checked(self.file, entry, f"label set {layer}")
            if layer in (BASIC7.layer, GOEMOTIONS.layer):
                raise part.wrong("this label set is known", "give a set of your own another name")
            label_sets[layer] = part.label_set(layer)
        layout = Layout(
            file=self.file,
            name=name,
            version=self.text("version", "0"),
            languages=self.texts("languages", ()),
            licence=self.text("licence", ""),
            rules=self.table("rules"),
            label_sets=label_sets,
            subsets=tuple(part.subset() for part in self.parts("subsets")),
            streaming=self._streaming(),
        )
        self.done("name, version, languages, licence, rules, label_sets, subsets, streaming")
        if not layout.subsets and layout.streaming is None:
            raise self.wrong("it declares neither a subset nor a streaming folder")
        for subset in layout.subsets:
            layers = [layer for batch in subset.batches for layer in batch.layers]
            for layer in layers + [subset.items.source_layer] * bool(subset.items.source_layer):
                try:
                    layout.label_set(layer)
                except EmosError as error:
                    raise EmosError(
                        error.problem,
                        file=self.file,
                        place=f"subset {subset.name}",
                        remedy=f"declare [label_sets.{layer}], or use basic7 or goemotions",
                    ) from None
        used = {layer for s in layout.subsets for batch in s.batches for layer in batch.layers}
        used |= {subset.items.source_layer for subset in layout.subsets}
        if unused := set(layout.label_sets) - used:
            raise self.wrong(f"no layer is called {min(unused)!r}", "use the label set, or drop it")
        check_rules(
            layout.rules,
            {f"{s.name}/{b.name}": list(b.layers) for s in layout.subsets for b in s.batches},
            [*layout.label_sets.values(), BASIC7, GOEMOTIONS],
            self.file,
        )
        return layout

    def label_set(self, layer: str) -> LabelSet:
        labels = self.texts("labels")
        multi = self.data.pop("multi", False)
        if not isinstance(multi, bool) or not labels:
            raise self.wrong("needs labels = [...] and multi = true or false")
        self.done("labels, multi")
        label_set = custom_label_set(labels, layer=layer, multi=multi)
        check_labels(label_set, labels, self.wrong)
        return label_set

    def _streaming(self) -> StreamingLayout | None:
        if "streaming" not in self.data:
            return None
        part = _Checked(self.file, self.table("streaming"), "streaming")
        streaming = StreamingLayout(part.text("folder"), part.text("origin", "unknown"))
        part.done("folder, origin")
        return streaming

    def subset(self) -> SubsetLayout:
        subset = SubsetLayout(
            name=self.name(),
            folder=self.text("folder", ""),
            language=self.text("language", ""),
            source=self.text("source", ""),
            licence=self.text("licence", ""),
            items=_Checked(self.file, self.data.pop("items", {}), f"{self.where}, items").items(),
            batches=tuple(part.batch() for part in self.parts("batches")),
        )
        self.done("name, folder, language, source, licence, items, batches")
        if not subset.items.file and not subset.batches:
            raise self.wrong("it has neither an items file nor a batch")
        names = [batch.name for batch in subset.batches]
        if len(set(names)) < len(names):
            raise self.wrong("two batches have one name", "give each batch a name of its own")
        return subset

    def items(self) -> ItemsLayout:
        fields = {name: self.text(name) for name in ITEM_FIELDS if name in self.data}
        if not re.search(r"\{.+\}", fields.get("item_id", "")):
            raise self.wrong("'item_id' must name a column, such as corpus/{clip}")
        items = ItemsLayout(
            fields=fields,
            file=self.text("file", ""),
            sheet=self.optional_text("sheet"),
            header=self.number("header"),
            source_layer=self.text("source_layer", ""),
        )
        self.done(", ".join((*ITEM_FIELDS, "file", "sheet", "header", "source_layer")))
        if not items.file and (items.sheet is not None or items.header is not None):
            raise self.wrong(
                "'sheet' and 'header' are of the items file, and there is no 'file'",
                "items without a file are taken from the batches: write both into the batch",
            )
        if items.source_layer and "source_label" not in fields:
            raise self.wrong("'source_layer' without 'source_label'", "name its column, too")
        return items

    def batch(self) -> BatchLayout:
        annotators = self.texts("annotators")
        if len(set(annotators)) < len(annotators) or not annotators:
            raise self.wrong("'annotators' must be distinct names, such as A1, A2, A3")
        if strange := [name for name in annotators if not re.fullmatch(r"A[0-9]{1,6}", name)]:
            raise self.wrong(
                f"annotator {strange[0]!r} must be called A and a number",
                "write A1, A2, ... in the order of the workbooks: names stay out of the tables",
            )
        batch = BatchLayout(
            name=self.name(),
            workbooks=self.texts("workbooks"),
            exclude=self.texts("exclude", ()),
            annotators=annotators,
            layers=self._layers(len(annotators)),
            rows=self._rows(),
            sheet=self.optional_text("sheet"),
            header=self.number("header"),
        )
        self.done("name, workbooks, exclude, annotators, layers, rows, sheet, header")
        if not batch.workbooks or not all(batch.workbooks):
            raise self.wrong("'workbooks' names no file", 'such as workbooks = "answers/*.xlsx"')
        return batch

    def _layers(self, annotators: int) -> dict[str, str | tuple[str, ...]]:
        layers: dict[str, str | tuple[str, ...]] = {}
        for layer, pattern in self.table("layers").items():
            if isinstance(pattern, list):
                if len(pattern) != annotators or not all(isinstance(p, str) for p in pattern):
                    raise self.wrong(f"layer {layer!r} needs one column or one per annotator")
                layers[layer] = tuple(pattern)
            elif isinstance(pattern, str):
                layers[layer] = pattern
            else:
                raise self.wrong(f"layer {layer!r} must name a column")
        if not layers:
            raise self.wrong("'layers' must name a column for at least one layer")
        return layers

    def _rows(self) -> tuple[int, int] | None:
        value = self.data.pop("rows", None)
        if value is None:
            return None
        if (
            not isinstance(value, list)
            or len(value) != 2
            or not all(isinstance(v, int) for v in value)
            or not 1 <= value[0] <= value[1]
        ):
            raise self.wrong("'rows' must be [first, last], counted from 1 below the header")
        return value[0], value[1]

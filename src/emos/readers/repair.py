"""Canonical labels from what people type: what is certain is repaired, the rest is kept aside.

A cell is cut at separators; each token is tried, in this order, as it stands, without case, as a
Chinese name, as an English/Chinese pair, as labels glued together, and as a misspelling of the one
label that is nearest. Every step that changes something is a `Change`; a token that fits none is no
vote and no guess: it is kept aside. ``drop`` does none of this: a token counts if it is a label
exactly as spelled, or is in ``spellings`` (the one misspelling the EmoS release repaired itself).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from emos.errors import EmosError
from emos.readers.no_value import is_sheet_error, means_no_value
from emos.readers.spelling import nearest, segment
from emos.tables import DatasetInfo
from emos.taxonomy import GOEMOTIONS, UNSURE, LabelSet, custom_label_set, layer_label_set

MODES = ("full", "drop")
LONGEST_LABEL = 100  # characters; a longer text is no name of a class

# Two blanks or more cut as well, one does not: "not joy" is no joy.
_MARKS = r";；,，|｜\n\r\t、"
_SEPARATORS = re.compile(rf"[{_MARKS}]|(?<=[^\s{_MARKS}])\s{{2,}}(?=[^\s{_MARKS}])")
_SLASH = re.compile(r"[/／]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


class Change(NamedTuple):
    """One step of a repair (``repaired``), a token kept ``aside``, or one that is no answer
    (``flagged``).
    """

    kind: str
    rule: str
    before: str
    after: str
    note: str = ""


class Reading(NamedTuple):
    """What a cell says.

    Attributes
    ----------
    labels : canonical and distinct, in the order given.
    status : ``given``; ``unsure`` if that is all the cell says (without a label where the set has
        none called so); ``blank`` if no label is left
        (``aside`` tells a blank from a cell that could not be read).
    aside : tokens that are no label and were not guessed at. Words for "no value" (``NA``, ``-``)
        are blanks, unless the label set has them as labels.
    changes : every repair, every token kept aside and every word for "no value".
    """

    labels: tuple[str, ...]
    status: str
    aside: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


def read_labels(
    raw: str | None,
    label_set: LabelSet,
    *,
    mode: str = "full",
    spellings: Mapping[str, str] | None = None,
) -> Reading:
    """The labels in one cell.

    Parameters
    ----------
    raw : the cell as typed, ``None`` if empty.
    label_set : the labels that exist. Several labels in a cell of a single-label set are all kept
        aside: which one was meant is not known.
    mode : ``full`` repairs, ``drop`` takes exact tokens only (separator ``;``).
    spellings : misspelling to label, applied in both modes to the labels of the set.

    Raises
    ------
    EmosError : for an unknown mode.
    """
    if mode not in MODES:
        raise EmosError(f"unknown repair {mode!r}", remedy=f"it is {' or '.join(MODES)}")
    if raw is None or not raw.strip():
        return Reading((), "blank")
    chinese = tuple(sorted((label, tuple(names)) for label, names in label_set.chinese.items()))
    words = _vocabulary(label_set.labels, chinese)
    own = {typed: label for typed, label in (spellings or {}).items() if label in words.exact}
    cell = _Cell(words, own)
    if mode == "drop":
        cell.read_exact(raw)
    else:
        cell.read(raw)
    if not label_set.multi:
        cell.keep_one(raw)
    return cell.reading()


def _status(labels: list[str], *, unsure: bool) -> str:
    if not labels:
        return "unsure" if unsure else "blank"
    return "unsure" if labels == [UNSURE] else "given"


# "Unsure" is an answer on every layer, also where the label set has no such label.
_UNSURE_WORDS = frozenset({UNSURE, *GOEMOTIONS.chinese[UNSURE]})


class _Vocabulary(NamedTuple):
    """A label set as looked up: folded spelling and Chinese name to label."""

    exact: frozenset[str]
    folded: dict[str, str]
    chinese: dict[str, str]


@lru_cache(maxsize=64)
def _vocabulary(
    labels: tuple[str, ...], chinese: tuple[tuple[str, tuple[str, ...]], ...]
) -> _Vocabulary:
    folded: dict[str, str] = {}
    for label in labels:
        key = label.casefold()
        # Two labels that differ in case only cannot be told apart without it.
        folded[key] = "" if key in folded else label
    names: dict[str, str] = {}
    for label, label_names in chinese:
        for name in label_names:
            names[name] = "" if name in names else label
    return _Vocabulary(
        frozenset(labels),
        {key: label for key, label in folded.items() if label},
        {name: label for name, label in names.items() if label},
    )


class _Cell:
    """Labels, leftovers and changes of one cell while it is read."""

    def __init__(self, words: _Vocabulary, spellings: dict[str, str]) -> None:
        self.words = words
        self.spellings = spellings
        self.labels: list[str] = []
        self.aside: list[str] = []
        self.changes: list[Change] = []
        self.unsure = False  # said so, where the set has no label for it

    def reading(self) -> Reading:
        if self.unsure and (self.labels or self.aside):
            self.set_aside(UNSURE, "unsure-and-more", "unsure stands beside another answer")
        status = _status(self.labels, unsure=self.unsure and not self.aside)
        return Reading(tuple(self.labels), status, tuple(self.aside), tuple(self.changes))

    def add(self, label: str) -> None:
        if label in self.labels:
            self.changes.append(Change("repaired", "repeated", label, "", "named once before"))
        else:
            self.labels.append(label)

    def set_aside(self, token: str, rule: str, note: str) -> None:
        self.aside.append(token)
        self.changes.append(Change("aside", rule, token, "", note))

    def sheet_error(self, token: str) -> None:
        self.set_aside(token, "sheet-error", "what was answered is lost")

    def keep_one(self, raw: str) -> None:
        """Of several labels none is kept: which one was meant is not known."""
        if len(self.labels) > 1:
            self.set_aside(raw.strip(), "several-labels", "one label is expected here")
            self.labels.clear()

    def no_value(self, token: str) -> None:
        note = "read as blank; declare the label set in a layout if it is a label"
        self.changes.append(Change("flagged", "no-value", token, "", note))

    def step(self, rule: str, before: str, after: str) -> str:
        if before != after:
            self.changes.append(Change("repaired", rule, before, after))
        return after

    def read_exact(self, raw: str) -> None:
        """``drop``: exact tokens; what the release's derived files kept."""
        for token in (part.strip() for part in raw.split(";")):
            if token in self.words.exact:
                if token not in self.labels:
                    self.labels.append(token)
            elif token in self.spellings:
                self.add(self.step("release-spelling", token, self.spellings[token]))
            elif token and means_no_value(token):
                self.no_value(token)
            elif token == UNSURE:
                self.unsure = True
            elif token:
                self.set_aside(token, "not-exact", "repair is off: only exact labels count")

    def read(self, raw: str) -> None:
        """``full``: repair what is certain."""
        tokens = _SEPARATORS.split(raw)
        filled = ";".join(token for token in tokens if token.strip())
        if any(mark != ";" for mark in _SEPARATORS.findall(raw)):
            self.step("separator", raw, filled)
        else:
            self.step("empty-token", raw, filled)
        for token in tokens:
            if token in self.words.exact:
                self.add(token)
            elif token.strip():
                self._token(token)

    def _token(self, typed: str) -> None:
        if means_no_value(typed) and self._known(typed.strip()) is None:
            self.no_value(typed.strip())
            return
        token = self._tidy(typed)
        if not token:
            self.set_aside(typed.strip(), "unknown-label", "no letters in it")
        elif means_no_value(token) and self._known(token) is None:
            self.no_value(token)
        elif is_sheet_error(token):
            self.sheet_error(token)
        elif len(parts := [part.strip() for part in _SLASH.split(token) if part.strip()]) > 1:
            self._parts(token, parts)
        else:
            self._word(token)

    def _tidy(self, typed: str) -> str:
        token = self.step("width", typed, unicodedata.normalize("NFKC", typed))
        token = self.step("emoji", token, "".join(c for c in token if not _is_emoji(c)))
        visible = "".join(c for c in token if unicodedata.category(c) not in ("Cf", "Cc", "Co"))
        token = self.step("blanks", token, " ".join(visible.split()))
        return self.step("punctuation", token, token.strip("\"'“”‘’`.。 "))

    def _parts(self, token: str, parts: list[str]) -> None:
        """``Anger/愤怒`` is one label in two languages, ``joy/love`` are two labels."""
        chinese = [part for part in parts if _CHINESE.search(part)]
        latin = [part for part in parts if not _CHINESE.search(part)]
        if not chinese or not latin:
            self.step("separator", token, ";".join(parts))
            for part in parts:
                self._word(part)
            return
        meant = {self.words.chinese[part] for part in chinese if part in self.words.chinese}
        named = [self._known(part) for part in latin]
        if len(parts) > 2 or named[0] is None or len(meant | {named[0]}) > 1:
            self.set_aside(token, "pair-disagrees", "its two languages do not name one label")
            return
        self.add(self.step("pair", token, named[0]))

    def _known(self, word: str) -> str | None:
        """The label that ``word`` is, apart from case."""
        return word if word in self.words.exact else self.words.folded.get(word.casefold())

    def _word(self, word: str) -> None:
        if (label := self._known(word)) is not None:
            self.add(self.step("case", word, label))
        elif word in self.words.chinese:
            self.add(self.step("chinese", word, self.words.chinese[word]))
        elif word.casefold() in _UNSURE_WORDS:
            self.unsure = True
        elif word in self.spellings:
            self.add(self.step("misspelling", word, self.spellings[word]))
        elif " " in word and all(self._known(part) for part in word.split()):
            labels = [str(self._known(part)) for part in word.split()]
            self.step("missing-separator", word, ";".join(labels))
            self._add_all(labels)
        elif glued := segment(word.casefold(), self.words.folded):
            self.step("glued", word, ";".join(glued))
            self._add_all(glued)
        elif (label := nearest(word.casefold(), self.words.folded)) is not None:
            self.add(self.step("misspelling", word, label))
        else:
            self.set_aside(word, "unknown-label", "not a label, and no single label is near")

    def _add_all(self, labels: list[str]) -> None:
        for label in labels:
            self.add(label)


def _is_emoji(character: str) -> bool:
    return (
        unicodedata.category(character) == "So"
        or character in "\u200d\ufe0e\ufe0f\u20e3"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def read_column(
    raw: pl.Series,
    label_set: LabelSet,
    *,
    mode: str = "full",
    spellings: Mapping[str, str] | None = None,
) -> dict[str, Reading]:
    """Every distinct text of ``raw`` with its reading: each is repaired once, not once per cell."""
    return {
        text: read_labels(text, label_set, mode=mode, spellings=spellings)
        for text in raw.drop_nulls().unique(maintain_order=True)
    }


def read_open_labels(raw: pl.Series, *, multi: bool = True) -> dict[str, Reading]:
    """Every distinct text of ``raw`` read without a label set: tokens between ``;`` as they are.

    Words for "no value" are blanks; errors of a spreadsheet, texts over `LONGEST_LABEL` and,
    unless ``multi``, several labels in one cell are kept aside.
    """
    return {text: _read_open(text, multi) for text in raw.drop_nulls().unique(maintain_order=True)}


def _read_open(raw: str, multi: bool) -> Reading:
    cell = _Cell(_vocabulary((), ()), {})
    for part in raw.split(";"):
        token = part.strip()
        if not token:
            continue
        if means_no_value(token):
            cell.no_value(token)
        elif is_sheet_error(token):
            cell.sheet_error(token)
        elif token.startswith("="):
            cell.set_aside(token, "formula", "a formula as text, not an answer")
        elif len(token) > LONGEST_LABEL:
            cell.set_aside(token, "long-label", f"longer than {LONGEST_LABEL} characters")
        else:
            cell.add(cell.step("blanks", part, token))
    if not multi:
        cell.keep_one(raw)
    return cell.reading()


def readings_frame(readings: Mapping[str, Reading], layer: str) -> pl.DataFrame:
    """Readings as a table to join votes with: ``layer, raw, labels, status, aside``."""
    return pl.DataFrame(
        {
            "layer": [layer] * len(readings),
            "raw": list(readings),
            "labels": [list(reading.labels) for reading in readings.values()],
            "status": [reading.status for reading in readings.values()],
            "aside": [list(reading.aside) for reading in readings.values()],
        },
        schema={
            "layer": pl.String,
            "raw": pl.String,
            "labels": pl.List(pl.String),
            "status": pl.String,
            "aside": pl.List(pl.String),
        },
    )


def reread_votes(votes: pl.DataFrame, info: DatasetInfo, *, mode: str) -> pl.DataFrame:
    """``votes`` with labels, status and aside derived again from ``raw`` under another mode.

    The label sets and the release's own spellings are taken from ``info``. A layer whose labels
    are its data's own (no set to repair to) is returned as it is.
    """
    spellings = info.rules.get("release_spellings", {})
    frames = [readings_frame({}, "")]
    closed = []
    for layer in votes["layer"].unique(maintain_order=True):
        label_set = known_label_set(layer, info)
        if label_set is None:
            continue
        closed.append(layer)
        raw = votes.filter(pl.col("layer") == layer)["raw"]
        readings = read_column(raw, label_set, mode=mode, spellings=spellings)
        frames.append(readings_frame(readings, layer))
    again = votes.select("layer", "raw").join(
        pl.concat(frames), on=["layer", "raw"], how="left", maintain_order="left"
    )
    reread = pl.col("layer").is_in(closed)
    return votes.with_columns(
        pl.when(reread).then(again["labels"].fill_null([])).otherwise("labels").alias("labels"),
        pl.when(reread)
        .then(again["status"].fill_null("blank"))
        .otherwise("status")
        .alias("status"),
        pl.when(reread).then(again["aside"].fill_null([])).otherwise("aside").alias("aside"),
    )


def known_label_set(layer: str, info: DatasetInfo) -> LabelSet | None:
    """The closed label set of a layer, or ``None`` if its data alone decide what is a label."""
    if layer in ("basic7", "goemotions"):
        return layer_label_set(layer)
    declared = info.rules.get("closed_label_sets", {}).get(layer)
    if declared is None:
        return None
    return custom_label_set(info.label_sets[layer], layer=layer, multi=bool(declared["multi"]))

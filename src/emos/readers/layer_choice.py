"""Which layer the labels of a votes file are of, and what every text in it says.

Two things are decided by share, because one odd cell must not decide for a whole file: whether the
labels are those of a known set, and whether labels of one's own come singly. The decision is put
into words, so that it can be shown and contradicted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from emos.readers.repair import Reading, read_column, read_open_labels
from emos.readers.wording import counted
from emos.taxonomy import BASIC7, GOEMOTIONS, LabelSet, layer_label_set

OWN_LAYER = "label"
MAX_MISSPELT = 0.25  # of the answers; with more, the labels are not that set's
MAX_SEVERAL = 0.05  # of the answers; with fewer cells of several labels, one label is meant
_NEAR = 0.5  # of the answers; from here on a known set is worth a hint
_NAMES = {BASIC7.layer: "Basic-7", GOEMOTIONS.layer: "GoEmotions"}


class LayerChoice(NamedTuple):
    """The layer of a votes file.

    Attributes
    ----------
    layer : ``basic7``, ``goemotions``, or ``label`` for labels of one's own.
    labels : its label set; for ``label`` the labels found, in alphabetical order.
    multi : whether one answer may hold several labels.
    readings : every distinct text and what it says.
    guess : how it was decided, one line; empty if the caller named the layer.
    """

    layer: str
    labels: tuple[str, ...]
    multi: bool
    readings: dict[str, Reading]
    guess: str


class _Fit(NamedTuple):
    """How well a known set fits; all numbers are of answers that are no blanks."""

    label_set: LabelSet
    answers: int
    strangers: dict[str, int]  # text -> answers with something that is no label of the set
    misspelt: int
    several: int  # in a single-label set: answers with more than one label of it
    exact: int  # as spelled

    @property
    def named(self) -> int:
        """Answers that are labels of the set, repaired ones and cells of several included."""
        return self.answers - sum(self.strangers.values())

    @property
    def is_good(self) -> bool:
        return (
            self.answers > 0
            and not self.strangers
            and self.misspelt <= MAX_MISSPELT * self.answers
            and self.several <= MAX_SEVERAL * self.answers
        )

    def words(self) -> str:
        """``147 of 150 answers are Basic-7 names (3 misspelt)``."""
        name = _NAMES[self.label_set.layer]
        odd = [f"{self.misspelt:,} misspelt"] * bool(self.misspelt)
        if self.several:
            odd.append(f"{self.several:,} with several in one cell, kept aside")
        share = f"{self.named:,} of {counted(self.answers, 'answer')}"
        told = f"{share} is a {name} name" if self.named == 1 else f"{share} are {name} names"
        return told + (f" ({', '.join(odd)})" if odd else "")


def choose_layer(raw: pl.Series, *, layer: str | None, repair: str) -> LayerChoice:
    """The layer of the cells ``raw`` (null where empty), told from them unless ``layer`` says it.

    Raises
    ------
    EmosError : for a layer that EmoS does not know.
    """
    if layer == OWN_LAYER:
        return _own(raw)
    if layer is not None:
        return _known(raw, layer_label_set(layer), repair, "")
    counts = dict(raw.drop_nulls().value_counts().iter_rows())
    fits = [_fit(raw, label_set, counts) for label_set in (BASIC7, GOEMOTIONS)]
    for fit in fits:
        if fit.is_good:
            guess = f"layer {fit.label_set.layer}, guessed: {fit.words()}"
            if fit.label_set is not BASIC7 and fits[0].several and not fits[0].strangers:
                guess += (
                    f"; {fits[0].several:,} of them hold several, which --layer basic7 keeps aside"
                )
            if fit.label_set is not BASIC7 and _mostly(fits[0]):
                guess += f"; {fits[0].words()}: --layer basic7 keeps the rest aside"
            return _known(raw, fit.label_set, repair, f"{guess}; --layer label keeps all as typed")
    own = _own(raw)
    return own._replace(guess=f"layer {OWN_LAYER}, guessed: {_why_own(fits)}; {_form(own)}")


def _mostly(fit: _Fit) -> bool:
    """Whether all but a few answers are of the set, and those few are no labels of it."""
    return bool(fit.strangers) and fit.named >= (1 - MAX_SEVERAL) * fit.answers


def _known(raw: pl.Series, label_set: LabelSet, repair: str, guess: str) -> LayerChoice:
    readings = read_column(raw, label_set, mode=repair)
    return LayerChoice(label_set.layer, label_set.labels, label_set.multi, readings, guess)


def _own(raw: pl.Series) -> LayerChoice:
    """Labels of one's own: the set is what is found, single unless cells of several are common."""
    readings = read_open_labels(raw)
    counts = dict(raw.drop_nulls().value_counts().iter_rows())
    answers = sum(counts[text] for text, reading in readings.items() if _is_answer(reading))
    several = sum(counts[text] for text, reading in readings.items() if len(reading.labels) > 1)
    multi = several > MAX_SEVERAL * answers
    if several and not multi:
        readings = read_open_labels(raw, multi=False)
    labels = {label for reading in readings.values() for label in reading.labels}
    return LayerChoice(OWN_LAYER, tuple(sorted(labels)), multi, readings, "")


def _is_answer(reading: Reading) -> bool:
    return bool(reading.labels or reading.aside)


def _fit(raw: pl.Series, label_set: LabelSet, counts: dict[str, int]) -> _Fit:
    readings = {text: r for text, r in read_column(raw, label_set).items() if _is_answer(r)}
    rules = {text: {change.rule for change in r.changes} for text, r in readings.items()}

    def total(texts: Iterable[str]) -> int:
        return sum(counts[text] for text in texts)

    several = {text for text in readings if "several-labels" in rules[text]}
    strangers = {text for text, r in readings.items() if r.aside} - several
    return _Fit(
        label_set,
        total(readings),
        {text: counts[text] for text in strangers},
        total(t for t in set(readings) - strangers if rules[t] & {"misspelling", "glued"}),
        total(several),
        total(text for text in readings if text.strip() in label_set.labels),
    )


def _why_own(fits: list[_Fit]) -> str:
    """What is said of the known set that is nearest, if one is near."""
    near = max(fits, key=lambda fit: (fit.named, fit.exact))
    if not near.answers:
        return "there is no answer"
    if near.named < _NEAR * near.answers:
        return "most answers are neither Basic-7 nor GoEmotions names"
    layer = near.label_set.layer
    if not near.strangers:
        return f"{near.words()}; --layer {layer} reads them so"
    some = ", ".join(repr(text.strip()[:40]) for text in sorted(near.strangers)[:5])
    more = ", ..." if len(near.strangers) > 5 else ""
    return f"{near.words()}, but not {some}{more}; --layer {layer} reads them so, the rest aside"


def _form(own: LayerChoice) -> str:
    aside = sum(r.changes[-1].rule == "several-labels" for r in own.readings.values() if r.changes)
    form = "several may stand in one answer" if own.multi else "one in an answer"
    kept = " (cells of several are kept aside)" if aside else ""
    return f"its labels are the {len(own.labels):,} found, {form}{kept}"

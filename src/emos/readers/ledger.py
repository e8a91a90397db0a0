"""Rows of the ledger: what was repaired, kept aside or noticed, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from emos.readers.repair import Reading
from emos.tables import TABLES, conform, empty

RULES = {
    # repaired
    "blanks": "blanks or invisible characters around or inside a label removed",
    "case": "capital and small letters as the label has them",
    "chinese": "a Chinese name replaced by its label",
    "emoji": "an emoji beside a label removed",
    "empty-token": "a separator with nothing behind it removed",
    "glued": "labels written without a separator taken apart",
    "id-zeros": "an id matched although its leading zeros differ",
    "missing-separator": "labels separated by a blank taken apart",
    "misspelling": "a misspelling of the one label that is near",
    "pair": "a label written in two languages",
    "punctuation": "quotes or a full stop around a label removed",
    "release-spelling": "the misspelling that the release's own files repaired",
    "repeated": "a label named twice in one cell counted once",
    "separator": "another separator than ;",
    "source-label": "the source's own label under its canonical name (a row per spelling)",
    "width": "full-width characters replaced by plain ones",
    # aside
    "formula": "a formula as text",
    "long-label": "a text too long to be a label",
    "not-exact": "not a label as spelled, and repair is off",
    "pair-disagrees": "the two languages of a pair name different labels",
    "several-labels": "several labels where one is expected",
    "sheet-error": "an error of a spreadsheet where an answer is expected",
    "unsure-and-more": "unsure beside another answer",
    "unknown-label": "not a label, and no single label is near",
    "unreadable-time": "a time that cannot be read",
    # flagged
    "duplicate-clip": "two clips with the same recording, start and end",
    "layer-guess": "how the layer of the votes was decided",
    "missing-file": "a file or folder of the source that is not there",
    "missing-row": "an annotator's sheet lacks an item of the batch",
    "name-like-no-value": "a task or worker called like a missing value: taken as a name",
    "neighbour-same-time": "two neighbouring utterances share start and end",
    "no-value": "NA, null, -, ? and the like: a blank, not an answer",
    "other-sheet": "a sheet that was not read",
    "outside-batch": "filled cells outside the annotator's batch: not votes (a row per run)",
    "repeated-row": "an item stands twice in one sheet with the same answer",
    "row-order": "rows in another order than the items (a row per sheet)",
    "rows-beyond-end": "the layout names more rows than there are",
    "short-clip": "clips shorter than one second (a row per split)",
    "short-row": "a row of a CSV file with fewer fields than its header: the rest is blank",
    "text-differs": "an item's text differs from the one in the items table",
    "time-order": "a clip that ends before it starts",
    "unknown-id": "a filled row whose id is not among the items",
    # streaming part
    "advertisement": "text of a transcription service, not speech",
    "beyond-duration": "ends after the monologue does, by more than the times are rounded "
    "(1 s for utterances, 0.02 s for sentences)",
    "byte-order-mark": "a byte order mark before the JSON left out",
    "clip-name": "the clip is named otherwise than its folder",
    "control-character": "a raw line break or control character in a JSON string",
    "cut-off": "the JSON ends early",
    "duplicate-key": "a JSON key given twice; the last counts",
    "duration-differs": "the stated duration is not end minus start",
    "half-character": "half a character replaced by ?",
    "index-differs": "the cross-index says something else than the folder",
    "index-stands-in": "the cross-index was read instead of a missing file",
    "index-without-folder": "a film of the cross-index has no folder",
    "intensity-out-of-range": "an intensity outside 1 to 5",
    "markdown-fence": "the JSON stood in a Markdown code fence",
    "negative-time": "a time below zero",
    "no-annotation": "a monologue's annotation file is not there",
    "no-duration": "an utterance or sentence that ends where or before it starts",
    "no-intensity": "no intensity",
    "no-label": "no label",
    "no-language": "no language stated",
    "no-timestamps": "a monologue's timestamps file is not there",
    "no-utterances": "an annotation without utterances",
    "not-a-list": "another kind of value where a list is expected",
    "not-a-number": "another kind of value where a number is expected",
    "not-an-object": "another kind of value where an object is expected",
    "not-in-index": "a folder that the cross-index does not name",
    "not-text": "another kind of value where text is expected",
    "number-as-text": "a number written as text",
    "out-of-order": "starts before the one before it",
    "overlap": "starts before the one before it ends",
    "path-outside": "a path that leaves its folder; not used",
    "second-annotation": "more than one annotation file for a monologue",
    "text-around": "text around the JSON left out",
    "trailing-comma": "a comma too many in the JSON",
    "typographic-quotes": "curly quotes in the JSON",
    "undefined-number": "NaN or infinity in the JSON, read as nothing",
    "unreadable-json": "JSON that could not be salvaged",
}


def ledger_frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Ledger rows from mappings; absent columns are null."""
    rows = list(rows)
    if not rows:
        return empty("ledger")
    return pl.DataFrame(rows, schema=dict(TABLES["ledger"]), infer_schema_length=None)


def label_changes(votes: pl.DataFrame, readings: Mapping[str, Reading]) -> pl.DataFrame:
    """One row per change of every vote whose cell was repaired or left something aside.

    ``votes`` are of one layer; ``readings`` maps each text to what was read from it.
    """
    changes = [
        (text, change.kind, change.rule, change.before, change.after or None, change.note or None)
        for text, reading in readings.items()
        for change in reading.changes
    ]
    if not changes:
        return empty("ledger")
    columns = ("raw", "kind", "rule", "before", "after", "note")
    table = pl.DataFrame(changes, schema=dict.fromkeys(columns, pl.String), orient="row")
    places = votes.select("raw", "file", "sheet", "cell", "item_id", "annotator", "layer")
    joined = places.join(table, on="raw", how="inner", maintain_order="left_right").drop("raw")
    return conform("ledger", joined)

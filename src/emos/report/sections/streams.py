"""Monologues: turning points under each definition, and every monologue over time."""

from __future__ import annotations

import polars as pl

from emos.aggregate.settled import origins, settled
from emos.aggregate.turning_points import DEFINITIONS, boundaries, count_turning_points
from emos.report.blocks import Block, Details, Panel, Paragraph, Section, Shown, Table
from emos.report.making import Making
from emos.report.sections import SectionMaker
from emos.report.streams import monologue_title, stream_data
from emos.report.words import Number, shown

# Where a turning point stands, as listed.
_PLACE = (
    "monologue_id",
    "origin",
    "index",
    "time",
    "primary_raw",
    "secondary_raw",
    "file",
    "place",
)


def make(making: Making) -> Section | None:
    """The streaming part of the page, ``None`` for a dataset without utterances."""
    dataset, say = making.results.dataset, making.words.say
    if dataset.utterances.is_empty():
        return None
    utterances = settled(dataset.utterances, dataset.monologues)
    found = boundaries(utterances)
    each = _monologues(making, utterances, found)
    behind = {name: _behind(making, found, name) for name in DEFINITIONS}
    blocks: list[Block] = [
        _lead(making, each, behind),
        _definitions(making, each, found, behind),
        *_notes(making, found),
        Panel("streams", stream_data(dataset)),
        Details(say("streams.all_monologues"), [_table(making, each)]),
    ]
    return Section("streams", say("streams.title"), say("streams.question"), blocks)


def _monologues(making: Making, utterances: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Each monologue's title, language, length in seconds, utterances and turning points."""
    items = making.results.dataset.items.select(
        "source_id", "language", monologue_id="item_id", clip=pl.col("end_s") - pl.col("start_s")
    )
    spoken = utterances.group_by("monologue_id", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("utterances"), pl.col("end_s").max().alias("spoken")
    )
    counts = count_turning_points(found).drop("origin")
    known = spoken.join(items, on="monologue_id", how="left", maintain_order="left")
    known = known.join(counts, on="monologue_id", how="left", maintain_order="left")
    return known.with_columns(
        pl.col(*DEFINITIONS).fill_null(0), length=pl.coalesce("clip", "spoken")
    )


def _behind(making: Making, found: pl.DataFrame, name: str) -> Number:
    """How many boundaries are turning points, leading to where they stand in the files."""
    say = making.words.say
    rows = found.filter(name).with_columns(
        time=pl.col("start_s").map_elements(clock, return_dtype=pl.String, skip_nulls=False)
    )
    what = say("streams.behind", meaning=say(f"streams.meaning_{name}"))
    return Number(shown(rows.height), making.sets.rows(rows.select(_PLACE), what))


def _lead(making: Making, each: pl.DataFrame, behind: dict[str, Number]) -> Paragraph:
    what = making.words.say("streams.each")
    return Paragraph(
        making.words.phrase(
            "streams.lead",
            utterances=int(each["utterances"].sum()),
            monologues=making.counted(each["monologue_id"], what),
            length=clock(float(each["length"].sum())),
            boundaries=behind["boundary"],
            primary=behind["primary"],
            either=behind["either"],
        )
    )


def _definitions(
    making: Making, each: pl.DataFrame, found: pl.DataFrame, behind: dict[str, Number]
) -> Table:
    say = making.words.say
    undefined = any(found[name].null_count() for name in DEFINITIONS)
    heads = ["definition", "points", *(["unknown"] if undefined else [])]
    heads += ["per_monologue", "most", "meaning"]
    rows: list[list[Shown]] = []
    for name in DEFINITIONS:
        most = each.filter(pl.col(name) == each[name].max()).row(0, named=True)
        rows.append(
            [
                say(f"streams.turn_{name}"),
                behind[name],
                *([found[name].null_count()] if undefined else []),
                Number(f"{int(each[name].sum()) / each.height:.1f}"),
                f"{most[name]} ({_title(most)})",
                say(f"streams.meaning_{name}"),
            ]
        )
    return Table(say("streams.definitions"), [say(f"streams.{head}") for head in heads], rows)


def _notes(making: Making, found: pl.DataFrame) -> list[Paragraph]:
    dataset, phrase = making.results.dataset, making.words.phrase
    several = [
        name
        for name, who in origins(dataset.utterances, dataset.monologues).items()
        if len(who) > 1
    ]
    notes = []
    if several:
        what = making.words.say("streams.several_what")
        notes.append(phrase("streams.several_note", n=making.counted(several, what)))
    if any(found[name].null_count() for name in DEFINITIONS):
        notes.append(phrase("streams.undefined_note"))
    return [Paragraph(note, "note") for note in notes]


def _table(making: Making, each: pl.DataFrame) -> Table:
    say = making.words.say
    heads = [say(f"streams.{head}") for head in ("monologue", "language", "length", "speech")]
    rows = [
        [
            making.number(_title(row), [row["monologue_id"]], say("streams.this_monologue")),
            row["language"],
            clock(row["length"]),
            row["utterances"],
            *(row[name] for name in DEFINITIONS),
        ]
        for row in each.iter_rows(named=True)
    ]
    heads += [say(f"streams.turn_{name}") for name in DEFINITIONS]
    return Table(say("streams.each"), heads, rows)


def _title(row: dict[str, object]) -> str:
    return str(row["source_id"] or monologue_title(str(row["monologue_id"])))


def clock(seconds: float | None) -> str:
    """Seconds as mm:ss, with hours where there are any; a dash for an unknown time."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


SECTION = SectionMaker("streams", 60, make)

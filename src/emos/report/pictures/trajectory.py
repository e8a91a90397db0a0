"""One monologue over time: both layers, intensity, and turning points under each definition.

A class or label is a row, so that nothing hangs on colour. Several annotators' primary emotions
stand above the settled ones.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from emos.aggregate.settled import origins
from emos.aggregate.turning_points import DEFINITIONS, turning_points, utterance_labels
from emos.errors import EmosError
from emos.report.order import label_order
from emos.report.pictures import theme
from emos.report.pictures.registry import Choice, Picture
from emos.report.results import Results
from emos.report.streams import monologue_title
from emos.report.words import Words
from emos.tables import Dataset

if TYPE_CHECKING:
    import altair as alt

_SCHEMA: dict[str, Any] = {
    "monologue": pl.String,
    "origin": pl.String,
    "settled": pl.Boolean,
    "index": pl.Int64,
    "start_s": pl.Float64,
    "end_s": pl.Float64,
    "intensity": pl.Int64,
    "layer": pl.String,
    "label": pl.String,
    "in_set": pl.Boolean,
    "place": pl.Int64,
} | {f"turn_{name}": pl.Boolean for name in DEFINITIONS}

_ROW, _STRIP = 13, 30  # units: of a label, of the intensity
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200)
_CLOCK = "format(floor(datum.value / 60), '02d') + ':' + format(datum.value % 60, '02d')"


def numbers(results: Results, choice: Choice) -> pl.DataFrame:
    """A row per label of each utterance of one monologue.

    The monologue is ``choice.item``, or the one with most utterances; ``choice.annotators`` leaves
    those origins beside the settled one.

    Returns
    -------
    By origin (the settled one last), index and layer: ``monologue``, ``origin``, ``settled``,
    ``index``, ``start_s``, ``end_s``, ``intensity``, ``layer`` (``basic7`` for the primary
    emotion, of which every utterance has a row, its label null if there is none; ``goemotions``),
    ``label``, ``in_set`` (whether it is a label and not a word of the annotator's own), ``place``
    (in the order of the layer's labels), and ``turn_<definition>``: whether the boundary before
    the utterance is a turning point, null where there is none or it cannot be told.

    Raises
    ------
    EmosError : for an item that is no monologue of the dataset.
    """
    dataset = results.dataset
    known = origins(dataset.utterances, dataset.monologues)
    if not known:
        return pl.DataFrame(schema=_SCHEMA)
    name = _chosen(dataset, list(known), choice.item)
    orders = {layer: label_order(dataset, layer) for layer in ("basic7", "goemotions")}
    rows: list[dict[str, Any]] = []
    for origin in known[name]:
        settled = origin == known[name][-1]
        if settled or choice.annotators is None or origin in choice.annotators:
            mine = pl.col("monologue_id").eq(name) & pl.col("origin").eq_missing(origin)
            track = dataset.utterances.filter(mine).sort("index")
            about = {"monologue": name, "origin": origin, "settled": settled}
            rows += [about | row for row in _rows(track, orders)]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _chosen(dataset: Dataset, known: list[str], item: str | None) -> str:
    if item is None:
        sizes = dataset.utterances.group_by("monologue_id", maintain_order=True).len()
        return str(sizes.sort("len", descending=True, maintain_order=True)["monologue_id"][0])
    if item not in known:
        near = difflib.get_close_matches(item, known, n=3, cutoff=0) or known[:3]
        raise EmosError(f"no monologue is called {item!r}", remedy=f"there is {', '.join(near)}")
    return item


def _rows(track: pl.DataFrame, orders: dict[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    labels = utterance_labels(track)
    turns = {name: [None, *turning_points(labels, name)] for name in DEFINITIONS}
    found = []
    for at, row in enumerate(track.iter_rows(named=True)):
        about = {key: row[key] for key in ("index", "start_s", "end_s", "intensity")}
        about |= {f"turn_{name}": column[at] for name, column in turns.items()}
        told = [("basic7", row["primary"], True)]
        told += [("goemotions", label, True) for label in row["secondary"] or ()]
        told += [("goemotions", word, False) for word in row["secondary_aside"] or ()]
        for layer, label, in_set in told:
            order = orders[layer]
            place = order.index(label) if label in order else len(order)
            found.append(about | {"layer": layer, "label": label, "in_set": in_set, "place": place})
    return found


def chart(numbers: pl.DataFrame, words: Words, choice: Choice) -> alt.VConcatChart:
    """Strips over one time axis; see the module."""
    import altair as alt

    say = words.say
    timed = numbers["start_s"].null_count() + numbers["end_s"].null_count() == 0
    first = (
        (pl.col("start_s"), pl.col("end_s")) if timed else (pl.col("index") - 1, pl.col("index"))
    )
    numbers = numbers.with_columns(start=first[0], end=first[1]).with_columns(_named(words))
    settled = numbers.filter("settled")
    primary = numbers.filter(pl.col("layer") == "basic7")
    secondary = settled.filter(pl.col("layer") == "goemotions")
    turns = _turns(settled.filter(pl.col("layer") == "basic7"), words)
    texts = [*numbers["name"].drop_nulls(), *turns["name"]]
    room = theme.extent(texts)
    across = (
        theme.width(choice.wide) - 2 * theme.PADDING - room - 16
    )  # 16: half a label of the axis
    scale = alt.Scale(domain=_span(numbers), nice=False, zero=False)
    line = _Line(texts, across, scale)

    parts: list[alt.Chart | alt.LayerChart] = []
    several = numbers["origin"].n_unique() > 1
    for (origin,), mine in primary.group_by("origin", maintain_order=True):
        title = say("streams.emotion") + (f": {origin or '–'}" if several else "")
        parts.append(line.strip(mine, title))
    parts.append(
        line.intensity(settled.filter(pl.col("layer") == "basic7"), say("streams.intensity"))
    )
    if secondary.height:
        outside = secondary["in_set"].all()
        title = say("streams.secondary") + ("" if outside else f" (* {say('streams.outside')})")
        parts.append(line.strip(secondary, title))
    parts.append(line.turns(turns, say("streams.points"), _axis(numbers, across, timed, words)))
    head = theme.heading(monologue_title(numbers["monologue"][0]), fontWeight="bold")
    stacked = alt.vconcat(*parts, spacing=6).properties(title=head)
    themed: alt.VConcatChart = theme.themed(stacked)
    return themed


class _Line:
    """Strips of one width over one time scale, whose rows are named at the left."""

    def __init__(self, texts: Sequence[str], across: int, scale: alt.Scale) -> None:
        self.texts = texts
        self.across = across
        self.scale = scale

    def strip(self, frame: pl.DataFrame, title: str) -> alt.Chart:
        """Bars from start to end, a row per label, in the order of the layer."""
        import altair as alt

        known = frame.drop_nulls("name").sort("place", "name")
        names = known["name"].unique(maintain_order=True).to_list()
        bars = self._chart(known).mark_bar(height=_ROW - 4, cursor="default")
        strip: alt.Chart = bars.encode(
            x=self._x(),
            x2="end:Q",
            y=self._rows(names),
            color=alt.Color("colour:N", scale=None),
            stroke=alt.Stroke("edge:N", scale=None),
            **theme.links(known),
        ).properties(width=self.across, height=_ROW * max(1, len(names)), title=_small(title))
        return strip

    def intensity(self, frame: pl.DataFrame, title: str) -> alt.Chart:
        """Bars whose height is the intensity."""
        import altair as alt

        axis = theme.label_axis(self.texts, values=[1, 3, 5], format="d", grid=True)
        y = alt.Y("intensity:Q", scale=alt.Scale(domain=[0, 5]), axis=axis)
        bars = self._chart(frame.drop_nulls("intensity")).mark_bar(color=theme.LINE, stroke="white")
        encoded = bars.encode(x=self._x(), x2="end:Q", y=y, y2=alt.datum(0))
        strip: alt.Chart = encoded.properties(width=self.across, height=_STRIP, title=_small(title))
        return strip

    def turns(self, frame: pl.DataFrame, title: str, axis: alt.Axis) -> alt.LayerChart:
        """A tick for each turning point, a question mark where it cannot be told; the time axis."""
        import altair as alt

        names = frame["name"].unique(maintain_order=True).to_list()
        marked = self._chart(frame.filter("turns")).mark_tick(
            thickness=1.5, size=_ROW - 3, color=theme.INK
        )
        asked = self._chart(frame.filter(pl.col("turns").is_null())).mark_text(
            text="?", color=theme.SOFT
        )
        layers = [mark.encode(x=self._x(axis), y=self._rows(names)) for mark in (marked, asked)]
        strip: alt.LayerChart = alt.LayerChart(layer=layers).properties(
            width=self.across, height=_ROW * len(names), title=_small(title)
        )
        return strip

    def _x(self, axis: alt.Axis | None = None) -> alt.X:
        import altair as alt

        return alt.X("start:Q", scale=self.scale, axis=axis)

    def _chart(self, frame: pl.DataFrame) -> alt.Chart:
        import altair as alt

        return alt.Chart(theme.rows(frame))

    def _rows(self, names: list[str]) -> alt.Y:
        import altair as alt

        axis = theme.label_axis(self.texts, grid=True, tickBand="extent")
        return alt.Y("name:N", scale=alt.Scale(domain=names), sort=None, axis=axis)


def _named(words: Words) -> list[pl.Expr]:
    """How a label is written, filled and edged."""
    inside = pl.col("in_set")
    basic = pl.col("layer") == "basic7"
    label = pl.col("label")
    name = pl.struct("layer", "label").map_elements(
        lambda row: None if row["label"] is None else words.label(row["layer"], row["label"]),
        return_dtype=pl.String,
    )
    colour = label.map_elements(theme.colour, return_dtype=pl.String)
    return [
        pl.when(inside).then(name).otherwise(pl.format("{} *", label)).alias("name"),
        pl.when(basic)
        .then(colour)
        .when(inside)
        .then(pl.lit(theme.PLAIN))
        .otherwise(pl.lit("#ffffff"))
        .alias("colour"),
        pl.when(inside).then(pl.lit("#ffffff")).otherwise(pl.lit(theme.PLAIN)).alias("edge"),
    ]


def _turns(utterances: pl.DataFrame, words: Words) -> pl.DataFrame:
    """A row per definition and boundary."""
    later = utterances.sort("index").slice(1)
    found = []
    for name in DEFINITIONS:
        turns = later[f"turn_{name}"]
        title = f"{words.say(f'streams.turn_{name}')} ({int(turns.sum())})"
        found.append(later.select("start", turns=turns, name=pl.lit(title)))
    return pl.concat(found)


def _span(numbers: pl.DataFrame) -> list[float]:
    """From the monologue's beginning; from its first utterance where times are a whole film's."""
    start, end = float(numbers["start"].min()), float(numbers["end"].max())  # type: ignore[arg-type]
    return [start if start > end - start else 0.0, end]


def _axis(numbers: pl.DataFrame, across: int, timed: bool, words: Words) -> alt.Axis:
    import altair as alt

    start, end = _span(numbers)
    fit = next((step for step in _STEPS if (end - start) / step * 36 <= across), _STEPS[-1])
    first = -int(-start // fit)
    values = [fit * place for place in range(first, int(end // fit) + 1)]
    if not timed:
        title = words.say("streams.number")
        return alt.Axis(title=title, values=values, labelExpr="datum.value + 1", grid=False)
    return alt.Axis(title=None, values=values, labelExpr=_CLOCK, grid=False)


def _small(title: str) -> alt.Title:
    return theme.heading(title, color=theme.SOFT, offset=3)


PICTURE = Picture(name="trajectory", numbers=numbers, chart=chart, needs="streams.needs")

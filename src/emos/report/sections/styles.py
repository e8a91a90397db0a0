"""What each annotator is like, and what it does to a group to mix them."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from emos.report.blocks import Block, Details, Heading, Paragraph, Section
from emos.report.making import Making
from emos.report.order import layers_of
from emos.report.places import MOST, Place
from emos.report.reasons import said
from emos.report.sections import SectionMaker
from emos.report.styles.claims import claims_blocks
from emos.report.styles.groups import correlation, findings_table
from emos.report.styles.pictures import bias_figure, composition_figure, radar_figure
from emos.report.styles.tables import (
    annotators_table,
    bias_number,
    bias_table,
    drift_table,
    figures_table,
    rules_table,
)
from emos.report.styles.view import StyleView
from emos.report.words import Number, Phrase

_NAMED = 3  # biases that a sentence names


def make(making: Making) -> Section | None:
    """Per layer: annotators with figures and styles, their radar, bias, drift, compositions."""
    words, found = making.words, making.results.styles
    if found is None or found.annotators.is_empty():
        return None
    measured = set(found.annotators["layer"])
    blocks: list[Block] = []
    for layer in layers_of(making.results.dataset):
        if layer in measured:
            blocks += _layer(StyleView(making, found, layer))
    notes = tuple(_notes(making, found.notes))
    if notes:
        blocks.append(Details(words.say("styles.notes"), notes))
    title, question = words.say("styles.title"), words.say("styles.question")
    return Section("styles", title, question, blocks)


def _layer(view: StyleView) -> Iterator[Block]:
    yield Heading(view.making.words.layer(view.layer))
    yield Paragraph(_told(view))
    yield annotators_table(view)
    yield from claims_blocks(view)
    radar = radar_figure(view)
    if radar is not None:
        yield radar
    if view.left_out:
        yield _sentence(view, "people_left", n=view.left_out)
    rules = rules_table(view)
    if rules.rows:
        explained = _sentence(view, "rules_told", least=f"{view.found.options.least_effect:g}")
        yield Details(view.say("rules_title"), (explained, rules))
    yield Details(view.say("figures_title"), (figures_table(view), *_undefined(view)))
    biased = _biased(view)
    if biased:
        yield Paragraph(biased)
        drawn = bias_figure(view)
        yield Details(view.say("bias_title"), (drawn,) if drawn else (bias_table(view),))
    drift = drift_table(view)
    if drift is not None:
        yield drift
    yield from _groups(view)


def _told(view: StyleView) -> Phrase:
    """Which style each annotator has, style by style."""
    words = view.making.words
    styled = view.everyone.drop_nulls("style")
    key = "styles.told" if styled.height else "styles.told_none"
    told = words.phrase(
        key, layer=words.layer(view.layer), n=styled.height, people=view.everyone.height
    )
    comma, stop = view.say("comma"), view.say("semicolon")
    parts = []
    for (style,), rows in styled.partition_by("style", as_dict=True, maintain_order=True).items():
        names = [
            view.who(Place(subset, batch), who)
            for subset, batch, who in rows.select("subset", "batch", "annotator").iter_rows()
        ]
        people = f"{rows.height:,}" if view.left_out else comma.join(names)
        parts.append(view.say("of_style", style=view.say(f"style_{style}"), people=people))
    return (*told, stop.join(parts), view.say("stop")) if parts else told


def _undefined(view: StyleView) -> Iterator[Block]:
    """Why figures are undefined, a line per reason."""
    lines: dict[str, list[str]] = {}
    for row in view.table("figures").filter(pl.col("value").is_nan()).to_dicts():
        names = lines.setdefault(row["reason"], [])
        name = view.say(f"figure_{row['figure']}")
        if name not in names:
            names.append(name)
    for reason, names in list(lines.items())[:MOST]:
        told = said(view.making.words, reason)
        yield _sentence(view, "undefined", figures=view.say("semicolon").join(names), reason=told)


def _biased(view: StyleView) -> Phrase:
    """The biases that stand out most, among those whose interval excludes none."""
    words = view.making.words
    rows = view.table("labels").filter(
        pl.col("z").is_not_nan(), (pl.col("low") > 0) | (pl.col("high") < 0)
    )
    rows = rows.sort(pl.col("z").abs(), descending=True, maintain_order=True).head(_NAMED)
    if rows.is_empty():
        return ()
    parts: list[str | Number] = [*words.phrase("styles.biased", layer=words.layer(view.layer))]
    for at, row in enumerate(rows.to_dicts()):
        place, who = Place(row["subset"], row["batch"]), row["annotator"]
        parts += [view.say("semicolon")] if at else []
        parts += words.phrase(
            "styles.more" if row["log_odds"] > 0 else "styles.less",
            who=view.who(place, who),
            label=view.label(row["label"]),
            share=f"{row['share']:.0%}",
            others=f"{row['others']:.0%}",
            odds=bias_number(view, place, who, row["label"], row),
        )
    return (*parts, view.say("stop"))


def _groups(view: StyleView) -> Iterator[Block]:
    drawn, findings = composition_figure(view), findings_table(view)
    if drawn is None:
        return
    yield drawn
    blocks: list[Block] = [_sentence(view, "mixing_told")]
    if findings is not None:
        blocks.append(findings)
    rho = correlation(view)
    if rho is not None:
        blocks.append(Paragraph(view.making.words.phrase("styles.correlation", rho=rho), "note"))
    yield Details(view.say("mixing_title"), blocks)


def _notes(making: Making, notes: tuple[str, ...]) -> Iterator[Block]:
    for note in notes[:MOST]:
        text = said(making.words, note)
        yield Paragraph((text + making.words.say("styles.stop"),), "note")


def _sentence(view: StyleView, key: str, **values: object) -> Paragraph:
    return Paragraph((view.say(key, **values),), "note")


SECTION = SectionMaker("styles", 50, make)

"""The family ``goemotions``: several fine labels per clip."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from emos.score.family import Context, Family, FamilyScore, Part
from emos.score.goemotions import metrics
from emos.score.goemotions.clips import Bools, Clips, clips_of
from emos.score.goemotions.options import GoEmotionsOptions
from emos.score.goemotions.sums import GoEmotionsSample, sums_of
from emos.score.metric import Floats
from emos.score.policies import POLICIES


def score(context: Context) -> FamilyScore | None:
    """Every metric of fine labels; None if no clip has votes on them, or none was answered.

    Every clip with votes counts, answered or not.
    """
    options: GoEmotionsOptions = context.settings("goemotions")
    if not _asked(context):
        return None
    clips = clips_of(context, options)
    if not len(clips.place):
        return None
    unit = np.full(context.items.height, -1, dtype=np.int64)
    unit[clips.place] = np.arange(len(clips.place))
    sums = sums_of(clips)

    def sample(weights: Floats) -> GoEmotionsSample:
        return GoEmotionsSample(sums, weights)

    part = Part(metrics.METRICS, sample, unit, clips.labels, units=len(clips.place))
    whole = sample(np.ones((len(clips.place), 1)))
    return FamilyScore(
        context.estimates(part),
        tables={
            "goemotions_labels": _label_table(clips, whole),
            "goemotions_answers": _answer_table(context, clips),
        },
        notes=tuple(_notes(context, clips, whole)),
        parts=(part,),
    )


def _asked(context: Context) -> bool:
    """Whether some clip was answered with fine labels.

    Where no clip has a Basic-7 label or answer there is nothing else that can have been asked.
    """
    clips = pl.Series(~context.monologue)
    answers = context.predictions.items.filter(clips)
    if answers["goemotions"].is_not_null().any():
        return True
    coarse = (context.gold >= 0) & ~context.monologue
    return not coarse.any() and answers["basic7"].null_count() == answers.height


def _label_table(clips: Clips, whole: GoEmotionsSample) -> pl.DataFrame:
    """A row per label: clips that have it, were answered with it, and both."""
    return pl.DataFrame(
        {
            "label": clips.labels,
            "items": whole.support[:, 0].astype(np.int64),
            "answers": whole.answered[:, 0].astype(np.int64),
            "right": whole.right[:, 0].astype(np.int64),
        }
    )


def _answer_table(context: Context, clips: Clips) -> pl.DataFrame:
    """A row per clip: its labels, and those its answer counts as; null if it is left out."""

    counted = pl.Series(clips.counted)
    return pl.DataFrame(
        {
            "item_id": context.items["item_id"].gather(clips.place),
            "labels": _sets(clips.gold, clips.labels),
            "counts_as": _sets(clips.named, clips.labels),
            "usable": ~clips.unusable,
        }
    ).with_columns(pl.when(counted).then(pl.col("counts_as")))


def _sets(chosen: Bools, labels: tuple[str, ...]) -> pl.Series:
    """Rows of indicators ``[I, K]`` as lists of labels."""
    row, column = np.nonzero(chosen)
    named = pl.DataFrame({"row": row, "labels": pl.Series(labels).gather(column)})
    grouped = named.group_by("row", maintain_order=True).agg("labels")
    rows = pl.DataFrame({"row": np.arange(len(chosen))})
    joined = rows.join(grouped, on="row", how="left", maintain_order="left")
    return joined["labels"].fill_null(pl.Series([[]], dtype=pl.List(pl.String)))


def _notes(context: Context, clips: Clips, whole: GoEmotionsSample) -> Iterator[str]:
    silent = context.items.height - len(clips.place) - int(context.monologue.sum())
    if silent:
        yield f"{silent:,} clips without votes on fine labels have no part in goemotions scores"
    unusable = int(clips.unusable.sum())
    if unusable:
        yield (
            f"{unusable:,} of {len(clips.place):,} clips have no usable fine answer; each "
            f"{_policy(context.options.policy)}"
        )
    if clips.strange:
        common = sorted(clips.strange.items(), key=lambda one: (-one[1], one[0]))[:3]
        examples = ", ".join(f"{word[:40]!r} ({n:,})" for word, n in common)
        yield f"{clips.strange.total():,} fine labels answered are none of the set: {examples}"
    if clips.without and clips.with_confidence:
        yield f"{clips.without:,} fine labels were answered without confidence: each counts as 1"
    yield from _about_gold(clips, whole)


def _policy(policy: str) -> str:
    if policy == "wrong":
        return "counts as an empty set of labels that is never right"
    return POLICIES[policy].replace("Neutral", "neutral")


def _about_gold(clips: Clips, whole: GoEmotionsSample) -> Iterator[str]:
    if not clips.counted.any():
        return
    empty = int((clips.counted & ~clips.gold.any(axis=1)).sum())
    if empty:
        yield f"{empty:,} clips have no fine label under this rule for gold: the right set is empty"
    nothing = int((clips.counted & ~(clips.share > 0).any(axis=1)).sum())
    if nothing:
        yield f"{nothing:,} clips have only unsure votes: js_distance is of the others"
    for name, values in (
        ("macro_f1", whole.f1[:, 0]),
        ("map", np.where(whole.support[:, 0] > 0, 1.0, np.nan)),
    ):
        absent = [
            label for label, value in zip(clips.labels, values, strict=True) if np.isnan(value)
        ]
        if absent and (name != "map" or whole.of.rated):
            why = "clips nor answers have" if name == "macro_f1" else "clips have"
            lead = "neither" if name == "macro_f1" else "no"
            yield f"goemotions/{name} takes {', '.join(absent)} as 0: {lead} {why} it"


FAMILY = Family("goemotions", score, options=GoEmotionsOptions())

"""The tables that `measure_styles` makes: one schema each, every column explained.

A *group* is a subset, batch and layer. Undefined numbers are NaN and ``reason`` says why. Names in
``figure``, ``style``, ``rule``, ``axis``, ``kind`` and ``finding`` are keys that do not change;
``reason`` and ``sentence`` are English for a reader.
"""

from __future__ import annotations

import polars as pl

from emos.tables.schemas import Schema

GROUP: Schema = {"subset": pl.String, "batch": pl.String, "layer": pl.String}

ANNOTATORS: Schema = {  # one row per group and annotator
    **GROUP,
    "annotator": pl.String,
    "asked": pl.Int64,  # items asked about: given + unsure + blank
    "given": pl.Int64,  # answers that name a label other than unsure
    "unsure": pl.Int64,  # answers that are "unsure" and nothing else
    "blank": pl.Int64,  # no label given, or none that could be read; no answer
    "dominant": pl.List(pl.String),  # labels given most often (`LABELS`), most frequent first
    "met": pl.List(pl.String),  # styles whose rules are all met, widest margin first
    "style": pl.String,  # leading style: the first of ``met``; null if none is met
    "margin": pl.Float64,  # of the leading style, as in `STYLES`; NaN without one
    "drift": pl.List(pl.String),  # what drifts: cardinality, or share:LABEL
    "reason": pl.String,  # why no style could be told, or none is met
}

FIGURES: Schema = {  # one row per group, annotator and figure
    **GROUP,
    "annotator": pl.String,
    "figure": pl.String,  # a key of `emos.agreement.styles.figures.FIGURE_NAMES`
    "value": pl.Float64,
    "low": pl.Float64,  # bootstrap interval over items
    "high": pl.Float64,
    "answers": pl.Int64,  # answers the figure rests on
    "reason": pl.String,
}

LABELS: Schema = {  # one row per group, annotator and label of the layer
    **GROUP,
    "annotator": pl.String,
    "label": pl.String,
    "count": pl.Int64,  # answers that name the label
    "share": pl.Float64,  # of the annotator's answers, 0 to 1
    "share_low": pl.Float64,
    "share_high": pl.Float64,
    "token_share": pl.Float64,  # of all labels the annotator gave, 0 to 1
    "token_low": pl.Float64,
    "token_high": pl.Float64,
    "others": pl.Float64,  # share of the others' answers to the same items that name it
    "lift": pl.Float64,  # share / others; NaN where the others never name it
    "rank": pl.Int64,  # 1 for the label given most often; ties share the smaller number
    "dominant": pl.Boolean,  # rank within the first `top`, and given at all
    "log_odds": pl.Float64,  # against the others, with a Dirichlet prior (Monroe et al., 2008)
    "low": pl.Float64,  # its bootstrap interval over items
    "high": pl.Float64,
    "sigma": pl.Float64,  # its standard error in Monroe et al.'s model
    "z": pl.Float64,  # log_odds / sigma
    "plain": pl.Float64,  # log odds ratio of answers naming it, 0.5 added to each cell
    "plain_low": pl.Float64,  # its Woolf interval
    "plain_high": pl.Float64,
    "reason": pl.String,
}

RULES: Schema = {  # one row per group, annotator, style and rule of it
    **GROUP,
    "annotator": pl.String,
    "style": pl.String,
    "rule": pl.String,  # apart (the interval excludes equality) or effect (large enough)
    "figure": pl.String,
    "comparison": pl.String,  # > or < for apart, >= for effect
    "threshold": pl.Float64,
    "value": pl.Float64,
    "low": pl.Float64,  # interval of the margin
    "high": pl.Float64,
    "margin": pl.Float64,  # how far beyond the threshold, negative if short of it
    "met": pl.Boolean,  # null where the rule does not apply
    "reason": pl.String,  # why it does not apply
}

STYLES: Schema = {  # one row per group, annotator and style
    **GROUP,
    "annotator": pl.String,
    "style": pl.String,
    "met": pl.Boolean,  # all its rules; null where they do not apply
    "effect": pl.Float64,  # Cohen's d or h in the style's direction
    "low": pl.Float64,
    "high": pl.Float64,
    "margin": pl.Float64,  # effect less the least one that counts
    "close": pl.Boolean,  # the effect's interval holds the least one: other clips might decide
    "leading": pl.Boolean,  # met, with the widest margin of those met
    "reason": pl.String,
}

RADAR: Schema = {  # one row per group, annotator and axis
    **GROUP,
    "annotator": pl.String,
    "axis": pl.String,  # a key of `emos.agreement.styles.radar.AXES`, in drawing order
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "scaled": pl.Float64,  # value / the largest on the layer, 0 to 1
    "reason": pl.String,
}

BLOCKS: Schema = {  # one row per group, annotator, block of consecutive items, and figure
    **GROUP,
    "annotator": pl.String,
    "figure": pl.String,  # cardinality or share
    "label": pl.String,  # null for cardinality
    "block": pl.Int64,  # from 1 in row order
    "first": pl.Int64,  # rows of the source where the block starts and ends
    "last": pl.Int64,
    "answers": pl.Int64,
    "value": pl.Float64,
    "others": pl.Float64,  # the same of the others on the same items
}

DRIFT: Schema = {  # one row per group, annotator, figure and comparison
    **GROUP,
    "annotator": pl.String,
    "figure": pl.String,  # cardinality or share
    "label": pl.String,  # null for cardinality
    "against": pl.String,  # self: as it is; others: less the others' on the same items
    "first": pl.Float64,  # mean over the first half of the blocks
    "second": pl.Float64,
    "change": pl.Float64,  # second - first
    "low": pl.Float64,  # bootstrap interval over blocks within each half
    "high": pl.Float64,
    "rho": pl.Float64,  # Spearman correlation with the block's number
    "p": pl.Float64,  # permutation of blocks, two-sided
    "p_adjusted": pl.Float64,  # Holm, over the annotator's figures of this comparison
    "drifts": pl.Boolean,  # p_adjusted below 1 - confidence; null where it cannot be told
    "reason": pl.String,
}

COMPOSITION: Schema = {  # one row per group of annotators, observed or simulated
    **GROUP,
    "kind": pl.String,  # observed, simulated, or a test of that: check, stranger
    "members": pl.List(pl.String),
    "simulated": pl.List(pl.String),  # members whose answers are simulated
    "styles": pl.List(pl.String),  # leading style of each member; "none" where there is none
    "size": pl.Int64,  # number of members
    "expansive": pl.Int64,  # of these expansive
    "items": pl.Int64,  # items all members answered
    "union": pl.Float64,  # distinct labels per item
    "union_low": pl.Float64,
    "union_high": pl.Float64,
    "exact": pl.Float64,  # share of items with one and the same answer from all
    "exact_low": pl.Float64,
    "exact_high": pl.Float64,
    "jaccard": pl.Float64,  # mean over items of the mean over pairs
    "jaccard_low": pl.Float64,
    "jaccard_high": pl.Float64,
    "reason": pl.String,
}

MIXING: Schema = {  # one row per group (subset, batch, layer), group size and number of expansive
    **GROUP,
    "size": pl.Int64,
    "expansive": pl.Int64,
    "kind": pl.String,  # observed or simulated
    "groups": pl.Int64,  # groups of annotators averaged over
    "seen": pl.Boolean,  # some batch has so many expansive members at once; else see `mixing`
    "union": pl.Float64,
    "exact": pl.Float64,
    "jaccard": pl.Float64,
}

FINDINGS: Schema = {  # what the composition says of the paper's claim about mixing
    **GROUP,
    "finding": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "supported": pl.Boolean,  # null where it cannot be told
    "sentence": pl.String,
}

CLAIMS: Schema = {  # what a paper says of an annotator, and what the votes say
    **GROUP,
    "annotator": pl.String,
    "kind": pl.String,  # cardinality, labels, share, style, most, size
    "claim": pl.String,  # as printed
    "about": pl.String,  # the style or label a style or share claim is about, else null
    "printed": pl.Float64,  # where the claim is a number
    "computed": pl.Float64,
    "verdict": pl.String,  # supported, partly, not supported, cannot be told
    "sentence": pl.String,
}

"""What an answer counts as that is no label: refused, unparsable, missing, or out of the set.

No policy changes who is asked: the share of such answers stands beside every score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from emos.score.metric import Ints

POLICIES: Mapping[str, str] = {
    "wrong": "counts as wrong, as no class (EmoS paper, section 4.1)",
    "leave-out": "leaves its item out of the scores; the denominator shrinks by the rate shown",
    "neutral": "counts as Neutral, what a system that stays silent would show",
}


def coded(answers: pl.Series, usable: pl.Series, labels: Sequence[str], policy: str) -> Ints:
    """Codes ``[items]`` of answers under a policy.

    Parameters
    ----------
    answers : labels as answered, null for none.
    usable : whether the answer's status is ``ok``.
    labels : the fixed label set, of length K.
    policy : one of `POLICIES`.

    Returns
    -------
    0 to K - 1 for a label; K for an answer that is wrong whatever the label is; K + 1 for one
    that is left out.
    """
    outside = {
        "wrong": len(labels),
        "leave-out": len(labels) + 1,
        "neutral": list(labels).index("Neutral") if "Neutral" in labels else len(labels),
    }[policy]
    known = answers.replace_strict(
        list(labels), list(range(len(labels))), default=None, return_dtype=pl.Int64
    )
    codes: Ints = np.where(usable.to_numpy(), known.fill_null(outside).to_numpy(), outside).astype(
        np.int64
    )
    return codes

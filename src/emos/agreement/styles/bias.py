"""How an annotator's labels differ from the group's: log-odds, label by label.

`log_odds` compares two sets of label counts with a Dirichlet prior (Monroe, Colaresi and Quinn,
2008, "Fightin' Words", equations 15 to 22): labels that nobody gives often are drawn towards 0.
`log_odds_ratio` compares two shares of answers that name a label, with half an answer added to
each cell (Haldane, 1956; Anscombe, 1956), and Woolf's (1955) interval.

Both treat answers as independent, but the annotator and the others saw the same items: where their
answers to an item go together, the true error is smaller. The bootstrap over items takes that
into account and is the interval to read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import Floats


class LogOdds(NamedTuple):
    """Natural log-odds against the others, and their standard error; NaN where undefined."""

    value: Floats
    sigma: Floats


def log_odds(own: npt.ArrayLike, others: npt.ArrayLike, prior: npt.ArrayLike) -> LogOdds:
    """Log-odds of each label in ``own`` against ``others`` under a Dirichlet prior.

    Parameters
    ----------
    own, others : how often each label was given, ``[labels, ...]``.
    prior : pseudo-counts of each label, added to both, ``[labels]`` or as ``own``.

    Returns
    -------
    For label k of counts y and prior a, with totals n and A: log of (y_k + a_k) / (n + A - y_k -
    a_k) in ``own`` less the same in ``others``; sigma^2 = 1 / (y_k + a_k) summed over both. Above 0
    where ``own`` favours the label. NaN for a label with neither counts nor prior, for a label
    that is all there is, and where nothing was given by one side.
    """
    mine, theirs = np.asarray(own, dtype=np.float64), np.asarray(others, dtype=np.float64)
    added = np.asarray(prior, dtype=np.float64)
    added = added.reshape(added.shape + (1,) * (mine.ndim - added.ndim))
    logits, variances = [], []
    some = (mine.sum(axis=0) > 0) & (theirs.sum(axis=0) > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        for counts in (mine, theirs):
            raised = counts + added
            rest = raised.sum(axis=0) - raised
            logits.append(np.log(raised / np.where(rest > 1e-9, rest, np.nan)))
            variances.append(1 / raised)
        value = logits[0] - logits[1]
        sigma = np.sqrt(variances[0] + variances[1])
    defined = np.isfinite(value) & np.isfinite(sigma) & some
    return LogOdds(np.where(defined, value, np.nan), np.where(defined, sigma, np.nan))


class Ratio(NamedTuple):
    """A natural log odds ratio with its interval."""

    value: Floats
    low: Floats
    high: Floats


def log_odds_ratio(
    yes: npt.ArrayLike,
    asked: npt.ArrayLike,
    others_yes: npt.ArrayLike,
    others_asked: npt.ArrayLike,
    *,
    z: float,
) -> Ratio:
    """Log odds ratio of two shares, 0.5 added to each of the four cells, with Woolf's interval.

    Parameters
    ----------
    yes, asked : answers that name a label, and all answers, of the annotator.
    others_yes, others_asked : the same of the others.
    z : normal quantile of the interval (1.96 for 95 %).

    NaN where one side gave no answer.
    """
    cells = [np.asarray(c, dtype=np.float64) for c in (yes, asked, others_yes, others_asked)]
    a, c = cells[0] + 0.5, cells[2] + 0.5
    b, d = cells[1] - cells[0] + 0.5, cells[3] - cells[2] + 0.5
    value = np.log(a * d / (b * c))
    error = z * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    gone = (cells[1] == 0) | (cells[3] == 0)
    return Ratio(*(np.where(gone, np.nan, v) for v in (value, value - error, value + error)))

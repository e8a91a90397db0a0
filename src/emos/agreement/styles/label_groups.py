"""Which labels are neutral, cognitive and social-evaluative; found by name, whatever their case.

The paper (section 3.2.3) names two of each of the latter, with "e.g.": Confusion and Realization,
Caring and Disapproval. The rest is decided here:

* Cognitive are states of knowing. Demszky et al. (2020, section 3.3) call confusion, curiosity,
  realization and surprise ambiguous in sentiment; these are they, but for surprise, which is a
  basic emotion with an axis of its own in Figure 3.
* Social-evaluative are labels for what one thinks of, or owes to, another person: admiration,
  approval, caring, disapproval, gratitude. They are the emotions by which agents are praised and
  blamed (Ortony, Clore and Collins, 1988) that are directed at others. Left out are those directed
  at oneself (pride, embarrassment, remorse) and basic emotions or degrees of them (love,
  annoyance).
"""

from __future__ import annotations

from emos.taxonomy import UNSURE

NEUTRAL: tuple[str, ...] = ("neutral", UNSURE)
COGNITIVE: tuple[str, ...] = ("confusion", "curiosity", "realization")
SOCIAL: tuple[str, ...] = ("admiration", "approval", "caring", "disapproval", "gratitude")

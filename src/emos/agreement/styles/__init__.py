"""Annotator styles: what each annotator gives, how that differs from the group, and what it does.

The paper's section 3.2.3 names four styles; here they are rules on figures, with their margins.
"""

from emos.agreement.styles.bias import log_odds, log_odds_ratio
from emos.agreement.styles.claims import Claim, compare_claims
from emos.agreement.styles.effects import cohen_d, cohen_h
from emos.agreement.styles.figures import FIGURE_NAMES
from emos.agreement.styles.measure import measure_styles
from emos.agreement.styles.radar import AXES
from emos.agreement.styles.result import Styles, StylesOptions
from emos.agreement.styles.rules import STYLE_NAMES

__all__ = [
    "AXES",
    "FIGURE_NAMES",
    "STYLE_NAMES",
    "Claim",
    "Styles",
    "StylesOptions",
    "cohen_d",
    "cohen_h",
    "compare_claims",
    "log_odds",
    "log_odds_ratio",
    "measure_styles",
]

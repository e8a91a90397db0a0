"""Which numbers of a paper follow from its data, and under which rule.

`audit_paper` recomputes every cell that a paper's folder describes. A verdict is one of four:
``holds`` (the rule that the paper states gives the printed value), ``holds under another rule``,
``differs`` (the paper says what was counted, the data have it and give another value),
``not recoverable`` (the data needed are not there, or the paper leaves open what was counted and
no rule tried gives the value; what is computed is then one reading).
"""

from emos.audit.audit import Audit, audit_paper, open_dataset
from emos.audit.cell import Alternative, Cell, Value, Verdict
from emos.audit.compare import Printed, matches, parse_printed, percent, rounds_to, shown
from emos.audit.describe import describe
from emos.audit.evidence import Evidence
from emos.audit.paper import Paper, known_papers, load_paper
from emos.audit.published import published_beside, published_scores
from emos.audit.style_claims import style_claims
from emos.audit.table import Table, read_table

__all__ = [
    "Alternative",
    "Audit",
    "Cell",
    "Evidence",
    "Paper",
    "Printed",
    "Table",
    "Value",
    "Verdict",
    "audit_paper",
    "describe",
    "known_papers",
    "load_paper",
    "matches",
    "open_dataset",
    "parse_printed",
    "percent",
    "published_beside",
    "published_scores",
    "read_table",
    "rounds_to",
    "shown",
    "style_claims",
]

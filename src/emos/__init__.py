"""EmoS: from annotators' votes to an emotion benchmark that can be trusted.

The names below are loaded when first used, so that ``import emos`` stays fast::

    import emos

    dataset = emos.read_source("emos-release", "path/to/EmoS")
    labels = emos.aggregate_dataset(dataset)
    agreement = emos.measure_agreement(dataset)
    audit = emos.audit_paper(dataset)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from emos.aggregate import aggregate_dataset as aggregate_dataset
    from emos.agreement import measure_agreement as measure_agreement
    from emos.agreement.styles import measure_styles as measure_styles
    from emos.audit import audit_paper as audit_paper
    from emos.errors import EmosError as EmosError
    from emos.readers import read_source as read_source
    from emos.score import ScoreOptions as ScoreOptions
    from emos.score import compare_predictions as compare_predictions
    from emos.score import score_predictions as score_predictions
    from emos.tables import Dataset as Dataset

_HOME = {
    "Dataset": "emos.tables",
    "EmosError": "emos.errors",
    "ScoreOptions": "emos.score",
    "aggregate_dataset": "emos.aggregate",
    "audit_paper": "emos.audit",
    "compare_predictions": "emos.score",
    "measure_agreement": "emos.agreement",
    "measure_styles": "emos.agreement.styles",
    "read_source": "emos.readers",
    "score_predictions": "emos.score",
}

__all__ = [
    "Dataset",
    "EmosError",
    "ScoreOptions",
    "__version__",
    "aggregate_dataset",
    "audit_paper",
    "compare_predictions",
    "measure_agreement",
    "measure_styles",
    "read_source",
    "score_predictions",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'emos' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)

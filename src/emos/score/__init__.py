"""Labels and predictions to numbers: classification, multi-label, calibration, streams."""

from emos.score.compare import Comparison, compare_predictions
from emos.score.options import ScoreOptions
from emos.score.result import Estimate, Score
from emos.score.score import score_all, score_predictions

__all__ = [
    "Comparison",
    "Estimate",
    "Score",
    "ScoreOptions",
    "compare_predictions",
    "score_all",
    "score_predictions",
]

"""Other evaluation frameworks: tasks written for them, their results read as predictions."""

from emos.evaluate.interop.export_lmms_eval import Exported, export_lmms_eval
from emos.evaluate.interop.results import FRAMEWORKS, Results, read_results

__all__ = ["FRAMEWORKS", "Exported", "Results", "export_lmms_eval", "read_results"]

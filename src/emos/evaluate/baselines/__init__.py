"""Answers without a model to ask: what any model must beat. One file per baseline."""

from emos.evaluate.baselines.baseline import Baseline, baseline_names, find_baseline

__all__ = ["Baseline", "baseline_names", "find_baseline"]

"""Predictions of others, in the form of docs/predictions.md: JSON lines, CSV, or a run's folder."""

from emos.readers.predictions.opening import read_predictions

__all__ = ["read_predictions"]

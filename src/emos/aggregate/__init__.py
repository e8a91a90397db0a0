"""Votes to labels: Dawid-Skene, soft labels, quality tiers, the MELD correction."""

from __future__ import annotations

from emos.aggregate.aggregation import Aggregation, aggregate_dataset
from emos.aggregate.dawid_skene import DawidSkene, dawid_skene
from emos.aggregate.models import BatchModel
from emos.aggregate.options import AggregateOptions
from emos.aggregate.soft_labels import soft_labels
from emos.aggregate.tiers import tier, tier_curve, tiers

__all__ = [
    "AggregateOptions",
    "Aggregation",
    "BatchModel",
    "DawidSkene",
    "aggregate_dataset",
    "dawid_skene",
    "soft_labels",
    "tier",
    "tier_curve",
    "tiers",
]

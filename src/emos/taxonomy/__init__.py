"""Label sets of the two layers, their names in two languages, and maps between them."""

from emos.taxonomy.labels import (
    BASIC7,
    GOEMOTIONS,
    GOEMOTIONS_28,
    UNSURE,
    LabelSet,
    custom_label_set,
    layer_label_set,
)
from emos.taxonomy.maps import MAPS, LabelMap, get_map

__all__ = [
    "BASIC7",
    "GOEMOTIONS",
    "GOEMOTIONS_28",
    "MAPS",
    "UNSURE",
    "LabelMap",
    "LabelSet",
    "custom_label_set",
    "get_map",
    "layer_label_set",
]

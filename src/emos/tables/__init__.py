"""The tables of a dataset folder: their schemas, and reading and writing them."""

from emos.tables.dataset import Dataset
from emos.tables.info import DatasetInfo, SubsetInfo
from emos.tables.schemas import TABLES, conform, empty
from emos.tables.signature import signature

__all__ = [
    "TABLES",
    "Dataset",
    "DatasetInfo",
    "SubsetInfo",
    "conform",
    "empty",
    "signature",
]

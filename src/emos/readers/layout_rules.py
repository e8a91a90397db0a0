"""A layout's ``[rules]`` and label sets: whether later steps can use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from emos.errors import EmosError
from emos.readers.repair import LONGEST_LABEL, read_labels
from emos.taxonomy import GOEMOTIONS, MAPS, LabelSet

KEYS = ("correction", "release_spellings")
_PROCEDURES = ("share", "vote")


def check_rules(
    rules: Mapping[str, Any],
    batches: Mapping[str, Sequence[str]],
    label_sets: Iterable[LabelSet],
    file: Path,
) -> None:
    """Refuse rules that no step could follow.

    Parameters
    ----------
    rules : the table ``[rules]``.
    batches : every ``SUBSET/BATCH`` of the layout with its layers.
    label_sets : those of its layers.

    Raises
    ------
    EmosError : for an unknown key or batch, a correction that is not ``share:MAP`` or
        ``vote:MAP`` or of a batch without fine labels, or a spelling of what is no label.
    """

    def wrong(problem: str, remedy: str) -> EmosError:
        return EmosError(problem, file=file, place="rules", remedy=remedy)

    for key, value in rules.items():
        if key not in KEYS:
            raise wrong(f"unknown key {key!r}", f"the keys are {', '.join(KEYS)}")
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            example = '{ "SUBSET/BATCH" = "share:MAP" }' if key == KEYS[0] else '{ joi = "joy" }'
            raise wrong(f"{key!r} must be a table of texts", f"write {key} = {example}")
    for batch, rule in rules.get("correction", {}).items():
        procedure, _, label_map = rule.partition(":")
        if batch not in batches:
            known = ", ".join(batches) or "none"
            raise wrong(f"correction of an unknown batch {batch!r}", f"the batches are {known}")
        if procedure not in _PROCEDURES or label_map not in MAPS:
            raise wrong(
                f"unknown correction {rule!r} of {batch}",
                f"write share:MAP or vote:MAP with a map of {', '.join(MAPS)}",
            )
        if GOEMOTIONS.layer not in batches[batch]:
            raise wrong(f"correction of {batch}, which has no fine labels", "it needs goemotions")
    labels = {label for label_set in label_sets for label in label_set.labels}
    for typed, label in rules.get("release_spellings", {}).items():
        if label not in labels:
            raise wrong(
                f"release_spellings reads {typed!r} as {label!r}, which is no label",
                "name a label of the layout's layers as spelled",
            )


def check_labels(label_set: LabelSet, written: tuple[str, ...], wrong: Any) -> None:
    """Refuse labels that could never be read from a cell, or not told apart.

    ``wrong`` makes the error of a problem and a remedy.
    """
    if len(set(written)) < len(written):
        raise wrong("a label stands there twice", "name each label once")
    for label in label_set.labels:
        tidy = label.strip() == label and len(label) <= LONGEST_LABEL
        if not tidy or read_labels(label, label_set).labels != (label,):
            raise wrong(
                f"{label!r} cannot be a label",
                f"a label has no separators and no blanks around it, and at most {LONGEST_LABEL} "
                "characters",
            )

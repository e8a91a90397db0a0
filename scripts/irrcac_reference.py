"""Write the irrCAC package's coefficients of small synthetic votes to a JSON file.

irrCAC pins an old SciPy, so it gets an environment of its own and its values are held in the
repository::

    python3 -m venv irrcac && irrcac/bin/pip install irrCAC
    irrcac/bin/python scripts/irrcac_reference.py tests/data/irrcac_reference.json

The votes are made here: per case, each item has a true label drawn evenly; each annotator gives it
with the stated accuracy, else another label drawn evenly, and leaves the item out with the stated
chance. Items that nobody answered are drawn again, because irrCAC drops them. The votes are
written beside the values, so that the comparison does not depend on Python's random numbers.
"""

from __future__ import annotations

import json
import random
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from irrCAC.raw import CAC

# name, items, annotators, labels, accuracy, chance of no answer, seed
CASES = (
    ("three annotators, seven labels, complete", 60, 3, 7, 0.7, 0.0, 1),
    ("three annotators, seven labels, gaps", 60, 3, 7, 0.7, 0.15, 2),
    ("five annotators, three labels, many gaps", 40, 5, 3, 0.6, 0.4, 3),
    ("two annotators, two labels", 25, 2, 2, 0.8, 0.1, 4),
    ("four annotators at chance", 50, 4, 4, 0.25, 0.2, 5),
    ("twelve annotators, few answers each", 80, 12, 5, 0.75, 0.75, 6),
)


def draw(
    items: int, annotators: int, labels: int, accuracy: float, gap: float, seed: int
) -> list[list[int | None]]:
    generator = random.Random(seed)
    rows = []
    while len(rows) < items:
        truth = generator.randrange(labels)
        others = [label for label in range(labels) if label != truth]
        row = []
        for _ in range(annotators):
            if generator.random() < gap:
                row.append(None)
            elif generator.random() < accuracy:
                row.append(truth)
            else:
                row.append(generator.choice(others))
        if any(vote is not None for vote in row):
            rows.append(row)
    return rows


def reference(votes: list[list[int | None]], labels: int) -> dict[str, float]:
    frame = pd.DataFrame(votes, dtype="float64")
    cac = CAC(frame, categories=[float(label) for label in range(labels)], digits=14)
    fleiss = cac.fleiss()["est"]
    krippendorff = cac.krippendorff()["est"]
    return {
        "fleiss": fleiss["coefficient_value"],
        "fleiss_observed": fleiss["pa"],
        "fleiss_expected": fleiss["pe"],
        "krippendorff": krippendorff["coefficient_value"],
    }


def main(target: Path) -> None:
    cases = [
        {"name": name, "labels": labels, "votes": (votes := draw(n, r, labels, *rest))}
        | reference(votes, labels)
        for name, n, r, labels, *rest in CASES
    ]
    made = {name: version(name) for name in ("irrCAC", "numpy", "scipy", "pandas")}
    text = json.dumps({"made_with": made, "cases": cases}, separators=(",", ":"))
    target.write_text(text.replace('{"name"', '\n{"name"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

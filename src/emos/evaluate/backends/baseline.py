"""``baseline:NAME``: an answer for every item without asking anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emos.errors import EmosError
from emos.evaluate.backends.backend import Answer, Backend, BackendKind, FailedError, Request, Setup
from emos.evaluate.baselines import find_baseline


class BaselineBackend(Backend):
    """Answers that were all computed before the first is taken; see `Backend`."""

    at_once = 1
    asks = False

    def __init__(self, setup: Setup) -> None:
        from emos.tables import Dataset
        from emos.tables.signature import table_hash

        if setup.dataset is None:
            raise EmosError("a baseline sees and hears nothing", remedy="the canary is for models")
        baseline = find_baseline(setup.model)
        dataset = Dataset.load(setup.dataset)
        item_ids = [item.item_id for item in setup.items]
        self._answers: Mapping[str, Mapping[str, Any]] = baseline.answers(
            dataset, item_ids, setup.seed
        )
        self.settings = {
            "says": baseline.says,
            "seed": setup.seed,
            "labels_hash": table_hash(dataset.labels),
            "soft_labels_hash": table_hash(dataset.soft_labels),
            "utterances_hash": table_hash(dataset.utterances),
        }
        self.sent = {"text": "nothing is sent: a baseline reads labels, not items"}

    async def ask(self, request: Request) -> Answer:
        """The item's answer."""
        found = self._answers.get(request.item.item_id)
        if not found:
            raise FailedError("the baseline has no answer to this item", again=False)
        return Answer(record=found)


def make(setup: Setup) -> BaselineBackend:
    """The backend for ``baseline:NAME``."""
    return BaselineBackend(setup)


BACKEND = BackendKind("baseline", make)

"""Which rows of a monologue are the ones its annotators settled on."""

from __future__ import annotations

import polars as pl


def origins(utterances: pl.DataFrame, monologues: pl.DataFrame) -> dict[str, list[str | None]]:
    """Who or what labelled each monologue, in the table's order and the settled one last.

    Several annotators may have labelled a monologue before they met (section 3.2, on the streaming
    subset); their rows stay beside what they settled on. The settled origin is the one that the
    ``monologues`` table names; where it names none of them, or several, it is the one whose rows
    come last.
    """
    found: dict[str, list[str | None]] = {}
    by = utterances.group_by("monologue_id", "origin", maintain_order=True).len()
    for monologue, origin in by.select("monologue_id", "origin").iter_rows():
        found.setdefault(monologue, []).append(origin)
    named: dict[str, set[str | None]] = {}
    for monologue, origin in monologues.select("monologue_id", "origin").iter_rows():
        named.setdefault(monologue, set()).add(origin)
    for monologue, known in found.items():
        stated = [origin for origin in known if origin in named.get(monologue, ())]
        if len(stated) == 1:
            known.sort(key=lambda origin: origin == stated[0])
    return found


def settled(utterances: pl.DataFrame, monologues: pl.DataFrame) -> pl.DataFrame:
    """The rows of ``utterances`` that are the settled ones, in their order (see `origins`)."""
    last = origins(utterances, monologues)
    keys = pl.DataFrame(
        {"monologue_id": list(last), "origin": [known[-1] for known in last.values()]},
        schema={"monologue_id": pl.String, "origin": pl.String},
    )
    return utterances.join(
        keys, on=["monologue_id", "origin"], how="semi", nulls_equal=True, maintain_order="left"
    )

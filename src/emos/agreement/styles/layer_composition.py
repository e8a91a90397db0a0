"""Compositions of all batches of a layer: observed, checked, simulated, and what they say."""

from __future__ import annotations

from emos.agreement.styles.composition import (
    MOST_MEMBERS,
    Group,
    composition_rows,
    group_means,
    observed_groups,
)
from emos.agreement.styles.found import Found, Place
from emos.agreement.styles.mixing import (
    Batch,
    error_rows,
    finding_rows,
    kept_row,
    mixing_rows,
    shared_rules,
)
from emos.agreement.styles.panel import Panel
from emos.agreement.styles.result import StylesOptions
from emos.agreement.styles.substitution import (
    Desk,
    Office,
    check_groups,
    open_office,
    simulated_groups,
    stranger_groups,
)
from emos.agreement.styles.sums import draw_items

MOST_BATCHES = 8  # of a layer that are simulated, those with most items


def measure_composition(panels: dict[Place, Panel], found: Found, options: StylesOptions) -> None:
    """Measure groups of annotators of every batch and add their rows to ``found``."""
    for layer in dict.fromkeys(place.layer for place in panels):
        here = {place: panel for place, panel in panels.items() if place.layer == layer}
        small = {p: panel for p, panel in here.items() if 1 < len(panel.annotators) <= MOST_MEMBERS}
        for place in here.keys() - small.keys():
            if len(here[place].annotators) > MOST_MEMBERS:
                found.notes.append(
                    f"{place}: more than {MOST_MEMBERS} annotators, so that no composition of "
                    "groups is shown"
                )
        if small:
            _layer(layer, small, found, options)


def _layer(layer: str, panels: dict[Place, Panel], found: Found, options: StylesOptions) -> None:
    styles = {
        name: style for place in panels for name, style in found.leading.get(place, {}).items()
    }
    expansive = {name for place in panels for name in found.expansive.get(place, ())}
    simulate = _to_simulate(layer, panels, expansive, found, options)
    seen = max(len(found.expansive.get(place, ())) for place in panels)
    office = open_office(list(panels.values())) if simulate else None
    batches = []
    for at, (place, panel) in enumerate(panels.items()):
        groups = observed_groups(panel)
        if office is not None and place in simulate:
            groups += _simulated(office, office.desks[at], expansive, options)
        draws = draw_items(panel, replicates=options.replicates, seed=options.seed)
        means = group_means(groups, draws)
        batch = Batch(groups, means, expansive, len(panel.annotators), seen)
        rows = composition_rows(groups, batch.means, styles, expansive, options.confidence)
        found.add("composition", place, rows)
        found.add("mixing", place, mixing_rows(batch))
        if panel.multi:
            told = finding_rows(batch, options.confidence)
            kept = kept_row(batch, options.confidence)
            told += [kept] if kept is not None else []
            found.add("findings", place, [*told, *error_rows(batch)])
        batches.append(batch)
    overall = shared_rules(batches)
    if overall is not None:
        found.add("findings", Place("", "", layer), [overall])


def _simulated(
    office: Office, desk: Desk, expansive: set[str], options: StylesOptions
) -> list[Group]:
    if not len(desk.item):
        return []
    tests = check_groups(office, desk, options.seed) + stranger_groups(office, desk, options.seed)
    return tests + simulated_groups(office, desk, expansive, most=options.groups, seed=options.seed)


def _to_simulate(
    layer: str,
    panels: dict[Place, Panel],
    expansive: set[str],
    found: Found,
    options: StylesOptions,
) -> set[Place]:
    """The batches whose groups are simulated; says why the others are not."""
    if not options.groups or not any(panel.multi for panel in panels.values()):
        return set()
    if not expansive:
        found.notes.append(f"{layer}: nobody is expansive, so that no mixture is simulated")
        return set()
    if len(panels) == 1:
        found.notes.append(
            f"{layer}: one batch only, so that nobody from elsewhere can take a seat: no simulation"
        )
        return set()
    largest = sorted(panels, key=lambda place: -panels[place].items)[:MOST_BATCHES]
    if len(largest) < len(panels):
        found.notes.append(
            f"{layer}: groups are simulated on the {MOST_BATCHES} batches with most items"
        )
    return set(largest)

"""Named maps from GoEmotions' fine labels to Basic-7.

``emos-first`` and ``emos-last`` are the maps behind the two MELD corrections of the public EmoS
release (recovered from its derived tables); ``goemotions-ekman`` is the grouping published
with GoEmotions (Demszky et al., 2020, section 4.1 and Appendix), with neutral kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from emos.errors import EmosError
from emos.taxonomy.labels import GOEMOTIONS, UNSURE


@dataclass(frozen=True)
class LabelMap:
    """A named map from each of the 29 fine labels to one Basic-7 class, or to none.

    ``target`` holds one entry per fine label that has a class; ``unsure`` may have none.
    """

    name: str
    source: str
    target: dict[str, str]

    def __call__(self, label: str) -> str | None:
        """The Basic-7 class of a fine label, ``None`` where the map gives it none."""
        return self.target.get(label)


def _label_map(name: str, source: str, groups: dict[str, str]) -> LabelMap:
    target = {fine: basic for basic, fines in groups.items() for fine in fines.split()}
    unknown = set(target) - set(GOEMOTIONS.labels)
    missing = set(GOEMOTIONS.labels) - set(target) - {UNSURE}
    if unknown or missing:
        raise ValueError(f"{name}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    return LabelMap(name, source, target)


_FIRST = {
    "Anger": "anger annoyance disapproval",
    "Disgust": "disgust",
    "Fear": "fear nervousness",
    "Joy": "admiration amusement approval desire excitement gratitude joy love optimism pride "
    "relief",
    "Neutral": "neutral caring confusion curiosity realization unsure",
    "Sadness": "disappointment embarrassment grief remorse sadness",
    "Surprise": "surprise",
}
_LAST = _FIRST | {
    "Disgust": "disgust embarrassment",
    "Joy": _FIRST["Joy"] + " caring",
    "Neutral": "neutral confusion curiosity realization unsure",
    "Sadness": "disappointment grief remorse sadness",
}
_EKMAN = _FIRST | {
    "Joy": _FIRST["Joy"] + " caring",
    "Neutral": "neutral",
    "Surprise": "surprise confusion curiosity realization",
}

MAPS = {
    label_map.name: label_map
    for label_map in (
        _label_map("emos-first", "EmoS release, MELD first 3,000", _FIRST),
        _label_map("emos-last", "EmoS release, MELD last 2,000", _LAST),
        _label_map("goemotions-ekman", "Demszky et al., 2020", _EKMAN),
    )
}


def get_map(name: str) -> LabelMap:
    """The map called ``name``; an `EmosError` lists the known ones otherwise."""
    if name not in MAPS:
        raise EmosError(f"unknown map {name!r}", remedy=f"known are {', '.join(MAPS)}")
    return MAPS[name]

"""The two layers of the paper (section 3.2.1) and their names in Chinese.

Basic-7 names are capitalised, GoEmotions names are lower-case, everywhere in EmoS. The order
of a label set is the order of every probability vector over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from emos.errors import EmosError

UNSURE = "unsure"


@dataclass(frozen=True)
class LabelSet:
    """The labels an annotator may give on one layer.

    Attributes
    ----------
    layer : name of the layer (``basic7``, ``goemotions``, ``label``).
    labels : every label in the order of probability vectors; ``unsure`` last if it exists.
    multi : whether one answer may hold several labels.
    chinese : Chinese names of a label, the preferred one first.
    """

    layer: str
    labels: tuple[str, ...]
    multi: bool
    chinese: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)

    def index(self, label: str) -> int:
        """Position of ``label`` in every probability vector over this set."""
        return self.labels.index(label)

    def name(self, label: str, language: str = "en") -> str:
        """The label as shown to a reader of ``language`` (``en`` or ``zh``)."""
        names = self.chinese.get(label, ())
        return names[0] if language == "zh" and names else label


# Ekman's seven classes as the paper names them (section 3.2.1; Ekman, 1992). The Chinese names
# include those found in bilingual cells of annotation files ("Neutral/自然").
BASIC7 = LabelSet(
    "basic7",
    ("Anger", "Disgust", "Fear", "Joy", "Neutral", "Sadness", "Surprise"),
    multi=False,
    chinese={
        "Anger": ("愤怒", "生气"),
        "Disgust": ("厌恶", "恶心"),
        "Fear": ("恐惧", "害怕"),
        "Joy": ("喜悦", "高兴", "快乐", "开心"),
        "Neutral": ("中性", "自然", "平静"),
        "Sadness": ("悲伤", "伤心", "难过"),
        "Surprise": ("惊讶", "惊奇"),
    },
)

_GOEMOTIONS_CHINESE = {
    "admiration": ("钦佩",),
    "amusement": ("逗乐",),
    "anger": ("愤怒", "生气"),
    "annoyance": ("恼怒", "烦躁"),
    "approval": ("赞同",),
    "caring": ("关怀", "关心"),
    "confusion": ("困惑",),
    "curiosity": ("好奇",),
    "desire": ("渴望",),
    "disappointment": ("失望",),
    "disapproval": ("不赞同", "反对"),
    "disgust": ("厌恶", "恶心"),
    "embarrassment": ("尴尬",),
    "excitement": ("兴奋", "激动"),
    "fear": ("恐惧", "害怕"),
    "gratitude": ("感激", "感谢"),
    "grief": ("悲痛",),
    "joy": ("喜悦", "高兴", "快乐", "开心"),
    "love": ("爱", "喜爱"),
    "nervousness": ("紧张",),
    "optimism": ("乐观",),
    "pride": ("自豪", "骄傲"),
    "realization": ("领悟", "意识到"),
    "relief": ("宽慰", "释然"),
    "remorse": ("懊悔", "悔恨"),
    "sadness": ("悲伤", "伤心", "难过"),
    "surprise": ("惊讶", "惊奇"),
    "neutral": ("中性", "自然", "平静"),
    "unsure": ("不确定",),
}

# GoEmotions' 27 emotions and neutral (Demszky et al., 2020, Table 2), then EmoS's "unsure":
# the K = 29 classes of the paper's soft labels (section 3.2.2).
GOEMOTIONS = LabelSet(
    "goemotions", tuple(_GOEMOTIONS_CHINESE), multi=True, chinese=_GOEMOTIONS_CHINESE
)
GOEMOTIONS_28 = GOEMOTIONS.labels[:28]

_LAYERS = {label_set.layer: label_set for label_set in (BASIC7, GOEMOTIONS)}


def layer_label_set(layer: str) -> LabelSet:
    """The label set of a layer that EmoS knows by name.

    Raises
    ------
    EmosError : for a layer whose labels only its data can tell (see `custom_label_set`).
    """
    if layer not in _LAYERS:
        raise EmosError(
            f"unknown label set {layer!r}", remedy=f"known are {', '.join(sorted(_LAYERS))}"
        )
    return _LAYERS[layer]


def custom_label_set(labels: Iterable[str], *, layer: str = "label", multi: bool) -> LabelSet:
    """A label set found in the data: the distinct labels in alphabetical order."""
    return LabelSet(layer, tuple(sorted(set(labels))), multi)

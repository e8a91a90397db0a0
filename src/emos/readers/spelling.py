"""Which label a misspelt word is, where that is certain.

The distance is Damerau-Levenshtein's with adjacent transpositions (Damerau, 1964; optimal string
alignment): insertions, deletions, substitutions and swaps of neighbours, each counted once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

_SHORTEST = 3  # letters: a shorter word is near too many
_LONG = 8  # letters: from here on two mistakes still leave the word recognisable

# Words of their own that stand one or two letters from a label and mean something else.
_OTHER_WORDS = frozenset(
    [
        "amazement",
        "angel",
        "angler",
        "anguish",
        "barring",
        "beat",
        "belief",
        "bride",
        "brief",
        "danger",
        "daring",
        "dear",
        "disbelief",
        "distrust",
        "enjoy",
        "gear",
        "gladness",
        "glove",
        "hear",
        "lose",
        "love-hate",
        "lover",
        "madness",
        "mistrust",
        "move",
        "near",
        "pear",
        "prize",
        "relied",
        "rear",
        "scaring",
        "sharing",
        "tear",
        "tears",
        "toy",
        "year",
    ]
)


def nearest(word: str, labels: Mapping[str, str]) -> str | None:
    """The one label nearest to ``word`` within the bound, else ``None``.

    Parameters
    ----------
    word : case-folded; only a word made of letters of an alphabet is a misspelling of another.
    labels : case-folded spelling to label.

    One mistake is allowed, two where both words have at least 8 letters and begin alike. A tie
    between two labels is not decided.
    """
    if len(word) < _SHORTEST or not _alphabetic(word) or word in _OTHER_WORDS:
        return None
    best: list[str] = []
    least = 3
    for spelling, label in labels.items():
        if len(spelling) < _SHORTEST:
            continue
        long = min(len(word), len(spelling)) >= _LONG and word[0] == spelling[0]
        bound = 2 if long else 1
        if abs(len(word) - len(spelling)) > bound:
            continue
        found = distance(word, spelling)
        if found > bound or found > least:
            continue
        if found < least:
            best, least = [], found
        best.append(label)
    return best[0] if len(best) == 1 else None


def segment(word: str, labels: Mapping[str, str]) -> list[str] | None:
    """The labels ``word`` is glued from (``lovedesire``), if there is exactly one way to cut it."""
    longest = max(map(len, labels), default=0)
    if not word or len(word) > 4 * longest:
        return None

    @cache
    def cuts(start: int) -> tuple[tuple[str, ...], ...]:
        if start == len(word):
            return ((),)
        ways: list[tuple[str, ...]] = []
        for end in range(start + _SHORTEST, len(word) + 1):
            piece = word[start:end]
            if piece in labels:
                ways += [(labels[piece], *rest) for rest in cuts(end)]
        return tuple(ways[:2])  # two are enough to know it is not certain

    ways = [way for way in cuts(0) if len(way) > 1]
    return list(ways[0]) if len(ways) == 1 else None


def distance(a: str, b: str) -> int:
    """Insertions, deletions, substitutions and adjacent swaps from ``a`` to ``b``."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        following = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            following.append(cost)
        before, row = row, following
    return row[-1]


def _alphabetic(word: str) -> bool:
    return word.isalpha() and not any("\u3040" <= letter <= "\u9fff" for letter in word)

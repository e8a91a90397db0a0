"""Similarity of two sets of labels: Jaccard and MASI.

For sets A and B, J = |A and B| / |A or B|, and M = 1 if A = B, 2/3 if one contains the other, 1/3
if they overlap otherwise, 0 if they do not::

    Jaccard similarity J            (Jaccard, 1912)
    MASI similarity    J * M        (Passonneau, 2006, Measuring agreement on set-valued items)

Distance is 1 - similarity. Both lie in 0 to 1. Two empty sets are the same set: similarity 1; an
empty and a filled one share nothing: similarity 0.

Sets are held as bits in 64-bit words, ``[..., words]``, so that a comparison is a few machine
operations whatever the number of labels.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from emos.agreement.coefficient import Floats, ratio
from emos.errors import EmosError

Bits = npt.NDArray[np.uint64]
Similarity = Callable[[Bits, Bits], Floats]


def pack_sets(membership: npt.ArrayLike) -> Bits:
    """Pack sets given as booleans ``[..., labels]`` into bits ``[..., words]``.

    Raises
    ------
    EmosError : if the array is not boolean.
    """
    member = np.asarray(membership)
    if member.dtype != np.bool_ or member.ndim < 1:
        raise EmosError(
            f"sets must be booleans with labels on the last axis, not {member.dtype}",
            remedy="write True where the set holds the label",
        )
    words = max(1, -(-member.shape[-1] // 64))
    padded = np.zeros((*member.shape[:-1], words * 64), dtype=np.bool_)
    padded[..., : member.shape[-1]] = member
    bits: Bits = np.packbits(padded, axis=-1).view(np.uint64)
    return bits


def jaccard_similarity(a: Bits, b: Bits) -> Floats:
    """|A and B| / |A or B| of packed sets; leading axes broadcast."""
    return _share(_size(a & b), _size(a | b))


def masi_similarity(a: Bits, b: Bits) -> Floats:
    """Jaccard similarity times Passonneau's monotonicity weight; leading axes broadcast."""
    both, either = _size(a & b), _size(a | b)
    contained = np.minimum(_size(a), _size(b)) == both
    weight = np.where(both == either, 1.0, np.where(contained, 2 / 3, 1 / 3))
    similarity: Floats = _share(both, either) * weight
    return similarity


def _size(bits: Bits) -> Floats:
    size: Floats = np.bitwise_count(bits).sum(axis=-1).astype(np.float64)
    return size


def _share(both: Floats, either: Floats) -> Floats:
    share: Floats = np.where(either == 0, 1.0, ratio(both, either))
    return share

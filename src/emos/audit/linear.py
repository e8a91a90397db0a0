"""A linear programme whose optimum is bounded in exact arithmetic.

The solver (HiGHS) works in floating point. Whether an optimum lies above zero must not hang on its
tolerances, so the dual solution it returns is used as a certificate: by weak duality, for *any*
row multipliers y, the minimum of c x over ``low <= A x <= high``, ``l <= x <= u`` is at least

    sum_i (y_i > 0 ? y_i low_i : y_i high_i) + sum_j (d_j > 0 ? d_j l_j : d_j u_j),  d = c - A' y,

which is evaluated in fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import highspy

# Multipliers are shrunk by this factor so that a rounding error of the solver cannot turn the
# reduced cost of an unbounded variable negative, which would make the certificate worthless.
_SHRINK = 1 - Fraction(1, 10**7)

Bound = Fraction | int | None


@dataclass(frozen=True)
class Solution:
    """A minimum: the solver's values and objective, and an exact lower bound of the objective
    (minus infinity where none was found)."""

    values: tuple[float, ...]
    objective: float
    bound: Fraction | float


class _Quiet(highspy.Highs):
    """HiGHS without its banner, which the constructor prints while it turns callbacks on."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call, unused-ignore]
        self.silent()

    def enableCallbacks(self) -> None:  # noqa: N802 (the solver's own name)
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call, unused-ignore]


class Programme:
    """Minimise cost * x subject to rows and bounds; every number exact until it is solved."""

    def __init__(self) -> None:
        self._variables: list[tuple[Fraction, Bound, Fraction]] = []
        self._rows: list[tuple[tuple[tuple[int, Fraction], ...], Bound, Bound]] = []

    def variable(self, low: int, high: Bound, cost: int = 0) -> int:
        """A new variable between ``low`` and ``high`` (``None``: no limit); its number."""
        self._variables.append((Fraction(low), high, Fraction(cost)))
        return len(self._variables) - 1

    def row(self, terms: Sequence[tuple[int, Fraction]], low: Bound, high: Bound) -> None:
        """Require low <= sum of coefficient * variable <= high (``None``: no limit)."""
        self._rows.append((tuple(terms), low, high))

    def minimise(self) -> Solution:
        """Solve.

        Raises
        ------
        RuntimeError : if there is no optimum (no feasible point, or none that is smallest).
        """
        solver = _Quiet()
        infinity = highspy.kHighsInf
        for low, high, _ in self._variables:
            solver.addVar(float(low), infinity if high is None else float(high))
        for number, (_, _, cost) in enumerate(self._variables):
            solver.changeColCost(number, float(cost))
        for terms, low_row, high_row in self._rows:
            solver.addRow(
                -infinity if low_row is None else float(low_row),
                infinity if high_row is None else float(high_row),
                len(terms),
                [number for number, _ in terms],
                [float(value) for _, value in terms],
            )
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the linear programme has no optimum: {solver.getModelStatus()}")
        found = solver.getSolution()
        return Solution(
            values=tuple(found.col_value),
            objective=float(solver.getInfo().objective_function_value),
            bound=self.lower_bound(found.row_dual),
        )

    def lower_bound(self, multipliers: Sequence[float]) -> Fraction | float:
        """The certificate that row multipliers give: no point has a smaller objective.

        Minus infinity where the multipliers prove nothing.
        """
        reduced = [cost for _, _, cost in self._variables]
        total = Fraction(0)
        for (terms, low, high), multiplier in zip(self._rows, multipliers, strict=True):
            limit = low if multiplier > 0 else high
            if limit is None or multiplier == 0:
                continue  # a multiplier of the wrong sign is noise; leaving it out is still valid
            y = Fraction(multiplier) * _SHRINK
            total += y * limit
            for number, value in terms:
                reduced[number] -= y * value
        for (low_limit, high_limit, _), d in zip(self._variables, reduced, strict=True):
            if d < 0 and high_limit is None:
                return float("-inf")
            total += d * (low_limit if d >= 0 else Fraction(high_limit or 0))
        return total

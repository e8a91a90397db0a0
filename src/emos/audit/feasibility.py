"""Can any confusion matrix have the scores that a table prints? A linear programme answers.

A table of model scores prints, for every class c of a model, precision P, recall R and F1, and
for the model its accuracy, macro-F1 and weighted-F1, each rounded: a printed value v with last
digit u stands for some value in [v - u/2, v + u/2]. Take as variables, all in clips of a test
set of n clips,

    s_c   clips of class c (the same for every model),
    t_c   clips of class c that the model got right,
    p_c   clips for which it answered c,
    w_c   s_c * F1_c, and f_c = F1_c.

What is printed and what any confusion matrix obeys is linear in them (bars: rounding interval):

    s_c = n * share_c                          where shares are printed
    t_c = R_c s_c,   t_c = P_c p_c,   2 t_c = F1_c (s_c + p_c)
    sum t_c = n * accuracy,   mean f_c = macro-F1,   sum w_c = n * weighted-F1
    f_c = F1_c,   w_c = F1_c s_c
    sum s_c = n;   0 <= t_c <= s_c, p_c;   sum p_c <= n
    p_c - t_c <= sum over other classes j of (s_j - t_j)

Answers outside the label set are clips without a p_c, hence the inequality of sum p_c: they count
as wrong. The last line says that a false answer c is a clip of another class; with it, and by
Hall's theorem, s, t, p are the margins and diagonal of a confusion matrix. Whole numbers of clips
and the products in f_c and w_c are relaxed, so *infeasible* proves that the printed values cannot
all be right, while *feasible* proves nothing more than that this test found no fault.

Every printed value may be moved by e >= 0 units of its last digit beyond its rounding interval;
the programme minimises the sum of all e (an elastic programme: Chinneck, Feasibility and
Infeasibility in Optimization, 2008). Zero is feasible. Moving a ratio a / b by e units would make
the product e * b; it is relaxed to e times the largest b that can occur. The minimum is therefore a
lower bound: printed values must move by at least so many units in all, the shares left as they are.
The moves of the solution show where the relaxation puts them. They need not make the table
possible, and others may do with as little. The solver works in floating point, so its dual solution
is turned into a lower bound of the minimum in exact fractions (weak duality), and only a bound
above zero counts as infeasible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from emos.audit.compare import Printed
from emos.audit.linear import Programme

# Shares are printed once for all models: they move only where they cannot be right themselves.
_SHARE_COST = 1000
# Moves below this many units of the last printed digit are not worth a reader's attention.
_SMALLEST_MOVE = 1e-6

Terms = list[tuple[int, Fraction]]


@dataclass(frozen=True)
class ClassScores:
    """Printed scores of one class."""

    precision: Printed
    recall: Printed
    f1: Printed


@dataclass(frozen=True)
class ModelScores:
    """A model's printed scores; a summary score that is not printed is ``None``."""

    model: str
    classes: Mapping[str, ClassScores]
    accuracy: Printed | None = None
    macro_f1: Printed | None = None
    weighted_f1: Printed | None = None


@dataclass(frozen=True)
class Move:
    """A printed value that the relaxation moves; moving it so far need not be enough.

    ``score`` is ``share``, ``precision``, ``recall``, ``f1``, ``accuracy``, ``macro_f1`` or
    ``weighted_f1``; ``model`` is empty for a share, ``label`` for a summary score. ``units`` is the
    distance beyond the rounding interval in units of the last printed digit, up or down.
    """

    model: str
    score: str
    label: str
    printed: Printed
    units: float


@dataclass(frozen=True)
class Feasibility:
    """Whether printed scores can belong together.

    ``slack`` is the relaxation's smallest sum of moves, so that printed values must move by at
    least so many units of last digits: 0 if feasible. ``proof`` is an exact lower bound of it,
    above 0 if and only if infeasible.
    """

    feasible: bool
    slack: float
    proof: Fraction | float
    moves: tuple[Move, ...]


def check_scores(
    models: Sequence[ModelScores], *, n: int, shares: Mapping[str, Printed] | None = None
) -> Feasibility:
    """Whether one set of ``n`` clips and some answers of each model give every printed score.

    Parameters
    ----------
    models : the models scored on these clips, over the same classes.
    n : clips in the test set.
    shares : printed class shares in percent; without them any class shares will do.

    Raises
    ------
    ValueError : if no model is given or the classes of two differ.
    """
    if not models or any(set(m.classes) != set(models[0].classes) for m in models):
        raise ValueError("the models must be at least one and have the same classes")
    table = _Table(n, tuple(models[0].classes), shares)
    for model in models:
        table.add(model)
    return table.solve()


class _Table:
    """The programme of one table: class sizes once, then each model's variables and rows."""

    def __init__(self, n: int, labels: Sequence[str], shares: Mapping[str, Printed] | None) -> None:
        self.n = n
        self.programme = Programme()
        self.moves: list[tuple[Move, int, int]] = []
        self.size = {label: self.programme.variable(0, n) for label in labels}
        self.programme.row([(s, Fraction(1)) for s in self.size.values()], n, n)
        # The most clips a class can have, to weigh a unit of a ratio in clips.
        self.most = dict.fromkeys(labels, Fraction(n))
        for label, share in (shares or {}).items():
            move = self.movable(Move("", "share", label, share, 0), _SHARE_COST)
            self.between([(self.size[label], Fraction(100, n))], share, move)
            self.most[label] = share.high * n / 100

    def add(self, model: ModelScores) -> None:
        """Variables and rows of one model."""
        one, n, size = Fraction(1), self.n, self.size
        right, answers, f1, weighted = (
            {label: self.programme.variable(0, limit) for label in size} for limit in (n, n, 1, n)
        )
        for label, scores in model.classes.items():
            s, t, p = size[label], right[label], answers[label]
            self.programme.row([(s, one), (t, -one)], 0, None)
            self.programme.row([(p, one), (t, -one)], 0, None)
            missed = [(size[j], one) for j in size if j != label]
            missed += [(right[j], -one) for j in size if j != label]
            self.programme.row([*missed, (p, -one), (t, one)], 0, None)
            clips = self.most[label]
            move = self.movable(Move(model.model, "recall", label, scores.recall, 0))
            self.ratio([(t, one)], [(s, one)], scores.recall, clips, clips, move)
            move = self.movable(Move(model.model, "precision", label, scores.precision, 0))
            self.ratio([(t, one)], [(p, one)], scores.precision, clips, Fraction(n), move)
            move = self.movable(Move(model.model, "f1", label, scores.f1, 0))
            both = [(s, one), (p, one)]
            self.ratio([(t, 2 * one)], both, scores.f1, 2 * clips, clips + n, move)
            self.ratio([(weighted[label], one)], [(s, one)], scores.f1, clips, clips, move)
            self.between([(f1[label], one)], scores.f1, move)
        self.programme.row([(p, one) for p in answers.values()], 0, n)
        summaries = (
            ("accuracy", model.accuracy, right, Fraction(1, n)),
            ("macro_f1", model.macro_f1, f1, Fraction(1, len(f1))),
            ("weighted_f1", model.weighted_f1, weighted, Fraction(1, n)),
        )
        for score, printed, variables, weight in summaries:
            if printed is not None:
                move = self.movable(Move(model.model, score, "", printed, 0))
                self.between([(number, weight) for number in variables.values()], printed, move)

    def movable(self, move: Move, cost: int = 1) -> tuple[int, int]:
        """Elastic variables of a printed value: units upwards, units downwards."""
        up, down = (self.programme.variable(0, None, cost) for _ in range(2))
        self.moves.append((move, up, down))
        return up, down

    def between(self, terms: Terms, printed: Printed, move: tuple[int, int]) -> None:
        """Require the sum to lie in the rounding interval, give or take the moves."""
        scaled = [(number, value / printed.unit) for number, value in terms]
        self.programme.row([*scaled, (move[0], Fraction(-1))], None, printed.high / printed.unit)
        self.programme.row([*scaled, (move[1], Fraction(1))], printed.low / printed.unit, None)

    def ratio(
        self,
        over: Terms,
        under: Terms,
        printed: Printed,
        most_over: Fraction,
        most_under: Fraction,
        move: tuple[int, int],
    ) -> None:
        """Require over / under to lie in the rounding interval, give or take the moves.

        A move by e units is worth e * under, no linear term; ``under`` is replaced by the most it
        can be: ``most_under``, and where the ratio is too large also ``most_over / printed.high``.
        """
        up, down = move
        for bound, moved, most in (
            (printed.high, up, min(most_under, most_over / printed.high)),
            (printed.low, down, most_under),
        ):
            unit = printed.unit * most
            gap = [(number, value / unit) for number, value in over]
            gap += [(number, -bound * value / unit) for number, value in under]
            if moved == up:
                self.programme.row([*gap, (moved, Fraction(-1))], None, 0)
            else:
                self.programme.row([*gap, (moved, Fraction(1))], 0, None)

    def solve(self) -> Feasibility:
        """The smallest sum of moves, and the moves."""
        solution = self.programme.minimise()
        if solution.bound <= 0:
            return Feasibility(True, 0.0, Fraction(0), ())
        moves = []
        for move, up, down in self.moves:
            units = solution.values[up] - solution.values[down]
            if abs(units) > _SMALLEST_MOVE:
                moves.append(replace(move, units=units))
        return Feasibility(False, solution.objective, solution.bound, tuple(moves))

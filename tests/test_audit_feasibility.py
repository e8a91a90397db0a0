"""The linear programme: true confusion matrices always pass, impossible tables never do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from emos.audit import Printed, parse_printed
from emos.audit.feasibility import ClassScores, ModelScores, check_scores
from emos.audit.implied import Interval, answers, interval, weighted_mean
from emos.audit.linear import Programme

Matrix = list[list[int]]  # rows: true class; columns: answered class, last: outside the set


def rounded(value: Fraction, digits: int = 3) -> Printed:
    return parse_printed(f"{float(value):.{digits}f}")


def scores_of(matrix: Matrix, model: str = "m") -> ModelScores:
    """Precision, recall, F1 and summaries of a confusion matrix, each rounded to three digits."""
    k = len(matrix)
    n = sum(map(sum, matrix))
    right = [matrix[c][c] for c in range(k)]
    size = [sum(matrix[c]) for c in range(k)]
    answered = [sum(matrix[j][c] for j in range(k)) for c in range(k)]
    f1 = [Fraction(2 * right[c], size[c] + answered[c]) for c in range(k)]
    classes = {
        f"c{c}": ClassScores(
            precision=rounded(Fraction(right[c], answered[c]) if answered[c] else Fraction(0)),
            recall=rounded(Fraction(right[c], size[c])),
            f1=rounded(f1[c]),
        )
        for c in range(k)
    }
    return ModelScores(
        model,
        classes,
        accuracy=rounded(Fraction(sum(right), n)),
        macro_f1=rounded(sum(f1, Fraction(0)) / k),
        weighted_f1=rounded(sum((f * s for f, s in zip(f1, size, strict=True)), Fraction(0)) / n),
    )


def shares_of(matrix: Matrix) -> dict[str, Printed]:
    n = sum(map(sum, matrix))
    return {f"c{c}": rounded(Fraction(100 * sum(row), n), 1) for c, row in enumerate(matrix)}


def matrices(classes: int) -> st.SearchStrategy[Matrix]:
    row = st.lists(st.integers(0, 60), min_size=classes + 1, max_size=classes + 1)
    return st.lists(row.filter(any), min_size=classes, max_size=classes)


some_matrix = st.integers(2, 7).flatmap(matrices)


@settings(max_examples=60, deadline=None)
@given(some_matrix)
def test_a_true_confusion_matrix_is_feasible(matrix: Matrix) -> None:
    n = sum(map(sum, matrix))
    for shares in (shares_of(matrix), None):
        found = check_scores([scores_of(matrix)], n=n, shares=shares)
        assert found.feasible, found.moves
        assert found.slack == 0
        assert found.moves == ()


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 5).flatmap(matrices), st.randoms(use_true_random=False))
def test_several_models_on_the_same_clips_are_feasible(matrix: Matrix, random: object) -> None:
    """Shuffling the answers within each true class is another model on the same clips."""
    other = [list(row) for row in matrix]
    for row in other:
        random.shuffle(row)  # type: ignore[attr-defined]
    n = sum(map(sum, matrix))
    models = [scores_of(matrix, "a"), scores_of(other, "b")]
    assert check_scores(models, n=n, shares=shares_of(matrix)).feasible
    assert check_scores(models, n=n).feasible


@settings(max_examples=40, deadline=None)
@given(some_matrix)
def test_an_accuracy_that_recalls_and_shares_exclude_is_found(matrix: Matrix) -> None:
    n = sum(map(sum, matrix))
    shares, scores = shares_of(matrix), scores_of(matrix)
    weights = [Interval(share.low / 100, share.high / 100) for share in shares.values()]
    bounds = weighted_mean(weights, [interval(c.recall) for c in scores.classes.values()])
    assert bounds is not None
    wrong = rounded(bounds.high + Fraction(1, 500))
    found = check_scores([replace(scores, accuracy=wrong)], n=n, shares=shares)
    assert not found.feasible
    assert found.proof > 0
    assert found.moves


def test_more_answers_than_clips_by_hand() -> None:
    """Recall 0.9 and precision 0.5 in both classes: 1.8 answers per clip."""
    half, most = parse_printed("0.500"), parse_printed("0.900")
    f1 = rounded(Fraction(9, 14))  # 2 * 0.5 * 0.9 / 1.4
    scores = ClassScores(half, most, f1)
    size = Interval(Fraction(50), Fraction(50))
    assert 2 * answers(size, half, most).low > 100
    found = check_scores([ModelScores("m", {"a": scores, "b": scores})], n=100)
    assert not found.feasible
    assert {move.score for move in found.moves} <= {"precision", "recall", "f1"}
    one = ClassScores(parse_printed("0.900"), most, parse_printed("0.900"))
    assert check_scores([ModelScores("m", {"a": one, "b": one})], n=100).feasible


GOOD = ClassScores(*(parse_printed("1.000"),) * 3)
EVEN = {"a": parse_printed("50.00"), "b": parse_printed("50.00")}


def test_false_answers_need_clips_of_another_class_by_hand() -> None:
    """Of a 25 of 50 clips are right and 45 answered, so 20 clips of b must be wrong: none is.

    The answers are 95 to 100 clips, so nothing but this is against it.
    """
    a = ClassScores(parse_printed("0.556"), parse_printed("0.500"), parse_printed("0.526"))
    found = check_scores([ModelScores("m", {"a": a, "b": GOOD})], n=100, shares=EVEN)
    assert not found.feasible
    b = ClassScores(parse_printed("1.000"), parse_printed("0.600"), parse_printed("0.750"))
    assert check_scores([ModelScores("m", {"a": a, "b": b})], n=100, shares=EVEN).feasible


def test_no_more_are_right_than_there_are_clips_or_answers() -> None:
    """1.000 may stand for 1.0005 as a number, but not as a recall or precision."""
    half = ClassScores(*map(parse_printed, ("1.000", "0.500", "0.667")))
    # At most 0.50005 + 0.49995 * 0.5005 = 0.7503 of all clips; 0.751 begins at 0.7505.
    classes = {"a": GOOD, "b": half, "c": half}
    shares = {"a": "50.00", "b": "25.00", "c": "25.00"}
    printed = {label: parse_printed(share) for label, share in shares.items()}
    model = ModelScores("m", classes, accuracy=parse_printed("0.751"))
    assert not check_scores([model], n=100, shares=printed).feasible
    model = replace(model, accuracy=parse_printed("0.750"))
    assert check_scores([model], n=100, shares=printed).feasible
    # Recall 0.45 to 0.55, precision 0.95 to 1: F1 is at most 1.1 / 1.55 = 0.7097.
    rough = ClassScores(parse_printed("1.0"), parse_printed("0.5"), parse_printed("0.72"))
    rest = ClassScores(parse_printed("0.7"), parse_printed("1.0"), parse_printed("0.8"))
    model = ModelScores("m", {"a": rough, "b": rest})
    assert not check_scores([model], n=100).feasible
    rough = replace(rough, f1=parse_printed("0.70"))
    assert check_scores([replace(model, classes={"a": rough, "b": rest})], n=100).feasible


def test_a_macro_f1_that_is_no_mean_is_found() -> None:
    half = ClassScores(*(parse_printed("0.500"),) * 3)
    model = ModelScores("m", {"a": half, "b": half}, macro_f1=parse_printed("0.502"))
    (move,) = check_scores([model], n=100).moves
    assert (move.score, round(move.units, 3)) == ("macro_f1", -1.0)
    assert check_scores([replace(model, macro_f1=parse_printed("0.501"))], n=100).feasible


def test_shares_that_do_not_sum_to_one_are_what_has_to_move() -> None:
    half = parse_printed("0.500")
    scores = ClassScores(half, half, half)
    shares = {"a": parse_printed("50.0"), "b": parse_printed("50.3")}
    found = check_scores([ModelScores("m", {"a": scores, "b": scores})], n=100, shares=shares)
    assert {move.score for move in found.moves} == {"share"}


moved_by = st.lists(st.integers(-40, 40), min_size=24, max_size=24)


@settings(max_examples=60, deadline=None)
@given(some_matrix, moved_by, st.booleans())
def test_no_fewer_units_are_claimed_than_were_moved(
    matrix: Matrix, units: list[int], with_shares: bool
) -> None:
    """Move printed values of a true matrix: undoing that takes as many units as were moved."""
    scores, left = scores_of(matrix), iter(units)
    moved = 0

    def move(printed: Printed) -> Printed:
        nonlocal moved
        value = (printed.number or Fraction(0)) + next(left) * printed.unit
        value = min(max(value, Fraction(0)), Fraction(1))
        moved += abs(int((value - (printed.number or 0)) / printed.unit))
        return parse_printed(f"{float(value):.3f}")

    classes = {
        label: ClassScores(move(c.precision), move(c.recall), move(c.f1))
        for label, c in scores.classes.items()
    }
    macro = move(scores.macro_f1) if scores.macro_f1 else None
    wrong = replace(scores, classes=classes, macro_f1=macro)
    shares = shares_of(matrix) if with_shares else None
    found = check_scores([wrong], n=sum(map(sum, matrix)), shares=shares)
    assert found.slack <= moved + 1e-6


def test_a_move_says_how_far_a_value_goes() -> None:
    """Two classes of 50 clips, recalls 0.6 and 0.8: accuracy 0.7, not 0.9."""
    a = ClassScores(parse_printed("0.750"), parse_printed("0.600"), parse_printed("0.667"))
    b = ClassScores(parse_printed("0.667"), parse_printed("0.800"), parse_printed("0.727"))
    shares = {"a": parse_printed("50.0"), "b": parse_printed("50.0")}
    right = ModelScores("m", {"a": a, "b": b}, accuracy=parse_printed("0.700"))
    assert check_scores([right], n=100, shares=shares).feasible
    wrong = replace(right, accuracy=parse_printed("0.900"))
    found = check_scores([wrong], n=100, shares=shares)
    (move,) = found.moves
    assert (move.model, move.score, move.label) == ("m", "accuracy", "")
    assert move.units == pytest.approx(-199, abs=1.5)


def test_models_over_other_classes_are_refused() -> None:
    half = parse_printed("0.500")
    scores = ClassScores(half, half, half)
    models = [ModelScores("m", {"a": scores}), ModelScores("o", {"b": scores})]
    with pytest.raises(ValueError, match="same classes"):
        check_scores(models, n=100)
    with pytest.raises(ValueError, match="at least one"):
        check_scores([], n=100)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_minimum_is_scipys_and_the_certificate_lies_just_below_it(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, columns = int(random.integers(1, 8)), int(random.integers(1, 8))
    matrix = random.integers(-5, 6, (rows, columns))
    inside = random.integers(0, 5, columns)
    limits = matrix @ inside + random.integers(0, 4, rows)  # `inside` is feasible
    costs = random.integers(-5, 6, columns)
    programme = Programme()
    for cost in costs:
        programme.variable(0, 10, int(cost))
    for row, limit in zip(matrix, limits, strict=True):
        programme.row([(j, Fraction(int(v))) for j, v in enumerate(row)], None, int(limit))
    found = programme.minimise()
    reference = linprog(costs, A_ub=matrix, b_ub=limits, bounds=[(0, 10)] * columns)
    assert found.objective == pytest.approx(reference.fun, abs=1e-6)
    assert found.bound <= reference.fun + 1e-9
    assert found.bound == pytest.approx(reference.fun, abs=1e-4)


def test_a_certificate_that_proves_nothing_says_so() -> None:
    """Least x >= 0 with x >= 3: multipliers up to 1 prove 3 y, a larger one nothing."""
    programme = Programme()
    x = programme.variable(0, None, 1)
    programme.row([(x, Fraction(1))], 3, None)
    assert programme.lower_bound([0.5]) == pytest.approx(1.5)
    assert programme.lower_bound([-0.5]) == 0
    assert programme.lower_bound([2.0]) == float("-inf")


def test_a_programme_without_a_point_is_a_failure() -> None:
    programme = Programme()
    x = programme.variable(0, 1)
    programme.row([(x, Fraction(1))], 2, None)
    with pytest.raises(RuntimeError, match="no optimum"):
        programme.minimise()


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    programme = Programme()
    programme.variable(0, 1, 1)
    programme.minimise()
    assert capfd.readouterr() == ("", "")

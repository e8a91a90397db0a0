"""The two MELD corrections: every branch by hand, every row of the release."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from emos.aggregate import Aggregation, aggregate_dataset
from emos.aggregate.correction import (
    SHARE_REASONS,
    class_counts,
    correct_by_share,
    parse_rule,
    votes_from_sets,
)
from emos.errors import EmosError
from emos.tables import Dataset
from emos.taxonomy import BASIC7, GOEMOTIONS, MAPS
from making_votes import dataset_of, released

A, D, F, J, N, SAD, SUR = range(7)


def _counts(**classes: int) -> list[int]:
    return [classes.get(name, 0) for name in BASIC7.labels]


@pytest.mark.parametrize(
    ("counts", "original", "label", "confidence", "reason"),
    [
        (_counts(Joy=2, Anger=2), J, A, 1 / 2, "high_goemotion"),  # a tie at 1/2: alphabetical
        (_counts(Joy=3, Anger=2), A, J, 3 / 5, "high_goemotion"),
        (_counts(Joy=2, Anger=1, Fear=1, Disgust=1), J, J, 2 / 5, "agree_orig"),
        (_counts(Joy=1, Anger=1, Fear=1), F, F, 1 / 3, "prefer_orig_second"),
        (_counts(Joy=1, Anger=1, Fear=1), J, J, 1 / 3, "prefer_orig_close"),  # tied, but third
        (_counts(Joy=2, Anger=2, Fear=1), J, J, 2 / 5, "prefer_orig_second"),
        (_counts(Joy=2, Anger=1, Fear=1, Disgust=1), A, J, 2 / 5, "override_low_conf"),
        (_counts(Joy=2, Anger=2, Fear=1), N, A, 2 / 5, "override_low_conf"),
        (_counts(Joy=2, Anger=2, Fear=1), -1, A, 2 / 5, "override_low_conf"),  # no original
    ],
)
def test_each_rule_of_the_chain(
    counts: list[int], original: int, label: int, confidence: float, reason: str
) -> None:
    found = correct_by_share(np.array([counts]), np.array([original]))
    assert found.label[0] == label
    assert found.confidence[0] == pytest.approx(confidence)
    assert SHARE_REASONS[found.reason[0]] == reason
    assert found.share.sum() == pytest.approx(1)


def test_thirds_are_compared_as_counts() -> None:
    # Seven labels, 3 of 7 twice: float shares of different sums could differ, counts cannot.
    found = correct_by_share(np.array([_counts(Joy=3, Sadness=3, Fear=1)]), np.array([SAD]))
    assert SHARE_REASONS[found.reason[0]] == "prefer_orig_second"
    assert (found.best[0], found.second[0]) == (J, SAD)
    assert found.best_share[0] == found.second_share[0] == 3 / 7


def test_no_fine_label_is_no_label() -> None:
    found = correct_by_share(np.array([_counts()]), np.array([J]))
    assert (found.label[0], found.reason[0]) == (-1, -1)
    assert np.isnan(found.confidence[0]) and np.isnan(found.share).all()


@pytest.mark.parametrize(
    ("counts", "original", "label"),
    [
        (_counts(Joy=2, Anger=1), A, J),  # most labels
        (_counts(Joy=1, Anger=1), J, J),  # tie: the original, if it is among the tied
        (_counts(Joy=1, Anger=1), N, A),  # else alphabetical
        (_counts(), SUR, SUR),  # empty: the original
        (_counts(), -1, None),  # empty and no original: no vote
    ],
)
def test_a_set_becomes_one_vote(counts: list[int], original: int, label: int | None) -> None:
    made = votes_from_sets(np.array([counts]), np.array([0]), np.array([original]))
    assert made.labels.tolist() == ([] if label is None else [label])
    assert made.kept.tolist() == [label is not None]


def test_class_counts_follow_the_map() -> None:
    votes = pl.DataFrame(
        {
            "item_id": ["i", "i"],
            "annotator": ["A1", "A2"],
            "labels": [["caring", "embarrassment", "joy"], []],
        }
    )
    names = {"fine": GOEMOTIONS.labels, "classes": BASIC7.labels}
    first = class_counts(votes, MAPS["emos-first"], **names)
    assert first.tolist() == [_counts(Neutral=1, Sadness=1, Joy=1), _counts()]
    last = class_counts(votes, MAPS["emos-last"], **names)
    assert last[0].tolist() == _counts(Joy=2, Disgust=1)
    unsure = votes.with_columns(labels=pl.lit(["unsure"]))
    assert class_counts(unsure, MAPS["goemotions-ekman"], **names).sum() == 0


@pytest.mark.parametrize("text", ["mean:emos-first", "share:nowhere", "share", ""])
def test_a_rule_that_is_none(text: str) -> None:
    with pytest.raises(EmosError, match=r"unknown (correction|map)"):
        parse_rule(text)


def test_a_corrected_batch_keeps_what_it_was() -> None:
    rows = [("i", f"A{n}", "goemotions", "anger;joy") for n in range(3)]
    rows += [("j", f"A{n}", "goemotions", "") for n in range(3)]
    dataset = dataset_of(
        rows, originals={"i": "Joy", "j": "Fear"}, rules={"correction": {"s/b": "share:emos-first"}}
    )
    found = aggregate_dataset(dataset)
    row, blank = found.labels.iter_rows(named=True)
    assert (row["label"], row["original"], row["reason"]) == ("Anger", "Joy", "high_goemotion")
    assert row["posterior"] == [0.5, 0, 0, 0.5, 0, 0, 0]
    assert row["unique_labels"] is None
    assert (blank["label"], blank["original"], blank["reason"]) == (None, "Fear", "no_votes")
    assert (found.models[0].changed, found.models[0].tiers["undefined"]) == (1, 1)
    assert "1 item without a vote, so without a label" in found.warnings[0]


# --- the release -----------------------------------------------------------------------------

FIRST = "**/Annotations-3000/**/goemotion_soft_labels_first3000.xlsx"
LAST = "**/Annotations-last-2000/**/annotated_with_ds_last2000.xlsx"


@pytest.fixture(scope="module")
def dropped(release: Dataset) -> Aggregation:
    """The release with misspelt labels dropped, as its derived files have it."""
    from emos.readers.repair import reread_votes

    votes = reread_votes(release.votes, release.info, mode="drop")
    return aggregate_dataset(release.with_tables(votes=votes))


def test_every_row_of_the_first_batch_follows(dropped: Aggregation, release_path: Path) -> None:
    table = released(release_path, FIRST)
    found = dropped.labels.filter(batch="first-3000")
    assert found.height == table.height == 3000
    assert found["label"].to_list() == table["basic_corrected"].to_list()
    assert found["reason"].to_list() == table["basic_correction_reason"].to_list()
    assert found["original"].str.to_lowercase().to_list() == table["basic_orig"].to_list()
    np.testing.assert_allclose(
        found["confidence"], table["basic_corrected_conf"].cast(pl.Float64), atol=1e-8
    )


def test_best_and_second_of_the_first_batch_follow(release_path: Path) -> None:
    table = released(release_path, FIRST)
    answers = pl.concat(
        pl.DataFrame(
            {
                "item_id": table["Sr No."],
                "annotator": column,
                "labels": table[column].fill_null("").str.split(";"),
            }
        ).with_columns(pl.col("labels").list.filter(pl.element() != ""))
        for column in table.columns
        if column.startswith("go_") and not column.endswith("_count")
    )
    counts = class_counts(
        answers, MAPS["emos-first"], fine=GOEMOTIONS.labels, classes=BASIC7.labels
    ).reshape(3, 3000, 7)
    names = pl.Series(BASIC7.labels)
    original = [BASIC7.index(label.capitalize()) for label in table["basic_orig"]]
    found = correct_by_share(counts.sum(axis=0), np.array(original))
    for place in ("best", "second"):
        labels = names.gather(getattr(found, place))
        assert labels.to_list() == table[f"basic_goemotion_{place}"].to_list()
        shares = table[f"basic_goemotion_{place}_prob"].cast(pl.Float64)
        np.testing.assert_allclose(getattr(found, f"{place}_share"), shares, atol=1e-8)
    tied = (found.best_share == 0.5) & (found.second_share == 0.5)
    changed = found.label != np.array(original)
    share_of_original = found.share[np.arange(3000), original]
    assert (tied & changed & (share_of_original == 0.5)).sum() == 94


def test_the_counts_of_the_first_batch(dropped: Aggregation) -> None:
    found = dropped.labels.filter(batch="first-3000")
    assert dict(found["reason"].value_counts().iter_rows()) == {
        "high_goemotion": 2797,
        "agree_orig": 77,
        "prefer_orig_second": 57,
        "prefer_orig_close": 19,
        "override_low_conf": 50,
    }
    assert dropped.model("meld/first-3000").changed == 725
    assert round(725 / 3000 * 100, 1) == 24.2


def test_every_row_of_the_last_batch_follows(
    release: Dataset, dropped: Aggregation, release_path: Path
) -> None:
    import fastexcel

    table = released(release_path, LAST)
    (path,) = release_path.glob(LAST)
    numbers = fastexcel.read_excel(path).load_sheet(0, header_row=0).to_polars()
    found = dropped.labels.filter(batch="last-2000")
    assert found["label"].to_list() == table["basic_corrected"].to_list()
    assert found["reason"].to_list() == table["basic_correction_reason"].to_list()
    np.testing.assert_allclose(
        found["confidence"], numbers["basic_corrected_conf"], rtol=0, atol=1e-13
    )
    second = np.sort(np.array(found["posterior"].to_list()), axis=1)[:, -2]
    np.testing.assert_allclose(second, numbers["basic_goemotion_second_prob"], atol=1e-13)
    model = dropped.model("meld/last-2000")
    assert (model.votes, model.changed) == (6000, 381)
    assert model.fit is not None
    assert (model.fit.iterations, model.fit.converged) == (48, True)


def test_all_six_thousand_votes_follow(
    release: Dataset, dropped: Aggregation, release_path: Path
) -> None:
    from emos.aggregate.ballots import batches, votes_by_rule
    from emos.readers.repair import reread_votes

    table = released(release_path, LAST)
    votes = reread_votes(release.votes, release.info, mode="drop")
    (batch,) = (b for b in batches(release.with_tables(votes=votes)) if b.batch == "last-2000")
    made = votes_by_rule(batch).votes
    for annotator in ("A10", "A11", "A12"):
        ours = batch.items.join(
            made.filter(annotator=annotator), on="item_id", how="left", maintain_order="left"
        )
        assert ours["label"].to_list() == table[f"basic_vote_{annotator.lower()}"].to_list()


def test_changes_over_all_of_meld(dropped: Aggregation) -> None:
    changed = [model.changed for model in dropped.models if model.changed is not None]
    assert sum(changed) == 1106
    assert round(sum(changed) / 5000 * 100, 1) == 22.1


def test_repairing_the_misspellings_moves_a_few_labels(
    release: Dataset, dropped: Aggregation
) -> None:
    full = aggregate_dataset(release).labels.filter(batch="first-3000")
    drop = dropped.labels.filter(batch="first-3000")
    assert (full["label"] != drop["label"]).sum() == 5
    assert (full["confidence"] != drop["confidence"]).sum() == 30

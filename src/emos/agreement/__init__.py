"""From votes to agreement: coefficients, intervals, and what blanks do to them."""

from emos.agreement.agreement import Agreement, AgreementOptions
from emos.agreement.blanks import BlankEffect, Figure
from emos.agreement.coefficient import Coefficient
from emos.agreement.cohen import cohen_kappa
from emos.agreement.dataset_agreement import measure_agreement
from emos.agreement.exact import exact_match
from emos.agreement.fleiss import fleiss_kappa
from emos.agreement.jaccard import pairwise_jaccard
from emos.agreement.krippendorff import krippendorff_alpha
from emos.agreement.label_sets import jaccard_similarity, masi_similarity, pack_sets
from emos.agreement.per_label import label_alpha, label_kappa, positive_agreement
from emos.agreement.percent import percent_agreement
from emos.agreement.policies import POLICIES
from emos.agreement.sheet_rows import compare_rows, outside_batch_votes

__all__ = [
    "POLICIES",
    "Agreement",
    "AgreementOptions",
    "BlankEffect",
    "Coefficient",
    "Figure",
    "cohen_kappa",
    "compare_rows",
    "exact_match",
    "fleiss_kappa",
    "jaccard_similarity",
    "krippendorff_alpha",
    "label_alpha",
    "label_kappa",
    "masi_similarity",
    "measure_agreement",
    "outside_batch_votes",
    "pack_sets",
    "pairwise_jaccard",
    "percent_agreement",
    "positive_agreement",
]

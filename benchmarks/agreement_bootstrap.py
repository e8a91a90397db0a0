"""Bootstrap of Krippendorff's alpha and Fleiss' kappa on the whole release, against packages.

    python benchmarks/agreement_bootstrap.py RELEASE --irrcac-python irrcac/bin/python

EmoS draws how often each response pattern occurs. The packages have no bootstrap: items are drawn
and the package is called once per replicate, krippendorff for alpha and irrCAC for kappa. They get
the data in the form they take fastest (krippendorff: value counts, or codes where that is faster;
irrCAC: a data frame of codes), and only their calls are timed. A package runs as many replicates as
fit a few seconds, at least one; its time is scaled to 1,000. On the goemotions layer a whole label
set is one category, as in ``emos agreement``.

irrCAC pins an old SciPy and so has an environment of its own::

    python3 -m venv irrcac && irrcac/bin/pip install irrCAC

Asserted to 1e-9: on the data and on the same resamples, packages and EmoS give the same values.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import krippendorff
import numpy as np
import polars as pl

from emos.agreement import fleiss_kappa, krippendorff_alpha
from emos.agreement.ballots import Ballots, read_ballots
from emos.agreement.bootstrap import percentile_interval, resampled_weights
from emos.agreement.coefficient import Ints, Weighted
from emos.agreement.fleiss import weighted_fleiss
from emos.agreement.krippendorff import weighted_alpha
from emos.agreement.policies import apply_policy
from emos.readers import read_source
from machine import heading

REPLICATES = 1000
SEED = 12345
SECONDS = 5.0  # a package loops at least this long per group, or MOST replicates
MOST = 200

# Runs in irrCAC's environment on the data and then on resampled rows.
IRRCAC = """
import json, sys, time
from importlib.metadata import version
import numpy as np, pandas as pd
from irrCAC.raw import CAC
data, limit = np.load(sys.argv[1]), float(sys.argv[2])
codes, labels = data["codes"], int(data["codes"].max()) + 1
categories = [float(label) for label in range(labels)]
frame = pd.DataFrame(np.where(codes < 0, np.nan, codes))
values, seconds = [], 0.0
for place, draw in enumerate([np.arange(len(codes)), *data["draws"]]):
    sample = frame.iloc[draw].reset_index(drop=True)
    start = time.perf_counter()
    value = CAC(sample, categories=categories, digits=14).fleiss()["est"]["coefficient_value"]
    seconds += (time.perf_counter() - start) * (place > 0)
    values.append(value)
    if place and seconds >= limit:
        break
print(json.dumps({"seconds": seconds, "values": values, "version": version("irrCAC")}))
"""


class Loop(NamedTuple):
    """A package's values on the data and on the first resamples, and the seconds of the latter."""

    values: list[float]
    seconds: float

    @property
    def replicates(self) -> int:
        return len(self.values) - 1

    @property
    def scaled(self) -> float:
        return self.seconds / self.replicates * REPLICATES


def item_codes(group: pl.DataFrame) -> Ints:
    """Answers as codes ``[items, annotators]``, -1 for a blank; the packages' view of the votes."""
    keyed = group.with_columns(key=pl.col("labels").list.sort().list.join(";"))
    keys = keyed["key"].unique().sort().to_list()
    keys = [key for key in keys if key]
    coded = keyed.with_columns(
        pl.col("key").cast(pl.Enum(keys), strict=False).to_physical().cast(pl.Int64).fill_null(-1)
    )
    wide = coded.pivot(on="annotator", index="item_id", values="key")
    table: Ints = wide.drop("item_id").to_numpy()
    return table[(table >= 0).any(axis=1)]


def value_counts(codes: Ints) -> Ints:
    return np.stack([(codes == k).sum(axis=1) for k in range(codes.max() + 1)], axis=1)


def ours(ballots: Ballots, *names: str) -> float:
    """Seconds from ballots to intervals of the named coefficients."""
    start = time.perf_counter()
    answers = apply_policy(ballots, "skip")
    known = {"alpha": weighted_alpha, "kappa": weighted_fleiss}
    measures: list[Weighted] = [known[name](answers.tally) for name in names]
    draws = resampled_weights(
        ballots.count, replicates=REPLICATES, seed=SEED, entries=len(ballots.unit)
    )
    blocks = [[measure(weights).values() for measure in measures] for weights in draws]
    replicates = np.concatenate([np.concatenate(block) for block in blocks], axis=1)
    percentile_interval(replicates, 0.95)
    return time.perf_counter() - start


def loop_krippendorff(codes: Ints, draws: Ints) -> Loop:
    by_count = value_counts(codes)
    as_float = np.where(codes < 0, np.nan, codes)
    domain = np.arange(codes.max() + 1.0)

    def from_counts(draw: Ints) -> float:
        return float(
            krippendorff.alpha(value_counts=by_count[draw], level_of_measurement="nominal")
        )

    def from_codes(draw: Ints) -> float:
        return float(
            krippendorff.alpha(
                reliability_data=as_float[draw].T,
                value_domain=domain,
                level_of_measurement="nominal",
            )
        )

    everything = np.arange(len(codes))
    timed = []
    for call in (from_counts, from_codes):
        start = time.perf_counter()
        value = call(everything)
        timed.append((time.perf_counter() - start, value, call))
    _, value, call = min(timed, key=lambda entry: entry[0])
    values, seconds = [value], 0.0
    for draw in draws:
        start = time.perf_counter()
        values.append(call(draw))
        seconds += time.perf_counter() - start
        if seconds >= SECONDS:
            break
    return Loop(values, seconds)


def loop_irrcac(python: str, codes: Ints, draws: Ints) -> tuple[Loop, str]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.npz"
        np.savez(data, codes=codes, draws=draws)
        done = subprocess.run(
            [python, "-c", IRRCAC, str(data), str(SECONDS)],
            capture_output=True,
            text=True,
            check=True,
        )
    told = json.loads(done.stdout.splitlines()[-1])
    return Loop(told["values"], told["seconds"]), told["version"]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("release", type=Path)
    parser.add_argument("--irrcac-python", required=True, help="Python that has irrCAC")
    given = parser.parse_args()
    votes = read_source("emos-release", given.release).votes
    rows, totals, version = [], np.zeros(4), ""
    for (batch, layer), group in votes.partition_by(
        ["batch", "layer"], as_dict=True, maintain_order=True
    ).items():
        codes, ballots = item_codes(group), read_ballots(group)
        draws = np.random.default_rng(SEED).integers(len(codes), size=(MOST, len(codes)))
        alpha = loop_krippendorff(codes, draws)
        kappa, version = loop_irrcac(given.irrcac_python, codes, draws)
        samples = [np.arange(len(codes)), *draws]
        for value, draw in zip(alpha.values, samples, strict=False):
            assert abs(value - krippendorff_alpha(codes[draw]).value) < 1e-9
        for value, draw in zip(kappa.values, samples, strict=False):
            assert abs(value - fleiss_kappa(value_counts(codes[draw])).value) < 1e-9
        both, only_alpha, only_kappa = (
            min(ours(ballots, *names) for _ in range(3))
            for names in (("alpha", "kappa"), ("alpha",), ("kappa",))
        )
        totals += (both, alpha.scaled, kappa.scaled, alpha.scaled + kappa.scaled)
        rows.append(
            f"| {batch}, {layer} | {len(codes):,} | {codes.max() + 1:,} | {both:.3f} s "
            f"| {alpha.scaled:,.1f} s ({alpha.replicates}) | {alpha.scaled / only_alpha:,.0f}x "
            f"| {kappa.scaled:,.1f} s ({kappa.replicates}) | {kappa.scaled / only_kappa:,.0f}x "
            f"| {(alpha.scaled + kappa.scaled) / both:,.0f}x |"
        )
    title = "Bootstrap of alpha and kappa, 1,000 replicates"
    command = "python benchmarks/agreement_bootstrap.py RELEASE --irrcac-python PYTHON"
    print(heading(title, command, "numpy", "krippendorff"))
    print(
        f"irrCAC {version} in its own environment. Packages' times are scaled to 1,000 from the "
        "replicates in brackets. Each ratio compares the same coefficient, the last one both.\n"
    )
    print("| votes | items | answers | EmoS, both | krippendorff | | irrCAC | | both |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    print("\n".join(rows))
    print(
        f"| whole release | | | {totals[0]:.3f} s | {totals[1]:,.0f} s | | {totals[2]:,.0f} s | "
        f"| {totals[3] / totals[0]:,.0f}x |"
    )


if __name__ == "__main__":
    main()

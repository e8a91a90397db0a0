"""Run every room on the demo corpus and write what comes out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from emos.aggregate import aggregate_dataset
from emos.agreement import measure_agreement
from emos.audit import Audit, audit_paper, describe
from emos.demo.findings import Finding, Results, find_all
from emos.demo.folder import copy_tree, replaced
from emos.demo.words import read_words
from emos.readers import read_source
from emos.readers.lint import Finding as Fault
from emos.readers.lint import lint
from emos.report.pictures.registry import Choice
from emos.report.pictures.save import save_picture
from emos.report.pictures.tiers import PICTURE as TIERS
from emos.report.results import Results as Shown
from emos.report.words import read_words as page_words
from emos.report.write_report import write_report

PAPER = "demo_paper"
PAGE = "report.html"
REPLICATES = 200  # of the agreement's intervals; the corpus is too small to ask for more


@dataclass(frozen=True)
class Demo:
    """What the demo did.

    Attributes
    ----------
    folder : where everything was written.
    findings : what it found, the most important first.
    audit : of the demo paper.
    seconds : how long it took.
    """

    folder: Path
    findings: tuple[Finding, ...]
    audit: Audit
    seconds: float


def run_demo(folder: str | Path, *, language: str = "en") -> Demo:
    """Import, aggregate, measure, lint, audit and show the demo corpus in ``folder``.

    Parameters
    ----------
    folder : replaced if the demo made it.
    language : of the findings, the page and the picture, ``en`` or ``zh``.

    Raises
    ------
    EmosError : for a folder that the demo did not make, or that cannot be written.
    """
    start = time.perf_counter()
    folder = Path(folder)
    words = read_words(language)
    with replaced(folder) as staging:
        results = _run(staging, folder, language)
        found = find_all(results, words)
    return Demo(folder, found, results.audit, time.perf_counter() - start)


def _run(staging: Path, folder: Path, language: str) -> Results:
    corpus, key = staging / "corpus", staging / "answer_key"
    copy_tree(files("emos.demo") / "corpus", corpus)
    copy_tree(files("emos.demo") / "answer_key", key)
    faults = lint(corpus)
    (staging / "lint.txt").write_text(_lint_text(faults), encoding="utf-8")
    dataset = read_source(str(corpus / "layout.toml"), corpus)
    aggregation = aggregate_dataset(dataset)
    dataset = dataset.with_tables(labels=aggregation.labels, soft_labels=aggregation.soft_labels)
    dataset.write(staging / "dataset")
    dataset.ledger.write_csv(staging / "ledger.csv")
    agreement = measure_agreement(dataset, replicates=REPLICATES)
    agreement.table.write_csv(staging / "agreement.csv")
    audit = audit_paper(dataset, paper=PAPER)
    audit.write_json(staging / "audit.json")
    (staging / "audit.txt").write_text(_audit_text(audit), encoding="utf-8")
    shown = Shown(
        dataset, replicates=REPLICATES, paper=PAPER, agreement=agreement, audit=audit, faults=faults
    )
    curve = TIERS.numbers(shown, Choice())
    save_picture(TIERS.chart(curve, page_words(language), Choice()), staging / "tiers.svg")
    write_report(shown, staging / PAGE, language=language, named=folder / "dataset")
    return Results(dataset, agreement, audit, faults, key / "truth.csv")


def _lint_text(faults: tuple[Fault, ...]) -> str:
    lines = [
        f"{fault.severity}  {fault.rule}  {', '.join(filter(None, (fault.file, fault.place)))}\n"
        f"    {fault.message}; {fault.remedy}"
        for fault in faults
    ]
    return "\n".join([*lines, ""])


def _audit_text(audit: Audit) -> str:
    lines = [audit.paper.title, ""]
    for cell in audit.cells:
        lines += [f"{cell.key}  {cell.verdict}", *(f"    {line}" for line in describe(cell)), ""]
    return "\n".join([*lines, audit.signature, ""])

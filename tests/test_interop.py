"""lmms-eval and VLMEvalKit: their results read as predictions, and a task that lmms-eval loads.

The forms are written here as their sources describe them (the modules' heads say where).
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
import yaml
from openpyxl import Workbook

from emos.errors import EmosError
from emos.evaluate.interop import export_lmms_eval, read_results
from emos.evaluate.parsing import load_synonyms
from emos.evaluate.prompts import load_prompt
from emos.readers.predictions import read_predictions
from emos.tables import Dataset, DatasetInfo

JOY = '{"predicted_emotion": "Joy", "model_confidence": 0.9, "goemotions_labels": ["joy"]}'
STREAM = '{"utterances": [{"start": 0, "end": 2, "emotion_primary": "Fear"}]}'

# Fields of a task's YAML: docs/guides/task_guide.md of lmms-eval, and TaskConfig of 0.7.3.
TASK_FIELDS = frozenset(
    {
        "task", "task_alias", "tag", "group", "group_alias", "dataset_path", "dataset_name",
        "dataset_kwargs", "training_split", "validation_split", "test_split", "fewshot_split",
        "full_docs", "process_results_use_image", "process_docs", "doc_to_visual", "doc_to_text",
        "doc_to_target", "doc_to_choice", "doc_to_messages", "process_results", "use_prompt",
        "description", "target_delimiter", "fewshot_delimiter", "fewshot_config", "num_fewshot",
        "metric_list", "output_type", "generation_kwargs", "repeats", "filter_list",
        "should_decontaminate", "doc_to_decontamination_query", "cluster_key", "score_key",
        "metadata", "lmms_eval_specific_kwargs", "model_specific_generation_kwargs",
        "model_specific_target_kwargs", "reasoning_tags", "auto_strip_thinking",
    }
)  # fmt: skip


def _lines(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), "utf-8")
    return path


def _sample(number: int, **fields: Any) -> dict[str, Any]:
    """A sample as lmms-eval 0.7 writes it."""
    return {"doc_id": number, "input": "...", "target": "", "doc_hash": "0", **fields}


# lmms-eval


def test_samples_of_an_exported_task(tmp_path: Path) -> None:
    def logged(item: str, **said: str) -> dict[str, Any]:
        return {"emos_read": {"item_id": item, "status": "ok", "score": 1.0, **said}}

    path = _lines(
        tmp_path / "20260101_000000_samples_emos_a_json.jsonl",
        _sample(0, filtered_resps=JOY, **logged("a", asks="basic7 confidence goemotions")),
        _sample(1, filtered_resps="Joy", resps=["<think>Fear</think>Joy"], **logged("b")),
        _sample(2, filtered_resps=STREAM, **logged("m", asks="utterances", form="json")),
        _sample(3, filtered_resps="Happy", **logged("c")),
    )
    found = read_results(path)
    assert found.framework == "lmms-eval"
    assert [record["item_id"] for record in found.records] == ["a", "b", "m", "c"]
    assert [record["basic7"] for record in found.records] == ["Joy", "Joy", None, "Happy"]
    assert found.records[1]["raw"] == "<think>Fear</think>Joy"  # before lmms-eval strips it
    assert found.records[2]["utterances"][0]["basic7"] == "Fear"
    assert found.counts() == {"ok": 3, "invalid": 1}


def test_older_samples_nest_their_responses(tmp_path: Path) -> None:
    docs = _lines(tmp_path / "docs.jsonl", {"item_id": "a"}, {"item_id": "b"})
    path = _lines(
        tmp_path / "x_samples_t.jsonl",
        _sample(1, resps=[[JOY]], filtered_resps=["anything"]),
        _sample(0, resps=[["Joy", "Fear"]], filtered_resps=["Joy"]),
    )
    found = read_results(path, docs=docs)
    assert [(one["item_id"], one["basic7"]) for one in found.records] == [
        ("b", "Joy"),
        ("a", "Joy"),
    ]


def test_a_failed_request_is_an_error_and_no_answer(tmp_path: Path) -> None:
    docs = _lines(tmp_path / "docs.jsonl", {"item_id": "a"}, {"item_id": "b"})
    failed = "[LMMS_EVAL_REQUEST_FAILED after 5 retries] timeout"
    path = _lines(
        tmp_path / "x_samples_t.jsonl",
        _sample(0, filtered_resps=failed),
        _sample(1, filtered_resps=[]),
    )
    first, second = read_results(path, docs=docs).records
    assert (first["status"], first["basic7"], first["raw"]) == ("error", None, None)
    assert first["notes"] == [failed]
    assert second["status"] == "invalid"


def test_a_folder_of_results_with_one_file_of_samples(tmp_path: Path) -> None:
    _lines(tmp_path / "1_samples_t.jsonl", _sample(0, filtered_resps="Joy", item_id="a"))
    (tmp_path / "1_results.json").write_text("{}", encoding="utf-8")
    assert read_results(tmp_path).records[0]["basic7"] == "Joy"
    _lines(tmp_path / "2_samples_t.jsonl", _sample(0, filtered_resps="Joy", item_id="a"))
    with pytest.raises(EmosError, match="2 files of samples here"):
        read_results(tmp_path)


@pytest.mark.parametrize(
    ("records", "docs", "problem"),
    [
        ([{"item_id": "a", "basic7": "Joy"}], None, "no sample of lmms-eval"),
        ([_sample(0, filtered_resps="Joy")], None, "doc 0 is no known item"),
        ([_sample(7, filtered_resps="Joy")], ["a"], "doc 7 is no known item"),
        ([_sample(0, filtered_resps="Joy", item_id="b")], ["a"], "doc 0 is a in the docs, and b"),
        (
            [_sample(0, filtered_resps="x", item_id="a"), _sample(1, resps="x", item_id="a")],
            None,
            "a second answer to a",
        ),
        ([], None, "no answers in it"),
    ],
)
def test_samples_that_cannot_be_trusted(
    tmp_path: Path, records: list[dict[str, Any]], docs: list[str] | None, problem: str
) -> None:
    path = _lines(tmp_path / "x_samples_t.jsonl", *records)
    known = docs and _lines(tmp_path / "docs.jsonl", *({"item_id": one} for one in docs))
    with pytest.raises(EmosError, match=problem):
        read_results(path, docs=known)


# VLMEvalKit


def _workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


HEADER = ("index", "question", "answer", "prediction")
ROWS = [
    (0, "q", "Joy", JOY),
    (1, "q", "Fear", "Happy"),
    (2, "q", "Fear", "Failed to obtain answer via API."),
    (3, "q", "Fear", None),
    (4, "q", "Fear", "I'm sorry, I can't help with that."),
    (5, "q", "Fear", "=1+1"),
]
ENDED = ["ok", "invalid", "error", "invalid", "refused", "invalid"]
IDS = [f"clip/{n}" for n in range(6)]


def _docs(folder: Path) -> Path:
    return _lines(folder / "docs.jsonl", *({"item_id": one} for one in IDS))


def test_a_workbook_of_predictions(tmp_path: Path) -> None:
    rows = [(*row[:3], f"'{row[3]}" if row[3] == "=1+1" else row[3]) for row in ROWS]
    found = read_results(_workbook(tmp_path / "m_d.xlsx", HEADER, *rows), docs=_docs(tmp_path))
    assert found.framework == "vlmevalkit"
    assert [record["item_id"] for record in found.records] == IDS
    assert [record["status"] for record in found.records] == ENDED
    assert found.records[0]["goemotions"] == ["joy"]
    assert found.records[2]["notes"] == ["Failed to obtain answer via API."]


def test_a_tsv_of_predictions(tmp_path: Path) -> None:
    path = tmp_path / "m_d.tsv"  # quoted all over, as VLMEvalKit writes it
    pl.DataFrame(ROWS, schema=HEADER, orient="row").write_csv(
        path, separator="\t", quote_style="always"
    )
    found = read_results(path, docs=_docs(tmp_path))
    assert [record["status"] for record in found.records] == ENDED
    assert found.records[5]["raw"] == "=1+1"


def test_json_of_predictions(tmp_path: Path) -> None:
    path = tmp_path / "m_d.json"
    rows = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    path.write_text(json.dumps(rows), encoding="utf-8")
    found = read_results(path, docs=_docs(tmp_path))
    assert [record["status"] for record in found.records] == ENDED


def test_a_column_of_ids_needs_no_docs(tmp_path: Path) -> None:
    header = ("index", "item_id", "prediction")
    named = _workbook(tmp_path / "a.xlsx", header, (0, "meld/train/dia0_utt0", "Joy"))
    assert read_results(named).records[0]["item_id"] == "meld/train/dia0_utt0"
    by_index = _workbook(tmp_path / "b.xlsx", ("index", "prediction"), ("meld/x", "Joy"))
    assert read_results(by_index).records[0]["item_id"] == "meld/x"


def test_an_answer_that_a_cell_cannot_hold_is_an_error(tmp_path: Path) -> None:
    row = ("meld/x", JOY + " " * (32_767 - len(JOY)))
    (record,) = read_results(_workbook(tmp_path / "a.xlsx", ("index", "prediction"), row)).records
    assert record["status"] == "error"
    assert "cut at 32,767 characters" in record["notes"][0]


def test_docs_may_have_numbers_of_their_own(tmp_path: Path) -> None:
    docs = _lines(tmp_path / "docs.jsonl", {"index": 17, "item_id": "m", "asks": "utterances"})
    path = _workbook(tmp_path / "a.xlsx", ("index", "prediction"), (17, STREAM))
    (record,) = read_results(path, docs=docs).records
    assert record["item_id"] == "m"
    assert record["utterances"][0]["end_s"] == 2


@pytest.mark.parametrize(
    ("header", "row", "problem"),
    [
        (("index", "answer"), (0, "Joy"), "no column 'prediction'"),
        (("id", "prediction"), (0, "Joy"), "no column 'index'"),
        (("index", "prediction"), (0, "Joy"), "index '0' is no known item"),
        (("index", "prediction"), ("a", "=1+1"), "a formula stands where a value is read"),
    ],
)
def test_workbooks_that_cannot_be_read(
    tmp_path: Path, header: tuple[str, ...], row: tuple[object, ...], problem: str
) -> None:
    with pytest.raises(EmosError, match=problem):
        read_results(_workbook(tmp_path / "a.xlsx", header, row))


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.pkl", b"\x80\x04N.", "a pickle"),
        ("a.json", b"{", "no JSON"),
        ("a.json", b"[" * 100_000, "no JSON"),
        ("a.json", b"[1]", "no list of predictions"),
        ("a.json", b'{"a": 1}', "no list of predictions"),
        ("a.parquet", b"x", "results of which framework"),
    ],
)
def test_files_that_are_no_results(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(EmosError, match=problem):
        read_results(path)


@pytest.mark.parametrize(
    ("docs", "problem"),
    [
        ([{"id": "a"}], "no item_id"),
        ([{"item_id": "a", "index": "x"}], "no number of its own"),
        ([{"item_id": "a", "index": 1}, {"item_id": "b"}], "no number of its own"),
    ],
)
def test_docs_that_name_no_item(tmp_path: Path, docs: list[dict[str, Any]], problem: str) -> None:
    path = _lines(tmp_path / "x_samples_t.jsonl", _sample(0, resps="Joy"))
    with pytest.raises(EmosError, match=problem):
        read_results(path, docs=_lines(tmp_path / "docs.jsonl", *docs))


def test_synonyms_and_layers_are_passed_on(tmp_path: Path) -> None:
    path = _lines(tmp_path / "x.jsonl", _sample(0, resps="Happy", item_id="a"))
    assert read_results(path).records[0]["status"] == "invalid"
    read = read_results(path, synonyms=load_synonyms("common"))
    assert read.records[0]["basic7"] == "Joy"
    stream = _lines(tmp_path / "y.jsonl", _sample(0, resps=STREAM, item_id="m"))
    assert read_results(stream, asks=["utterances"]).records[0]["utterances"]


def test_what_is_read_can_be_scored(tmp_path: Path) -> None:
    found = read_results(_workbook(tmp_path / "m_d.xlsx", HEADER, *ROWS[:5]), docs=_docs(tmp_path))
    _lines(tmp_path / "predictions.jsonl", *found.records)
    read = read_predictions(tmp_path / "predictions.jsonl")
    assert read.items["status"].to_list() == ENDED[:5]
    assert read.notes == ()


# The task for lmms-eval


@pytest.fixture
def dataset() -> Dataset:
    items = pl.DataFrame(
        {
            "item_id": ["zh/1", "en/1", "streaming/en/Rain"],
            "subset": ["zh", "en", "streaming"],
            "batch": ["", "", ""],
            "language": ["zh", "en", "en"],
            "transcript": ["你{好}", None, "It rains."],
            "group": ["zh/v1", None, None],
            "media": ["clips/1.mp4", None, "rain.mp4"],
            "position": [0, 1, 2],
        }
    )
    labels = pl.DataFrame(
        {
            "item_id": ["zh/1"],
            "subset": ["zh"],
            "batch": [""],
            "layer": ["basic7"],
            "label": ["Joy"],
        }
    )
    monologues = pl.DataFrame({"monologue_id": ["streaming/en/Rain"]})
    return Dataset(DatasetInfo("tiny"), items=items, labels=labels, monologues=monologues)


class _Loader(yaml.SafeLoader):
    """YAML with ``!function``, whose value lmms-eval imports from beside the file."""


_Loader.add_constructor("!function", lambda loader, node: ("function", node.value))


def _task(folder: Path, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((folder / f"{name}.yaml").read_text("utf-8"), _Loader)
    return loaded


def _utils(folder: Path) -> ModuleType:
    """As lmms-eval imports it (import_function in lmms_eval/utils.py)."""
    spec = importlib.util.spec_from_file_location("utils", folder / "utils.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _exported_docs(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "docs.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_tasks_yaml_has_documented_fields_only(dataset: Dataset, tmp_path: Path) -> None:
    made = export_lmms_eval(dataset, tmp_path / "t", prompt=load_prompt("a"))
    task = _task(tmp_path / "t", "emos_a_json")
    assert (made.task, made.items, made.with_media, made.with_label) == ("emos_a_json", 2, 1, 1)
    assert set(task) <= TASK_FIELDS
    assert task["task"] == "emos_a_json"
    assert task["dataset_path"] == "json"
    assert task["dataset_kwargs"] == {"data_files": {"test": "docs.jsonl"}}
    assert task["test_split"] == "test"
    assert task["output_type"] == "generate_until"
    assert task["generation_kwargs"]["until"] == []  # else an answer ends at its first empty line
    assert [metric["metric"] for metric in task["metric_list"]] == ["emos_read", "emos_accuracy"]
    assert task["metadata"]["prompt_hash"] == load_prompt("a").hash
    functions = _utils(tmp_path / "t")
    named = [value for value in task.values() if isinstance(value, tuple)]
    named += [metric["aggregation"] for metric in task["metric_list"]]
    assert len(named) == 5
    for _, function in named:
        module, _, attribute = function.partition(".")
        assert module == "utils"
        assert callable(getattr(functions, attribute))


def test_the_docs_have_prompt_target_and_group(dataset: Dataset, tmp_path: Path) -> None:
    export_lmms_eval(dataset, tmp_path / "t", prompt=load_prompt("a"))
    first, second = _exported_docs(tmp_path / "t")
    assert first["item_id"] == "zh/1"
    assert first["prompt"] == load_prompt("a").render({"language": "zh", "transcript": "你{好}"})
    assert (first["target"], first["group"], first["media"]) == ("Joy", "zh/v1", "clips/1.mp4")
    assert (second["target"], second["group"], second["media"]) == ("", "en/1", "")
    assert {type(value) for value in (*first.values(), *second.values())} == {str}


def test_the_functions_do_what_lmms_eval_asks_of_them(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMOS_MEDIA", raising=False)
    root = tmp_path / "media"
    (root / "clips").mkdir(parents=True)
    (root / "clips" / "1.mp4").write_bytes(b"x")
    export_lmms_eval(dataset, tmp_path / "t", prompt=load_prompt("a"), media=root)
    utils = _utils(tmp_path / "t")
    first, second = _exported_docs(tmp_path / "t")
    assert utils.doc_to_visual(first) == [str((root / "clips" / "1.mp4").resolve())]
    assert utils.doc_to_visual(second) == []
    assert utils.doc_to_text(first) == first["prompt"]
    right = utils.process_results(first, [JOY])
    wrong = utils.process_results(first, ["Happy"])
    assert (right["emos_accuracy"]["score"], wrong["emos_accuracy"]["score"]) == (1.0, 0.0)
    assert (wrong["emos_read"]["status"], wrong["emos_read"]["item_id"]) == ("invalid", "zh/1")
    assert set(utils.process_results(second, ["Joy"])) == {"emos_read"}  # no label to hold it to
    assert utils.emos_accuracy([right["emos_accuracy"], wrong["emos_accuracy"]]) == 0.5
    assert utils.emos_read([right["emos_read"], wrong["emos_read"]]) == 0.5
    with pytest.raises(FileNotFoundError, match="EMOS_MEDIA"):
        utils.doc_to_visual(first | {"media": "gone.mp4"})
    with pytest.raises(ValueError, match="leads outside"):
        utils.doc_to_visual(first | {"media": "../secret.mp4"})
    other = tmp_path / "other"
    (other / "clips").mkdir(parents=True)
    (other / "clips" / "1.mp4").write_bytes(b"x")
    monkeypatch.setenv("EMOS_MEDIA", str(other))
    assert utils.doc_to_visual(first) == [str((other / "clips" / "1.mp4").resolve())]


def test_prompt_b_makes_a_task_of_the_monologues(dataset: Dataset, tmp_path: Path) -> None:
    made = export_lmms_eval(dataset, tmp_path / "t", prompt=load_prompt("b"), name="mine")
    assert (made.task, made.items) == ("mine", 1)
    task = _task(tmp_path / "t", "mine")
    assert [metric["metric"] for metric in task["metric_list"]] == ["emos_read"]
    (doc,) = _exported_docs(tmp_path / "t")
    assert doc["asks"] == "utterances"
    scores = _utils(tmp_path / "t").process_results(doc, [STREAM])
    assert (scores["emos_read"]["status"], scores["emos_read"]["score"]) == ("ok", 1.0)


def test_results_of_the_exported_task_come_back(dataset: Dataset, tmp_path: Path) -> None:
    export_lmms_eval(dataset, tmp_path / "t", prompt=load_prompt("a"))
    utils = _utils(tmp_path / "t")
    samples = [
        _sample(n, target=doc["target"], filtered_resps=JOY, **utils.process_results(doc, [JOY]))
        for n, doc in enumerate(_exported_docs(tmp_path / "t"))
    ]
    path = _lines(tmp_path / "x_samples_emos_a_json.jsonl", *samples)
    for docs in (None, tmp_path / "t" / "docs.jsonl"):
        found = read_results(path, docs=docs)
        assert [(one["item_id"], one["basic7"]) for one in found.records] == [
            ("zh/1", "Joy"),
            ("en/1", "Joy"),
        ]


def test_lmms_eval_itself_finds_the_task(dataset: Dataset, tmp_path: Path) -> None:
    tasks = pytest.importorskip("lmms_eval.tasks", reason="lmms-eval is not installed")
    export_lmms_eval(dataset, tmp_path / "t", prompt=load_prompt("a"))
    found = tasks.TaskManager(include_path=[str(tmp_path / "t")], include_defaults=False)
    assert found.all_tasks == ["emos_a_json"]


def test_a_task_is_written_again_and_another_folder_is_not_touched(
    dataset: Dataset, tmp_path: Path
) -> None:
    for _ in range(2):
        export_lmms_eval(dataset, tmp_path / "t", prompt=load_prompt("a"), subsets=["zh"])
    assert len(_exported_docs(tmp_path / "t")) == 1
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(EmosError, match="does not hold emos_a_json"):
        export_lmms_eval(dataset, tmp_path / "mine", prompt=load_prompt("a"))
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_what_makes_no_task(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(EmosError, match="use small letters"):
        export_lmms_eval(dataset, tmp_path / "t", prompt=load_prompt("a"), name="../x")
    with pytest.raises(EmosError, match="no subset is called 'meld'"):
        export_lmms_eval(dataset, tmp_path / "t", prompt=load_prompt("a"), subsets=["meld"])
    outside = dataset.with_tables(
        items=dataset.items.with_columns(pl.lit("../../etc/passwd").alias("media"))
    )
    with pytest.raises(EmosError, match="leads outside the media root"):
        export_lmms_eval(outside, tmp_path / "t", prompt=load_prompt("a"), media=tmp_path)
    assert not (tmp_path / "t").exists()


# The command line


def _emos(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "emos", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_export_and_convert_from_the_command_line(dataset: Dataset, tmp_path: Path) -> None:
    dataset.write(tmp_path / "d")
    done = _emos("export", "lmms-eval", tmp_path / "d", "-o", tmp_path / "t")
    assert done.returncode == 0, done.stderr
    assert "Task emos_a_json: 2 items, 1 with media, 1 with a label" in done.stdout + done.stderr
    assert "--include_path" in done.stdout
    samples = [_sample(n, filtered_resps=text) for n, text in enumerate([JOY, "Happy"])]
    path = _lines(tmp_path / "x_samples_t.jsonl", *samples)
    out = tmp_path / "predictions.jsonl"
    done = _emos("convert", path, "--docs", tmp_path / "t" / "docs.jsonl", "-o", out)
    assert done.returncode == 0, done.stderr
    assert read_predictions(out).items["status"].to_list() == ["ok", "invalid"]
    assert "no-basic7-label" in done.stdout + done.stderr
    done = _emos("convert", path, "-o", tmp_path / "again.jsonl")
    assert done.returncode == 2
    assert "doc 0 is no known item" in done.stderr
    assert not (tmp_path / "again.jsonl").exists()
    done = _emos("convert", path, "-o", path)
    assert (done.returncode, "this is an input" in done.stderr) == (2, True)

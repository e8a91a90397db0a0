"""What `emos evaluate` itself costs: CPU and memory for 10,000 text items and a local server.

    python benchmarks/runner_overhead.py

Targets: at most 3 ms of CPU per item, reading the dataset and writing the run included, and at
most 60 MB above the bare interpreter. The server runs in a process of its own and answers at once.
Linux only: memory is the peak (VmHWM) that /proc tells.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from emos.tables import Dataset, DatasetInfo
from machine import heading

ITEMS = 10_000
RUNS = 3

_SERVER = r"""
import asyncio, json
ANSWER = json.dumps({"predicted_emotion": "Joy", "model_confidence": 0.8, "goemotions_labels": [
    {"label": "joy", "confidence": 0.9}, {"label": "excitement", "confidence": 0.4}],
    "evidence": "She laughs while she says it.", "goemotions_rationale": "Laughter."})
BODY = json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop",
                 "message": {"role": "assistant", "content": ANSWER}}],
    "usage": {"prompt_tokens": 400, "completion_tokens": 60, "total_tokens": 460}}).encode()
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            fields = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
            await reader.readexactly(int(fields[0].split(b":")[1]))
            writer.write(HEAD % len(BODY) + BODY)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()
asyncio.run(main())
"""
_TAIL = """
peak = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print("PEAK", int(peak[0].split()[1]) / 1024)
"""
_RUN = "import sys; from emos.cli import run; status = run()" + _TAIL + "sys.exit(status)"


def main() -> None:
    bare = _peak([sys.executable, "-c", _TAIL])[0]
    print(heading("Runner overhead", "python benchmarks/runner_overhead.py", "openai"))
    print(f"{ITEMS:,} text items, {RUNS} runs; the bare interpreter's peak: {bare:.1f} MiB.\n")
    print("| run | CPU ms per item | of it in the system | peak MiB above bare | wall s |")
    print("|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) / "dataset"
        _dataset().write(dataset)
        server = subprocess.Popen(
            [sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
            rows = [_run(number, dataset, url, bare) for number in range(1, RUNS + 1)]
        finally:
            server.terminate()
            server.wait()
    middle = [statistics.median(row[place] for row in rows) for place in range(2)]
    print(
        f"\nMedian: {middle[0]:.2f} ms (target 3), {middle[1]:.1f} MiB (target 60 MB = 57.2 MiB)."
    )


def _run(number: int, dataset: Path, url: str, bare: float) -> tuple[float, float]:
    run = dataset.parent / f"run{number}"
    before = os.times()
    command = ["evaluate", str(dataset), "--model", "openai:m", "--base-url", url, "-o", str(run)]
    peak, _ = _peak([sys.executable, "-c", _RUN, *command])
    after = os.times()
    system = after.children_system - before.children_system
    cpu = after.children_user - before.children_user + system
    wall = after.elapsed - before.elapsed
    lines = (run / "predictions.jsonl").read_bytes().splitlines()
    assert len(lines) == ITEMS
    assert all(b'"status":"ok"' in line for line in lines)
    each = 1000 / ITEMS
    print(
        f"| {number} | {cpu * each:.2f} | {system * each:.2f} | {peak - bare:.1f} | {wall:.1f} |",
        flush=True,
    )
    return cpu * each, peak - bare


def _peak(command: list[str]) -> tuple[float, str]:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found = [line for line in done.stdout.splitlines() if line.startswith("PEAK")]
    return float(found[0].split()[1]), done.stdout


def _dataset() -> Dataset:
    words = ["well", "I", "never", "thought", "that", "you", "would", "say", "such", "a", "thing"]
    texts = [" ".join(words[n % 5 :]) + f" {n}" for n in range(ITEMS)]
    items = pl.DataFrame(
        {
            "item_id": [f"bench/dialogue_{n // 10:04d}/{n:05d}" for n in range(ITEMS)],
            "subset": "bench",
            "batch": "",
            "language": "en",
            "transcript": texts,
            "position": range(ITEMS),
        }
    )
    return Dataset(DatasetInfo("bench"), items=items)


if __name__ == "__main__":
    main()

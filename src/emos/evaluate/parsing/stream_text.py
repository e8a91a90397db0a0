"""The plain-text form of Prompt B: an utterance begins where a range of times does."""

from __future__ import annotations

from emos.evaluate.parsing.fields import Gathered, field_of
from emos.evaluate.parsing.parsed import Notes
from emos.evaluate.parsing.text_form import bare, split_line, text_lines
from emos.evaluate.parsing.times import leading_range

MOST_UTTERANCES = 2_000
_LEAST_COLUMNS = 3  # of a table's head that name fields of an utterance


def stream_text(answer: str, notes: Notes) -> tuple[Gathered, list[Gathered] | None]:
    """What stands before the utterances, and their fields; None where no utterance is found.

    A line with the head of a range ("Timestamp range: 00:05-00:09"), a line that begins with one
    ("[00:05-00:09] ..."), and a row of a table whose head names the fields begin an utterance.
    Lines that begin with a range and have no label below them are the trajectory's, and left out.
    """
    reader = _Reader()
    for line in text_lines(answer, notes):
        if len(reader.records) >= MOST_UTTERANCES:
            notes.add("unread-part", f"more than {MOST_UTTERANCES:,} utterances")
            break
        reader.line(line)
    top = {field: ["\n".join(value) for value in given] for field, given in reader.top.items()}
    records = [
        record
        for place, record in enumerate(reader.records)
        if place not in reader.unnamed or "primary" in record
    ]
    if len(records) < len(reader.records):
        left = len(reader.records) - len(records)
        notes.add("no-utterance", f"{left} ranges of times without a label; left out")
    return top, records or None


class _Reader:
    """The lines read so far."""

    def __init__(self) -> None:
        self.top: dict[str, list[list[str]]] = {}
        self.records: list[Gathered] = []
        self.unnamed: set[int] = set()  # records that no head of a line or column began
        self.open_field: str | None = None  # of the summary and its like, and its lines
        self.open_value: list[str] = []
        self.columns: list[str | None] = []
        self.begun = False  # until then ranges may be the trajectory's

    def line(self, line: str) -> None:
        if line.lstrip().startswith("|") and self.row(line.strip().strip("|").split("|")):
            return
        plain = bare(line)
        found = leading_range(plain)
        if found is not None:
            times, rest = found
            if self.open_field == "trajectory":
                self.open_value.append(plain)
            self.unnamed.add(len(self.records))
            self.records.append({"range": [times]})
            if rest:
                self.in_utterance(rest)
        elif plain and (self.begun or not self.head(plain)):
            self.in_utterance(plain)

    def row(self, cells: list[str]) -> bool:
        """Whether a line is a table's: its head, its rule, or an utterance."""
        cells = [bare(cell) for cell in cells]
        fields = [field_of(cell, "utterance") for cell in cells]
        if len(set(fields) - {None}) >= _LEAST_COLUMNS:
            self.columns = fields
            return True
        if not self.columns or len(cells) != len(self.columns):
            return False
        if any(cell.strip(":-— ") for cell in cells):
            pairs = zip(self.columns, cells, strict=True)
            self.records.append({field: [cell] for field, cell in pairs if field and cell})
            self.begun = True
        return True

    def head(self, plain: str) -> bool:
        """Whether a line is the head of the summary or one like it."""
        ((field, rest), *_) = split_line(plain, "stream")
        if field is None:
            return False
        self.open_field = field
        self.open_value = [rest] if rest else []
        self.top.setdefault(field, []).append(self.open_value)
        return True

    def in_utterance(self, plain: str) -> None:
        """A line of the last utterance; before the first one, of what the last head began."""
        for field, rest in split_line(plain, "utterance"):
            record = self.records[-1] if self.records else {}
            if field == "range":
                self.begin(rest)
            elif not self.records:
                self.open_value.append(plain)
            elif field is not None:
                record.setdefault(field, []).append(rest)
                self.begun = self.begun or field == "primary"
            elif "text" not in record and "primary" not in record:
                record["text"] = [rest]

    def begin(self, rest: str) -> None:
        found = leading_range(rest)
        self.records.append({"range": [found[0] if found else rest]})
        self.begun = True

"""JSON that a model or a hand left broken: what can be read for certain is read, the rest refused.

Valid JSON is parsed as it is. Otherwise these faults are mended, and each mend is reported:
a byte order mark, one Markdown code fence, text before and after the value, trailing commas,
typographic quotes around strings, raw line breaks in strings, ``NaN`` and ``Infinity`` (read as
null), and an end cut off. Anything else (a missing comma, two values, single quotes) has more than
one reading, and is refused.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from emos.errors import EmosError
from emos.readers.sheets.opening import cannot_be_read, check_file

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64

_FENCE = re.compile(r"^[ \t]*```[\w+-]*[ \t]*\r?$", re.MULTILINE)
_SPACE = re.compile(r"[ \t\r\n\u200b]*")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
# A typographic string ends at the first quote that is followed by what may follow a string.
_SMART_STRING = re.compile(r'[“”](.*?)[“”"](?=[ \t\r\n]*(?:[,:}\]]|\Z))', re.DOTALL)
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_SCALAR = re.compile(r'[^ \t\r\n,:\[\]{}"]+')
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}
_UNDEFINED = ("NaN", "Infinity", "-Infinity")


@dataclass(frozen=True)
class Mend:
    """One fault that was mended: its rule, where (line and column), what was done."""

    rule: str
    place: str
    note: str


@dataclass(frozen=True)
class Salvaged:
    """A JSON value and every mend it needed; no mend means that the text was valid."""

    value: Any
    repairs: tuple[Mend, ...]


def read_json(path: str | Path, *, max_bytes: int = MAX_BYTES) -> Salvaged:
    """Salvage a JSON file (UTF-8, at most ``max_bytes`` long).

    Raises
    ------
    EmosError : missing, too large or not UTF-8, or as `salvage_json`.
    """
    path = Path(path)
    check_file(path)
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise EmosError(
                f"JSON file of {size:,} bytes, more than the {max_bytes:,} allowed",
                file=path,
                remedy="split it",
            )
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise cannot_be_read(path, error) from error
    except UnicodeDecodeError as error:
        raise EmosError(
            "not UTF-8 text", file=path, place=f"byte {error.start}", remedy="save it as UTF-8"
        ) from error
    return salvage_json(text, file=path)


def salvage_json(text: str, *, file: str | Path | None = None) -> Salvaged:
    """The JSON value in ``text``, valid or mendable.

    Of a text whose end is cut off, members of objects that are complete are kept and elements of
    arrays that are incomplete are dropped; what was open is closed.

    Raises
    ------
    EmosError : with line and column, if the text has no certain reading, is nested deeper than
        ``MAX_DEPTH``, or holds a number no computer word can hold.
    """
    return _Salvage(text, file).run()


class _CutOffError(Exception):
    """The text ended inside a value."""


class _NotPlainError(Exception):
    """Python's parser would accept it without a word: NaN, or a key given twice."""


class _Salvage:
    """One salvage: the text, where it is read, and the mends so far."""

    def __init__(self, text: str, file: str | Path | None) -> None:
        self.text = text.removeprefix("\ufeff")
        self.file = file
        self.mends: list[Mend] = []
        self.pos = 0
        self.end = len(self.text)
        self.value: Any = None
        self.lost: str | None = None  # set once the text has ended early
        self.lines: list[int] | None = None
        if len(self.text) < len(text):
            self.mend("byte-order-mark", 0, "left out")

    def run(self) -> Salvaged:
        if not self.text.strip():
            self.fail("no JSON here: the text is empty", 0)
        if not self.strict() and not (self.open_fence() and self.strict()):
            self.value = self.tolerant()
        return Salvaged(self.value, tuple(self.mends))

    def strict(self) -> bool:
        """Whether the region is valid JSON with nothing to report; then ``value`` holds it."""
        try:
            self.value = json.loads(
                self.text[self.pos : self.end],
                parse_constant=_refuse_constant,
                object_pairs_hook=_distinct_members,
            )
        except (json.JSONDecodeError, _NotPlainError):
            return False
        except RecursionError:
            self.fail_depth(self.pos)
        except ValueError:  # an integer of more digits than Python converts
            self.fail("a number with too many digits", self.pos)
        if _deeper_than(self.value, MAX_DEPTH):
            self.fail_depth(self.pos)
        return True

    def open_fence(self) -> bool:
        """Narrow the region to the inside of the only Markdown code fence, if there is one."""
        fences = list(_FENCE.finditer(self.text))
        if not fences:
            return False
        if len(fences) > 2:
            self.fail("more than one Markdown code block", fences[2].start())
        before = self.text[: fences[0].start()]
        if re.search(r"[{\[]", before):
            return False  # the value begins before the fence
        end = fences[1].start() if len(fences) == 2 else len(self.text)
        after = self.text[fences[1].end() :] if len(fences) == 2 else ""
        if re.search(r"[{\[]", after):
            self.fail("a second JSON value after the code block", end)
        self.mend("markdown-fence", fences[0].start(), "code fence left out")
        self.note_text(before, 0, "before")
        self.note_text(after, end, "after")
        self.pos, self.end = fences[0].end(), end
        return True

    def tolerant(self) -> Any:
        """The first object or array of the region, which must be the only one."""
        opening = re.compile(r"[{\[]").search(self.text, self.pos, self.end)
        if opening is None:
            self.fail("no JSON here: neither an object nor a list", self.pos)
        self.note_text(self.text[self.pos : opening.start()], self.pos, "before")
        self.pos = opening.start()
        value = self.container("$", 1)
        if self.lost is not None:
            self.mend("cut-off", self.end, f"the text ends early; lost: {self.lost}")
            return value
        rest = self.text[self.pos : self.end]
        another = re.search(r"[{\[]", rest)
        if another:
            self.fail("a second JSON value", self.pos + another.start())
        self.note_text(rest, self.pos, "after")
        return value

    def container(self, path: str, depth: int) -> Any:
        """The object or array at ``pos``; what is complete of it where the text ends early."""
        if depth > MAX_DEPTH:
            self.fail_depth(self.pos)
        read = self.object if self.text[self.pos] == "{" else self.array
        self.pos += 1
        return read(path, depth)

    def object(self, path: str, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        reading = path
        try:
            while self.goes_on("}", bool(members)):
                start = self.pos
                key = self.string()
                reading = f"{path}.{key}"
                if self.peek() != ":":
                    self.fail("':' is missing after a key", self.pos)
                self.pos += 1
                if key in members:
                    self.mend("duplicate-key", start, f"{key!r}: the last one is kept")
                members[key] = self.element(reading, depth)
                if self.lost is not None:
                    break
                reading = f"what follows in {path}"
        except _CutOffError:
            self.lost = reading
        return members

    def array(self, path: str, depth: int) -> list[Any]:
        elements: list[Any] = []
        reading = path
        try:
            while self.goes_on("]", bool(elements)):
                reading = f"{path}[{len(elements)}]"
                element = self.element(reading, depth)
                if self.lost is not None:  # a record cut short is no record
                    self.lost = reading
                    break
                elements.append(element)
                reading = f"what follows in {path}"
        except _CutOffError:
            self.lost = reading
        return elements

    def goes_on(self, closing: str, begun: bool) -> bool:
        """Whether another member follows, with ``pos`` on it; otherwise ``pos`` is past the end."""
        char = self.peek()
        if begun and char not in ("," + closing):
            self.fail(f"',' or {closing!r} is missing", self.pos)
        if begun and char == ",":
            comma = self.pos
            self.pos += 1
            char = self.peek()
            if char == closing:
                self.mend("trailing-comma", comma, "left out")
        if char == closing:
            self.pos += 1
            return False
        return True

    def element(self, path: str, depth: int) -> Any:
        char = self.peek()
        if char in "{[":
            return self.container(path, depth + 1)
        return self.string() if char in '"“”' else self.scalar()

    def string(self) -> str:
        char = self.peek()
        if char not in '"“”':
            self.fail("a string in double quotes is missing", self.pos)
        pattern = _STRING if char == '"' else _SMART_STRING
        token = pattern.match(self.text, self.pos, self.end)
        if token is None:
            raise _CutOffError
        self.pos = token.end()
        if char == '"':
            return self.decode(token.group(), token.start())
        self.mend("typographic-quotes", token.start(), "read as plain quotes")
        return self.decode('"' + _BARE_QUOTE.sub(r"\"", token.group(1)) + '"', token.start())

    def decode(self, token: str, start: int) -> str:
        try:
            return str(json.loads(token))
        except json.JSONDecodeError:
            pass
        try:
            value = str(json.loads(token, strict=False))
        except json.JSONDecodeError as error:
            self.fail(f"a string that cannot be read ({error.msg})", start)
        self.mend("control-character", start, "raw line break or control character kept")
        return value

    def scalar(self) -> Any:
        token = _SCALAR.match(self.text, self.pos, self.end)
        if token is None:
            self.fail(f"unexpected {self.text[self.pos]!r}", self.pos)
        if token.end() == self.end:  # it may have gone on
            raise _CutOffError
        self.pos = token.end()
        word = token.group()
        if word in _UNDEFINED:
            self.mend("undefined-number", token.start(), f"{word} read as null")
            return None
        if word in _WORDS:
            return _WORDS[word]
        if not _NUMBER.fullmatch(word):
            self.fail(f"unexpected {word[:20]!r}", token.start())
        try:
            return json.loads(word)
        except ValueError:
            self.fail("a number with too many digits", token.start())

    def peek(self) -> str:
        """The next character that is not blank, with ``pos`` on it."""
        blank = _SPACE.match(self.text, self.pos, self.end)
        self.pos = blank.end() if blank else self.pos
        if self.pos >= self.end:
            raise _CutOffError
        return self.text[self.pos]

    # Saying what happened

    def note_text(self, text: str, start: int, side: str) -> None:
        if text.strip(" \t\r\n\ufeff"):
            self.mend("text-around", start, f"{len(text.strip())} characters {side} it left out")

    def mend(self, rule: str, offset: int, note: str) -> None:
        self.mends.append(Mend(rule, self.place(offset), note))

    def place(self, offset: int) -> str:
        if self.lines is None:
            self.lines = [match.end() for match in re.finditer("\n", self.text)]
        line = bisect_right(self.lines, offset)
        column = offset - (self.lines[line - 1] if line else 0)
        return f"line {line + 1}, column {column + 1}"

    def fail(self, problem: str, offset: int) -> NoReturn:
        raise EmosError(
            problem,
            file=self.file,
            place=self.place(offset),
            remedy="mend the JSON by hand; guessing could change what it says",
        )

    def fail_depth(self, offset: int) -> NoReturn:
        self.fail(f"nested deeper than {MAX_DEPTH} levels", offset)


def _refuse_constant(word: str) -> NoReturn:
    raise _NotPlainError(word)


def _distinct_members(members: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(members)
    if len(result) < len(members):
        raise _NotPlainError
    return result


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for container in level
            if isinstance(container, dict | list)
            for child in (container.values() if isinstance(container, dict) else container)
        ]
        if not level:
            return False
    return any(isinstance(child, dict | list) for child in level)

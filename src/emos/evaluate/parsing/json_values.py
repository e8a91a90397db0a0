"""The JSON values in a text, valid or broken in the ways that models break them.

Each object or list is first read as JSON. If it is none, a tolerant reader takes it: typographic
or single quotes, quotes inside a text, names and words without quotes, raw line breaks, comments,
commas too many or missing, and an end cut off. What cannot be read is skipped, and noted. Work is
bounded by a multiple of the text's length, whatever the text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from emos.evaluate.parsing.parsed import Notes

DEEPEST = 64
MOST_VALUES = 10_000  # objects and lists in one answer
MOST_FAILURES = 200  # brackets that begin nothing that can be read
_WORK = 4  # times the text's length may be scanned in vain
_LONGEST_KEY = 200

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[\w+-]*[ \t]*$", re.MULTILINE)
_SPACE = re.compile(r"[\s\u200b\ufeff]*(?://[^\n]*[\s\u200b\ufeff]*)*")
_DOUBLE = '"“”„‟＂'
_SINGLE = "'‘’‚‛＇"
_QUOTES = {mark: marks for marks in (_DOUBLE, _SINGLE) for mark in marks}
_QUOTES |= {"「": "」", "『": "』", "«": "»", '"': '"', "'": "'"}
_ANY = _DOUBLE + _SINGLE + "「『«"
_START = re.compile(rf"\{{\s*(?:[{_ANY}]|[^\W\d][\w ]{{0,60}}[:=：])|\[\s*[{{{_ANY}\[]")
# What may follow the quote that ends a key, a value in an object, a value in a list.
_AFTER_KEY = re.compile(r"\s*[:：=]")
_AFTER_MEMBER = re.compile(
    rf"\s*(?:[}}\]]|\Z|[,，;]\s*(?:[{_ANY}}}\]/]|\Z|[^\W\d][\w ]{{0,60}}[:=：]))"
    rf"|[ \t]*(?:\r?\n\s*[{_ANY}]|//)|\s+[{_ANY}][\w \-]{{1,40}}[{_ANY}]\s?[:：]"
)
_AFTER_ELEMENT = re.compile(rf"\s*(?:[,，;\]}}:：=]|\Z)|[ \t]*(?:\r?\n\s*[{_ANY}]|//)")
_NAME = re.compile(r"[^\W\d][\w\-]{0,40}(?: [\w\-]{1,20}){0,4}")
_WORD = re.compile(r"[^,，;}\]\n\"“”]+")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WORDS = {"true": True, "false": False, "null": None, "none": None, "nan": None}
# Where an object goes on after a part that cannot be read.
_RESUME = re.compile(rf"[}}\]]|[,，;\n][ \t]*(?=[{_ANY}][^{_ANY}\n]{{1,60}}[{_ANY}]\s?[:：=])")


@dataclass(frozen=True)
class Object:
    """An object with its members in order; a key may stand in it twice."""

    members: list[tuple[str, Any]] = field(default_factory=list)


class Found(NamedTuple):
    """The outermost objects and lists of a text, and the text beside them.

    ``beside`` ends where something begins that looks like JSON and cannot be read: what follows is
    no text either.
    """

    values: list[Any]
    beside: str


def json_values(text: str, notes: Notes) -> Found:
    """Every outermost object or list in ``text``, in order; objects are `Object`.

    Empty ones and lists of numbers say nothing, and may be missing.
    """
    broken: int | None = None
    found: list[Any] = []
    around: list[str] = []
    place = failures = taken = 0
    budget = _WORK * len(text) + 10_000
    while start := _START.search(text, place):
        if failures > MOST_FAILURES or budget < 0 or len(found) == MOST_VALUES:
            notes.add("unread-part", "too many brackets; the rest was not searched for JSON")
            break
        place = start.start()
        value, end, work = _strict(text, place)
        if end is None:
            budget -= work
            value, end, work = _Tolerant(text, place, notes).run()
        if end is None:
            budget -= work
            failures += 1
            broken = place if broken is None and not found else broken
            place += 1
        else:
            found.append(value)
            around.append(text[taken:place])
            place = taken = end
    around.append(text[taken:])
    if found:
        _note_around(around, notes)
        return Found(found, "\n".join(around))
    return Found(found, text[:broken])


def _note_around(around: list[str], notes: Notes) -> None:
    """Say what stands beside the values, which is not read."""
    prose = [_FENCE.sub("", part).strip(" \t\r\n,;`") for part in around]
    if any(_FENCE.search(part) for part in around):
        notes.add("code-fence", "left out")
    if any(prose):
        length = sum(map(len, prose))
        notes.add("text-around", f"{length:,} characters beside the JSON left out")


def _strict(text: str, start: int) -> tuple[Any, int | None, int]:
    """Value and end where the text is JSON here; else None, and how far it was read for nothing."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        unterminated = error.msg.startswith("Unterminated")
        return None, None, (len(text) if unterminated else error.pos) - start + 1
    except RecursionError:
        return None, None, len(text) - start
    return value, end, 0


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def _constant(word: str) -> None:
    """``NaN`` and ``Infinity`` say nothing."""


_DECODER = json.JSONDecoder(
    object_pairs_hook=Object, parse_int=_whole, parse_constant=_constant, strict=False
)


class _CutOffError(Exception):
    """The text ended inside a value."""


class _UnreadableError(Exception):
    """There is no reading here."""


class _Tolerant:
    """One value read from ``start`` on, with what is complete of it where the text ends early."""

    def __init__(self, text: str, start: int, notes: Notes) -> None:
        self.text = text
        self.start = start
        self.pos = start
        self.notes = notes
        self.pending: list[tuple[str, str]] = []  # noted only if the value is taken
        self.cut = False

    def run(self) -> tuple[Any, int | None, int]:
        try:
            value = self.container(1)
        except _UnreadableError:
            return None, None, self.pos - self.start + 1
        if not (value.members if isinstance(value, Object) else value):
            return None, None, self.pos - self.start + 1
        self.notes.add("broken-json", "read as far as it can be read for certain")
        for rule, what in self.pending:
            self.notes.add(rule, what)
        return value, self.pos, 0

    def note(self, rule: str, what: str) -> None:
        if len(self.pending) < 100:
            self.pending.append((rule, what))

    def container(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise _UnreadableError
        opening = self.text[self.pos]
        self.pos += 1
        return self.object(depth) if opening == "{" else self.array(depth)

    def object(self, depth: int) -> Object:
        members: list[tuple[str, Any]] = []
        try:
            while (char := self.peek()) != "}":
                if char in ",，;":
                    self.comma("}")
                    continue
                key = self.key()
                if key is None:
                    if not members and depth == 1:
                        raise _UnreadableError
                    self.resume()
                    continue
                members.append((key, self.element(depth, _AFTER_MEMBER)))
                if self.cut:
                    return Object(members)
            self.pos += 1
        except _CutOffError:
            self.end_early()
        return Object(members)

    def array(self, depth: int) -> list[Any]:
        elements: list[Any] = []
        try:
            while (char := self.peek()) != "]":
                if char in ",，;":
                    self.comma("]")
                    continue
                if char == "}":  # the bracket is missing; the object around it ends here
                    self.note("missing-bracket", "]")
                    return elements
                named = char in ":：=" and elements and isinstance(elements[-1], str)
                if named:  # ["joy": 0.9]
                    self.pos += 1
                element = self.element(depth, _AFTER_ELEMENT)
                if self.cut:  # a record cut short is no record
                    return elements
                elements.append(Object([(elements.pop(), element)]) if named else element)
            self.pos += 1
        except _CutOffError:
            self.end_early()
        return elements

    def comma(self, closing: str) -> None:
        self.pos += 1
        if self.peek() in ",，;" + closing:
            self.note("extra-comma", "left out")

    def end_early(self) -> None:
        if not self.cut:
            self.note("cut-off", "the text ends early; what was not complete is left out")
        self.cut = True

    def resume(self) -> None:
        """Go on with the next member, or the end of the object."""
        found = _RESUME.search(self.text, self.pos)
        skipped = self.text[self.pos : found.start() if found else len(self.text)][:60]
        self.note("skipped", skipped)
        if found is None:
            raise _CutOffError
        self.pos = found.start() if found.group() == "}" else found.end()

    def key(self) -> str | None:
        """The key here, with ``pos`` behind its colon; None if there is none."""
        if self.text[self.pos] in _QUOTES:
            place = self.pos
            key = self.string(_AFTER_KEY, _LONGEST_KEY)
            if key is None:  # the quotes around it went astray
                self.pos = place + 1
                return None
        else:
            name = _NAME.match(self.text, self.pos)
            if name is None:
                return None
            self.pos = name.end()
            key = name.group()
            self.note("no-quotes", key)
        if self.peek() not in ":：=":
            return None
        self.pos += 1
        if self.text.startswith(">", self.pos):
            self.pos += 1
        return key

    def element(self, depth: int, after: re.Pattern[str]) -> Any:
        char = self.peek()
        if char in "{[":
            return self.container(depth + 1)
        if char in ",，;}]":
            self.note("no-value", self.text[max(0, self.pos - 40) : self.pos + 1])
            return None
        return self.string(after) if char in _QUOTES else self.word()

    def string(self, after: re.Pattern[str], longest: int | None = None) -> str | None:
        """A text in quotes: it ends at the first quote that is followed by what may follow it.

        None if it is longer than ``longest``.
        """
        start = self.pos + 1
        end = len(self.text) if longest is None else start + longest
        opening = self.text[self.pos]
        inner = False
        for mark in _ENDS[opening].finditer(self.text, start, end):
            if mark.group().startswith("\\"):
                continue
            if after.match(self.text, mark.end()):
                self.pos = mark.end()
                if opening != '"':
                    self.note("other-quotes", opening)
                if inner:
                    self.note("quotes-inside", self.text[start : start + 60])
                return _unescaped(self.text[start : mark.start()])
            inner = True
        self.pos = min(end, len(self.text))
        if self.pos < len(self.text):
            return None
        raise _CutOffError

    def word(self) -> Any:
        """A number, ``true``, ``null``, or words without quotes."""
        found = _WORD.match(self.text, self.pos)
        if found is None:
            raise _UnreadableError
        self.pos = found.end()
        if self.pos == len(self.text):  # it may have gone on
            raise _CutOffError
        word = found.group().split("//")[0].strip()
        if word.lower() in _WORDS:
            return _WORDS[word.lower()]
        if len(word) < 40 and _NUMBER.fullmatch(word):
            return float(word)
        self.note("no-quotes", word)
        return word

    def peek(self) -> str:
        """The next character that is not blank, with ``pos`` on it."""
        blank = _SPACE.match(self.text, self.pos)
        self.pos = blank.end() if blank else self.pos
        if self.pos >= len(self.text):
            raise _CutOffError
        return self.text[self.pos]


_ENDS = {mark: re.compile(rf"\\.|[{re.escape(ends)}]", re.DOTALL) for mark, ends in _QUOTES.items()}


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_meant, text)
    # Two halves of one character, each written as its own escape.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _meant(escape: re.Match[str]) -> str:
    code = escape[1]
    return chr(int(code[1:], 16)) if len(code) == 5 else _ESCAPED.get(code, code)

"""What stands around an answer: thinking, tags, marks of a chat template."""

from __future__ import annotations

import re

from emos.evaluate.parsing.parsed import Notes

LONGEST_THINKING = 4_000_000  # characters of a whole answer; of a longer one its end is read
LONGEST_ANSWER = 1_000_000  # characters without the thinking; of a longer one its beginning

_THINKING = re.compile(
    r"<\s{0,3}(/?)\s{0,3}(?:think|thinking|thoughts?|reasoning|reflection|analysis)\s{0,3}>"
    r"|<\|(begin|end)_of_(?:thought|thinking)\|>|(◁think▷)|(◁/think▷)",
    re.I,
)
_ANSWER = re.compile(r"<\s{0,3}(/?)\s{0,3}(?:answer|final_answer|output)\s{0,3}>", re.I)
_MARKS = re.compile(r"<\|[\w ]{1,40}\|>|</?s>|<eos>|<end_of_turn>|\ufeff")


def answer_part(text: str, notes: Notes) -> str:
    """``text`` without thinking blocks and tags; of ``<answer>`` tags, what the last one holds.

    A closing tag without an opening one ends thinking that began in the prompt. Thinking that has
    no end takes all that follows it: an answer that was being weighed is no answer.
    """
    if len(text) > LONGEST_THINKING:
        notes.add("unread-part", f"the last {LONGEST_THINKING:,} of {len(text):,} characters read")
    spoken = _without_thinking(text[-LONGEST_THINKING:], notes)
    found = list(_ANSWER.finditer(spoken))
    opened = [tag for tag in found if not tag[1]]
    if opened:
        start = opened[-1].end()
        end = next((tag.start() for tag in found if tag[1] and tag.start() >= start), len(spoken))
        notes.add("answer-tag", "only what it holds is read")
        spoken = spoken[start:end]
    if len(spoken) > LONGEST_ANSWER:
        notes.add("unread-part", f"the first {LONGEST_ANSWER:,} of {len(spoken):,} characters read")
    return _MARKS.sub(" ", spoken[:LONGEST_ANSWER]).strip()


def _without_thinking(text: str, notes: Notes) -> str:
    kept: list[str] = []
    depth = 0
    place = 0
    for tag in _THINKING.finditer(text):
        closing = bool(tag[1]) or (tag[2] or "").lower() == "end" or bool(tag[4])
        if depth == 0:
            kept.append(text[place : tag.start()])
        if not closing:
            depth += 1
        elif depth:
            depth -= 1
        else:
            kept.clear()
            notes.add("thinking", "left out; its beginning is not in the answer")
        place = tag.end()
        if closing and depth == 0:
            notes.add("thinking", "left out")
    if depth:
        notes.add("unfinished-thinking", "left out, with all that follows it")
    else:
        kept.append(text[place:])
    return "\n".join(kept)

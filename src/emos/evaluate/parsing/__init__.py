"""Models' answers read strictly: what is certain is read, every decision is noted.

No text makes it fail (docs/parsing.md).
"""

from emos.evaluate.parsing.answer import parse_answer
from emos.evaluate.parsing.parsed import Note, Parsed, ParsedStream, ParsedUtterance
from emos.evaluate.parsing.record import to_record
from emos.evaluate.parsing.synonyms import Synonyms, load_synonyms
from emos.evaluate.parsing.utterances import parse_utterances

__all__ = [
    "Note",
    "Parsed",
    "ParsedStream",
    "ParsedUtterance",
    "Synonyms",
    "load_synonyms",
    "parse_answer",
    "parse_utterances",
    "to_record",
]

"""Texts that stand where there is no value: as people, programs and spreadsheets write them."""

from __future__ import annotations

import re
import unicodedata

# pandas, numpy, R, databases (\N), and people. In a label's place these are blanks.
_NO_VALUE = re.compile(
    r"n/?a|n\.a\.?|none|null|\\n|<na>|nat|[+-]?(nan|inf|infinity)|[-–—]+|\?+|\.+|#n/?a", re.I
)
# An error stands where something was answered and is lost: kept aside, no blank.
_SHEET_ERROR = re.compile(r"#(ref!|value!|name\?|div/0!|num!|null!|spill!|calc!)", re.I)


def means_no_value(text: str) -> bool:
    """Whether ``text`` is what is written where there is no value: ``NA``, ``null``, ``-``, ``?``.

    Only for places of labels: people are called Nan, and an item may be called ``null``.
    """
    return _NO_VALUE.fullmatch(unicodedata.normalize("NFKC", text).strip()) is not None


def is_sheet_error(text: str) -> bool:
    """Whether ``text`` is an error of a spreadsheet, such as ``#REF!``."""
    return _SHEET_ERROR.fullmatch(text.strip()) is not None

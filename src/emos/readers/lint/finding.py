"""What a rule of ``emos lint`` reports."""

from __future__ import annotations

from dataclasses import dataclass

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """One thing to mend before others rely on the files.

    Attributes
    ----------
    rule : name of the rule that found it.
    severity : ``error`` (a reader gets something wrong, or a person is named), ``warning`` (likely
        to mislead), ``info`` (worth knowing).
    file : path within the folder looked at.
    place : sheet and cell, line, or JSON pointer; empty for the file as a whole.
    message : what was found.
    remedy : what to do about it.
    """

    rule: str
    severity: str
    file: str
    place: str
    message: str
    remedy: str

"""Release hygiene: what to mend in a folder of annotations before others rely on it.

`lint` applies every rule; each is one file in ``rules/``.
"""

from emos.readers.lint.finding import SEVERITIES, Finding
from emos.readers.lint.registry import Hit, Rule, all_rules
from emos.readers.lint.run import lint

__all__ = ["SEVERITIES", "Finding", "Hit", "Rule", "all_rules", "lint"]

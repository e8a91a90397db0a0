"""Options of single families, written as ``FAMILY.OPTION=VALUE``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from emos.errors import EmosError
from emos.score.family import all_families


def read_settings(texts: Iterable[str]) -> dict[str, Any]:
    """The named options of each family that a text names, its defaults for the rest.

    A value is read as what the default is: a number (``1/3`` is one), ``true`` or ``false``, a
    text, or several of these between commas.

    Raises
    ------
    EmosError : for a text of another form, an unknown name, or a value that does not fit.
    """
    chosen: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        family, dot, option = name.strip().partition(".")
        if not (equals and dot):
            raise EmosError(f"{text!r} sets nothing", remedy="write FAMILY.OPTION=VALUE")
        known = all_families()
        if family not in known:
            raise EmosError(
                f"no family of metrics {family!r}", remedy=f"there are {', '.join(known)}"
            )
        options = chosen.get(family, known[family].options)
        names = [] if options is None else [one.name for one in fields(options)]
        if option not in names:
            have = ", ".join(names) or "none"
            raise EmosError(f"{family} has no option {option!r}", remedy=f"it has {have}")
        default = getattr(known[family].options, option)
        chosen[family] = replace(options, **{option: _value(value.strip(), default, name)})
    return chosen


def _value(text: str, default: Any, name: str) -> Any:
    if isinstance(default, tuple):
        inner = default[0] if default else ""
        return tuple(_value(part.strip(), inner, name) for part in text.split(",") if part.strip())
    if isinstance(default, bool):
        if text not in ("true", "false"):
            raise EmosError(f"{name} is {text!r}", remedy="use true or false")
        return text == "true"
    if isinstance(default, int | float | Fraction):
        try:
            number = Fraction(text)
            whole = isinstance(default, int)
            if whole and number.denominator != 1:
                raise ValueError
            return type(default)(number)
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            kind = "a whole number" if isinstance(default, int) else "a number"
            raise EmosError(f"{name} is {text!r}", remedy=f"use {kind}") from error
    return None if text == "none" else text

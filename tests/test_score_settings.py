"""Options of families at the command line: read as what their defaults are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from emos.errors import EmosError
from emos.score import settings
from emos.score.family import Family


@dataclass(frozen=True)
class Made:
    share: float = 0.5
    third: Fraction = Fraction(1, 3)
    bins: int = 10
    rule: str = "plain"
    only: str | None = None
    strict: bool = True
    curve: tuple[float, ...] = (0.5, 1.0)


@pytest.fixture(autouse=True)
def made_family(monkeypatch: pytest.MonkeyPatch) -> None:
    families = {
        "made": Family("made", lambda context: None, Made()),
        "bare": Family("bare", lambda context: None),
    }
    monkeypatch.setattr(settings, "all_families", lambda: families)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("share=0.25", {"share": 0.25}),
        ("share=1/4", {"share": 0.25}),
        ("third=2/3", {"third": Fraction(2, 3)}),
        ("bins=15", {"bins": 15}),
        ("rule=as=said", {"rule": "as=said"}),
        ("only=x", {"only": "x"}),
        ("only=none", {"only": None}),
        ("strict=false", {"strict": False}),
        ("curve=0.1, 1/2", {"curve": (0.1, 0.5)}),
    ],
)
def test_a_value_is_read_as_its_default_is(text: str, value: dict[str, Any]) -> None:
    chosen = settings.read_settings([f"made.{text}"])
    assert chosen == {"made": Made(**value)}


def test_several_options_of_one_family_add_up() -> None:
    chosen = settings.read_settings(["made.bins=3", "made.share=1", "made.bins=4"])
    assert chosen == {"made": Made(bins=4, share=1.0)}
    assert isinstance(chosen["made"].share, float)
    assert settings.read_settings([]) == {}


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("made.bins", "write FAMILY.OPTION=VALUE"),
        ("bins=3", "write FAMILY.OPTION=VALUE"),
        ("other.bins=3", "there are made, bare"),
        ("made.bin=3", "it has share, third, bins"),
        ("bare.bins=3", "it has none"),
        ("made.bins=2.5", "use a whole number"),
        ("made.bins=many", "use a whole number"),
        ("made.share=1/0", "use a number"),
        ("made.share=nan", "use a number"),
        ("made.strict=1", "use true or false"),
    ],
)
def test_a_slip_says_what_to_write(text: str, remedy: str) -> None:
    with pytest.raises(EmosError, match=remedy):
        settings.read_settings([text])

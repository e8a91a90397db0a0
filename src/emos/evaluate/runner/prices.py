"""What a run may cost, by the user's own price list. None is shipped: prices change."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from emos.errors import EmosError

_KEYS = ("input_per_million", "output_per_million", "tokens_per_image", "tokens_per_audio_second")


@dataclass(frozen=True)
class Price:
    """One model's prices.

    Attributes
    ----------
    currency : as the file says.
    input_per_million, output_per_million : for a million tokens.
    tokens_per_image, tokens_per_audio_second : how the server counts media, None if not said.
    """

    currency: str
    input_per_million: float
    output_per_million: float
    tokens_per_image: float | None = None
    tokens_per_audio_second: float | None = None

    def cost(self, usage: Mapping[str, float]) -> float:
        """What so many tokens of input and output cost."""
        into, out = usage.get("input", 0), usage.get("output", 0)
        return (into * self.input_per_million + out * self.output_per_million) / 1e6


def read_price(path: Path, model: str) -> Price:
    """The prices of ``model`` (the part after the backend) in a TOML file::

        currency = "EUR"
        [models."name"]
        input_per_million = 1.0
        output_per_million = 2.0
        tokens_per_image = 258            # optional
        tokens_per_audio_second = 32      # optional

    Raises
    ------
    EmosError : if the file is of another form or lacks the model.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EmosError(
            f"cannot be read ({error.strerror})", file=path, remedy="--prices names your own list"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EmosError(
            f"not valid TOML ({error})", file=path, remedy="see docs/evaluating.md"
        ) from error
    models = found.get("models")
    table = models.get(model) if isinstance(models, dict) else None
    if not isinstance(table, dict):
        raise EmosError(
            f"no prices of {model!r}", file=path, remedy=f'add a table [models."{model}"]'
        )
    for key, value in table.items():
        if key not in _KEYS or isinstance(value, bool) or not isinstance(value, int | float):
            raise EmosError(
                f"{key} = {value!r} is no price",
                file=path,
                remedy=f"numbers of {', '.join(_KEYS)}",
            )
    for key in _KEYS[:2]:
        if key not in table:
            raise EmosError(f"{model!r} has no {key}", file=path, remedy="add it")
    return Price(str(found.get("currency", "")), **table)

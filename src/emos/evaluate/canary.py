"""Whether picture and sound reach the model: servers drop either in silence.

A few clips made on the spot are sent just as the dataset's would be: a coloured shape to be seen
and a number of beeps, none among them, to be heard. A model that guesses is not right each time.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emos.errors import EmosError
from emos.evaluate.backends import (
    Backend,
    FailedError,
    Request,
    Setup,
    StopRunError,
    find_backend,
    split_model,
)
from emos.evaluate.backends.backend import plain
from emos.evaluate.media.made import COLOURS, SHAPES, make_clip
from emos.evaluate.runner.items import Item
from emos.evaluate.runner.session import MODALITIES, Question

COUNTS = (0, 2, 4, 6)  # of beeps, one per clip, in an order drawn by the seed
_TRIES = 3
_NUMBERS = {
    word: value
    for value, word in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven"))
} | {"no": 0, "none": 0}


@dataclass(frozen=True)
class Shown:
    """What a clip shows and plays."""

    shape: str
    colour: str
    beeps: int


@dataclass(frozen=True)
class Round:
    """One clip and what the model said of it: None where it said nothing readable."""

    shown: Shown
    raw: str
    shape: str | None
    colour: str | None
    beeps: int | None


@dataclass(frozen=True)
class Verdict:
    """What arrives. ``picture`` and ``sound`` are None where they were not sent.

    Attributes
    ----------
    rounds : every clip with what was said of it.
    sent : how each modality travelled.
    """

    rounds: tuple[Round, ...]
    modalities: tuple[str, ...]
    sent: dict[str, str]

    @property
    def picture(self) -> bool | None:
        """Whether shape and colour were right of all clips but one at most."""
        if "video" not in self.modalities:
            return None
        right = [(r.shape, r.colour) == (r.shown.shape, r.shown.colour) for r in self.rounds]
        return sum(right) >= len(right) - 1

    @property
    def sound(self) -> bool | None:
        """Whether the beeps were counted: rightly, but for one clip, or nearly and in order.

        Models that hear often miscount; one that hears nothing does not say more where there is
        more, and none where there is none.
        """
        if "audio" not in self.modalities:
            return None
        pairs = [(r.shown.beeps, -9 if r.beeps is None else r.beeps) for r in self.rounds]
        right = sum(played == heard for played, heard in pairs)
        ordered = [heard for _, heard in sorted(pairs)]
        rising = all(a < b for a, b in itertools.pairwise(ordered))
        near = all(abs(played - heard) <= 1 for played, heard in pairs)
        return right >= len(pairs) - 1 or (near and rising)

    @property
    def arrives(self) -> bool:
        """Whether everything that was sent arrives."""
        return False not in (self.picture, self.sound)

    def lines(self) -> list[str]:
        """The verdict for people."""
        found = [f"Sent as {name}: {how}" for name, how in self.sent.items()]
        for number, one in enumerate(self.rounds, start=1):
            parts = []
            if "video" in self.modalities:
                seen = f"{one.colour or '?'} {one.shape or '?'}"
                parts.append(f"shown a {one.shown.colour} {one.shown.shape}, it saw {seen}")
            if "audio" in self.modalities:
                heard = "?" if one.beeps is None else one.beeps
                parts.append(f"played {one.shown.beeps} beeps, it heard {heard}")
            found.append(f"{number}. {'; '.join(parts)}")
            if None in (one.shape, one.colour, one.beeps):
                found.append(f"   its words: {plain(one.raw)[:200]}")
        for what, arrives in (("Picture", self.picture), ("Sound", self.sound)):
            if arrives is not None:
                found.append(f"{what}: {'arrives' if arrives else 'DOES NOT ARRIVE'}")
        return found


def run_canary(question: Question, *, seed: int = 12345) -> Verdict:
    """Show and play the clips to the question's model, over its server.

    Raises
    ------
    EmosError : if the model cannot be asked, with the server's reason.
    """
    backend_name, name = split_model(question.model)
    wanted = question.modalities or MODALITIES
    modalities = tuple(m for m in MODALITIES if m in wanted and m != "text")
    if not modalities:
        raise EmosError("neither picture nor sound to test", remedy="--modalities audio,video")
    backend = find_backend(backend_name).make(
        Setup(
            model=name,
            modalities=("text", *modalities),
            media=question.media_options,
            sampling=question.sampling,
            profile=question.profile,
            base_url=question.base_url,
            timeout_s=question.timeout_s,
            environment=os.environ,
        )
    )
    if not backend.asks:
        raise EmosError(f"{question.model} is no model that sees or hears")
    rounds = asyncio.run(_rounds(backend, modalities, draw(seed)))
    sent = {key: how for key, how in backend.sent.items() if isinstance(how, str)}
    return Verdict(tuple(rounds), modalities, sent)


def draw(seed: int) -> list[Shown]:
    """The clips: no two of one colour, no shape in more than two, each number of beeps once."""
    chance = random.Random(seed)
    colours = chance.sample(list(COLOURS), len(COUNTS))
    shapes = chance.sample(SHAPES * 2, len(COUNTS))
    counts = chance.sample(COUNTS, len(COUNTS))
    return [Shown(*one) for one in zip(shapes, colours, counts, strict=True)]


def question_text(modalities: Sequence[str]) -> str:
    """What the model is asked."""
    fields = []
    if "video" in modalities:
        fields += [
            f'"shape": one of {", ".join(SHAPES)}, or "none" if you see no picture',
            f'"colour": one of {", ".join(COLOURS)}, or "none"',
        ]
    if "audio" in modalities:
        fields.append('"beeps": how many beeps you hear, 0 if you hear none')
    return (
        "This is a test of whether media reach you. Do not guess. "
        f"Answer with a JSON object only: {{{'; '.join(fields)}}}"
    )


async def _rounds(
    backend: Backend, modalities: tuple[str, ...], clips: Sequence[Shown]
) -> list[Round]:
    rounds = []
    try:
        with tempfile.TemporaryDirectory(prefix="emos-canary-") as folder:
            for number, shown in enumerate(clips, start=1):
                path = Path(folder) / f"canary-{number}.mp4"
                make_clip(path, shown.shape, shown.colour, shown.beeps, most_beeps=max(COUNTS))
                item = Item(f"canary/{number}", "canary", "en", None, path.name)
                request = Request(item, None, question_text(modalities), path, modalities)
                rounds.append(_read(shown, await _ask(backend, request)))
    finally:
        await backend.close()
    return rounds


async def _ask(backend: Backend, request: Request) -> str:
    for turn in range(1, _TRIES + 1):
        try:
            answer = await backend.ask(request)
        except StopRunError as error:
            raise EmosError(_plain(error.problem, backend), remedy=error.remedy) from None
        except FailedError as failure:
            if turn == _TRIES or not failure.again:
                raise EmosError(
                    f"the model gave no answer: {_plain(failure.reason, backend)}",
                    remedy="see to the server, or choose another --profile",
                ) from None
            await asyncio.sleep(min(30.0, failure.after or float(turn)))
        else:
            return _plain(answer.refusal or answer.text, backend)
    raise AssertionError("unreachable")


def _plain(text: str, backend: Backend) -> str:
    for secret in backend.secrets:
        if len(secret) >= 4:
            text = text.replace(secret, "[key]")
    return text


def _read(shown: Shown, raw: str) -> Round:
    shape = _field(raw, "shape")
    colour = _field(raw, "colou?r")
    beeps = _field(raw, "beeps")
    count = None
    if beeps is not None:
        count = int(beeps) if beeps.isascii() and beeps.isdigit() else _NUMBERS.get(beeps)
    return Round(
        shown,
        raw,
        shape if shape in SHAPES else None,
        colour if colour in COLOURS else None,
        count,
    )


def _field(raw: str, name: str) -> str | None:
    found = re.search(rf'{name}["\'*]*\s*[:=]\s*["\'*]*(\w{{1,20}})', raw, re.IGNORECASE)
    return found[1].lower() if found else None

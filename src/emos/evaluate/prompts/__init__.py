"""Prompts as data files, each with a version and a hash (docs/prompts.md)."""

from emos.evaluate.prompts.loading import load_prompt, prompt_names
from emos.evaluate.prompts.prompt import ASKABLE, FORMS, Prompt

__all__ = ["ASKABLE", "FORMS", "Prompt", "load_prompt", "prompt_names"]

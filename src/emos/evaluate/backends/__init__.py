"""Backends: how a model is reached. One file per backend, which joins by being there."""

from emos.evaluate.backends.backend import (
    Answer,
    Backend,
    BackendKind,
    FailedError,
    Request,
    Sampling,
    Setup,
    StopRunError,
)
from emos.evaluate.backends.registry import backend_names, find_backend, split_model

__all__ = [
    "Answer",
    "Backend",
    "BackendKind",
    "FailedError",
    "Request",
    "Sampling",
    "Setup",
    "StopRunError",
    "backend_names",
    "find_backend",
    "split_model",
]

"""Which backends there are."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import emos.evaluate.backends as package
from emos.errors import EmosError
from emos.evaluate.backends.backend import BackendKind


def backend_names() -> tuple[str, ...]:
    """Every backend's name: that of a module here with a ``BACKEND``."""
    modules = [module.name for module in pkgutil.iter_modules(package.__path__)]
    return tuple(name for name in modules if _kind(name) is not None)


def find_backend(name: str) -> BackendKind:
    """The backend called ``name``; only its own module is imported.

    Raises
    ------
    EmosError : for an unknown name, with the known ones.
    """
    known = {module.name for module in pkgutil.iter_modules(package.__path__)}
    kind = _kind(name) if name in known else None
    if kind is None:
        raise EmosError(
            f"no backend is called {name!r}", remedy=f"there are {', '.join(backend_names())}"
        )
    return kind


def split_model(model: str) -> tuple[str, str]:
    """Backend and name of ``BACKEND:NAME``.

    Raises
    ------
    EmosError : if either is missing.
    """
    backend, colon, name = model.partition(":")
    if not (colon and backend and name):
        raise EmosError(
            f"{model!r} is not of the form BACKEND:NAME",
            remedy="say --model baseline:majority or --model openai:NAME, for instance",
        )
    return backend, name


def _kind(module: str) -> BackendKind | None:
    found = getattr(import_module(f"{package.__name__}.{module}"), "BACKEND", None)
    return found if isinstance(found, BackendKind) else None

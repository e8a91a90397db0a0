"""Which file of this package serves which room; a new room's commands join here."""

from __future__ import annotations

from importlib import import_module

import typer

# In the order data walks through them, which is the order `emos --help` shows.
_MODULES: tuple[str, ...] = (
    "demo",
    "readers",
    "release",
    "aggregate",
    "agreement",
    "styles",
    "evaluate",
    "export",
    "score",
    "audit",
    "report",
    "plot",
)


def add_to(app: typer.Typer) -> None:
    """Register the commands of every room; each module has a ``register(app)``."""
    for name in _MODULES:
        import_module(f"emos.cli.{name}").register(app)

"""``python -m emos`` is the ``emos`` command."""

from emos.cli import main

main()

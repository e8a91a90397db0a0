"""One rule of ``emos lint`` per module; see `emos.readers.lint.registry`."""

"""The audit of the demo paper (``emos/demo/corpus/paper.md``): a small model of one."""

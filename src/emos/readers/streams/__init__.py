"""Monologues: utterance annotations, sentence timestamps and their cross-index."""

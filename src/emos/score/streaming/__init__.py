"""Scores of streams: utterances, turning points, trajectory and early warning of monologues."""

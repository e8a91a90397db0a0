"""Scores of fine labels: several per clip, against the labels and against how many gave them."""

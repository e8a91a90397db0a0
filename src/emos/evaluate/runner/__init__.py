"""The runner: asks a model about every item, loses no answer and asks nothing twice."""

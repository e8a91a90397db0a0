"""Items and a model in, predictions out: prompts, backends, and the reading of answers."""

"""Whether a model's stated confidence means anything: calibration, ranking, risk and coverage."""

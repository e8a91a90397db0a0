"""Labels and predictions to numbers: classification, multi-label, calibration, streams."""

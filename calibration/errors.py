"""What cannot be calibrated, and what the athlete should do about it, in one sentence."""


class CalibrationError(ValueError):
    """The input cannot give a calibration; the text says what is wrong and what to do."""

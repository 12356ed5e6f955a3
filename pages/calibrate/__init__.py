"""The calibration studio: labels become thresholds with a promise."""

from pages.calibrate.screen import page

__all__ = ["page"]

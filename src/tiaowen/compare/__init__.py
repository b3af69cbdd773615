"""Instruments of several places side by side, and one worker or firm placed in each."""

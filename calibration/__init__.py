"""Raw to true: how the sensor sits on the athlete, and what its readings are worth.

Plain arrays in, models out. No I/O, and nothing of the monitor is known here.
"""

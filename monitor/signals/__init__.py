"""Numbers to numbers: the stages between the sample clock and the coach, one idea per file.

Every stage has parameters (frozen), state (small, private) and equations, takes blocks of any
length, the empty one included, and gives the same output however the stream was cut.
"""

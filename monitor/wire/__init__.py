"""Bytes to numbers and back, one sensor family per file, with no I/O."""

"""The core: what to do with a call.

Pure: no I/O, no event loop, no clock, no randomness. Time, identifiers and random numbers are
arguments, so that live routing, the dry run and the replay of a recorded day call one and the
same function and get the same answer.
"""

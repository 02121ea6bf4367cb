"""Telling calls, and the stages on which they are played: a simulated exchange or a real one."""

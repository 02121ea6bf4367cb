"""Calling by a click: links of other programs, the question before a call, the call."""

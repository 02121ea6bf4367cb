"""One folder per PBX: its wire in, domain events out; domain commands in, its wire out.

`port.py` is what a driver keeps and what it may ask of the switchboard. Drivers never import each
other.
"""

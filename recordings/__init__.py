"""Recordings: from the PBX to our store, converted, linked to the call, played under permission."""

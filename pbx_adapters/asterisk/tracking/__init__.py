"""Understanding calls: AMI frames in, the house's call events out. See `tracker` for the rules."""

from pbx_adapters.asterisk.tracking.parties import PartyRules
from pbx_adapters.asterisk.tracking.tracker import SILENT_TOO_LONG, WANTED_EVENTS, Tracker

__all__ = ["SILENT_TOO_LONG", "WANTED_EVENTS", "PartyRules", "Tracker"]

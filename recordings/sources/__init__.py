"""Where recordings come from: a shared folder, Asterisk over HTTP, a provider's link.

Each keeps `recordings.port.RecordingSource`; none knows of another.
"""

from recordings.sources.asterisk_http import AsteriskHttpSource
from recordings.sources.folder import FolderSource
from recordings.sources.links import LinkRules, LinkSource

__all__ = ["AsteriskHttpSource", "FolderSource", "LinkRules", "LinkSource"]

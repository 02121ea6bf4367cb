"""A scenario asks over HTTP and gets an answer: the neutral contract for any switch.

Rules: an answer is small and comes at once, or an error does, so that the scenario takes its other
branch and the call goes on without us; a caller nobody knows is no error. What the switch tells may
come twice, late and in any order. Nothing is believed before its sender has proved who he is.
"""

from pbx_adapters.webhook.calls import RecordingReady
from pbx_adapters.webhook.driver import WebhookPbx
from pbx_adapters.webhook.settings import WebhookSettings

__all__ = ["RecordingReady", "WebhookPbx", "WebhookSettings"]

"""What stops a command, as one sentence for a person.

CannotStart          the service cannot run here and now
"""


class CannotStart(Exception):  # noqa: N818 - the name is the sentence
    """The service cannot start; the message (a `Sentence`) says why and what to do."""

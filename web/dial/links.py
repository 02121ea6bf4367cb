"""The number in a link that another program or page made.

Links come as `tel:` (RFC 3966), `callto:`, `sip:` and `infinity:`, percent-encoded once or twice,
with slashes, blanks, brackets, an extension or a pause behind the number. What is found is a text
for `router.numbers` to judge; nothing is dialled because of a link alone.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

SCHEMES = ("tel", "callto", "sip", "sips", "infinity", "skype", "phone")
LONGEST = 300
_NOT_A_NUMBER = re.compile(r"[^0-9+*#()\-. \u00a0A-Za-z]")


def number_in(uri: str) -> str:
    """The number as it was written, or "" where there is none."""
    text = unquote(unquote(uri[:LONGEST])).strip()
    scheme, colon, rest = text.partition(":")
    if colon and scheme.strip().casefold() in SCHEMES:
        text = rest
    text = re.split(r"[;?&,]|\bext\b", text.strip("/ "), maxsplit=1)[0]
    user = text.partition("@")[0].strip()
    if not any(c.isdecimal() for c in user) or _NOT_A_NUMBER.search(user):
        return ""
    return re.split(r"[pw]", user, maxsplit=1, flags=re.IGNORECASE)[0].strip()

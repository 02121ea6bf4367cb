"""Answers to digest challenges (RFC 2617/7616, MD5, qop "auth" or none): what phones register with.

Rules: pure; the client's nonce is an argument. MD5 is what Asterisk asks for by default, and
nothing secret lives in the lab.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user name and his password."""

    username: str
    password: str


def parse_challenge(value: str) -> dict[str, str]:
    """Returns the parameters of a WWW-Authenticate or Proxy-Authenticate field, keys in lower case.

    Commas inside quotes belong to the value.
    """
    params: dict[str, str] = {}
    rest = value.partition(" ")[2]
    while rest.strip(", "):
        key, _, rest = rest.lstrip(", ").partition("=")
        if rest.startswith('"'):
            said, _, rest = rest[1:].partition('"')
        else:
            said, _, rest = rest.partition(",")
        params[key.strip().lower()] = said.strip()
    return params


def authorization(
    challenge: str, credentials: Credentials, *, method: str, uri: str, cnonce: str
) -> str:
    """Returns the value of the (Proxy-)Authorization field that answers this challenge."""
    asked = parse_challenge(challenge)
    realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
    secret = _md5(f"{credentials.username}:{realm}:{credentials.password}")
    target = _md5(f"{method}:{uri}")
    answer = {"username": credentials.username, "realm": realm, "nonce": nonce, "uri": uri}
    bare = {"algorithm": "MD5"}
    if "auth" in [word.strip() for word in asked.get("qop", "").split(",")]:
        bare |= {"qop": "auth", "nc": "00000001"}
        answer["cnonce"] = cnonce
        answer["response"] = _md5(f"{secret}:{nonce}:00000001:{cnonce}:auth:{target}")
    else:
        answer["response"] = _md5(f"{secret}:{nonce}:{target}")
    if "opaque" in asked:
        answer["opaque"] = asked["opaque"]
    quoted = [f'{key}="{value}"' for key, value in answer.items()]
    return "Digest " + ", ".join(quoted + [f"{key}={value}" for key, value in bare.items()])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

"""Whether two numbers are one telephone, and how to ask a client base that compares strings.

E.164 decides. The library's own comparison calls seven equal digits a match, which would show
a stranger's card; here fewer than nine digits never match, and the country always counts.
"""

import phonenumbers
from phonenumbers import PhoneNumberFormat

from router.numbers.model import PhoneNumber


def same_number(a: PhoneNumber, b: PhoneNumber) -> bool:
    """Says whether two numbers reach the same party.

    Extensions: two different ones are different people behind one switchboard; where only one
    side names an extension they match, because an incoming call never tells it. Internal numbers
    never match here: an extension belongs to an exchange, which a number does not name.
    """
    if not (a.is_matchable and b.is_matchable) or a.e164 != b.e164:
        return False
    return a.extension is None or b.extension is None or a.extension == b.extension


def search_forms(number: PhoneNumber) -> tuple[str, ...]:
    """Returns the spellings under which a client base with exact search may hold a number.

    Empty for what must not be looked up. A base that searches parts of strings takes `key`.
    """
    if number.e164 is None or not number.is_matchable:
        return ()
    parsed = phonenumbers.parse(number.e164)
    domestic = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    abroad = phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
    digits, subscriber = number.e164[1:], phonenumbers.national_significant_number(parsed)
    forms = [number.e164, digits]
    if parsed.country_code == 7:
        code, rest = subscriber[:3], f"{subscriber[3:6]}-{subscriber[6:8]}-{subscriber[8:]}"
        forms += [f"8{subscriber}", subscriber]
        forms += [f"8 ({code}) {rest}", f"+7 {code} {rest}", f"+7 ({code}) {rest}"]
        forms += [domestic, abroad, "+7" + domestic.removeprefix("8")]
    else:
        forms += [subscriber, domestic, abroad]
    return tuple(dict.fromkeys(forms))

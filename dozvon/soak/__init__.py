"""The proof that no call is ever lost: real callers while everything around them breaks.

A floor of desks, each a department of three people, takes calls with every mix of outcomes at 5 to
10 calls a second; meanwhile the service, a process of its own, is killed at random instants, its
links are cut and its disk fills up. Afterwards the log is held against what the CALLERS and the
phones remember, never against ourselves (`audit`). Everything random comes from one seed, which is
printed. The tests in `tests/crash` run it for seconds, `python -m dozvon.soak` for minutes.

    floor       the exchange, its phones, the carrier, the office and the client base
    process     the service as a process that can be killed
    wire        a TCP proxy that can be cut, delayed, hung, refused or blackholed
    callers     the calls, and what everybody does with them
    troubles    what breaks, and when
    witnesses   what callers and phones remember of each call
    audit       the log against the witnesses
    figures     the two times that are measured: an emptied journal, a callback item
"""

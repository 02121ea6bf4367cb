"""The engine and the use cases: take a call, follow it, record its end, keep statuses and office.

Drivers report to `board.Board`; everything one transaction must see together goes through
`storage`; whatever wants to look on (the terminal, the workspace) subscribes to `news`.
"""

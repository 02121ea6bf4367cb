"""Who is calling: one question to a client base, answered in time or not at all.

One folder per client base; `port` is what each keeps. The built-in base lives in `builtin`.
"""

"""The commands, one module each, loaded only when they are called.

`terminal` is how a command speaks to a person, `facts` where it knows things from. A command
asks the same functions as the service does: a dry run that judged by itself would lie one day.
"""

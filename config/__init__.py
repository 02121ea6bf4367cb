"""Settings of the service and the office file, checked, with sentences that name the line at fault.

`settings` is what the service needs to run (where things are, how a PBX is reached); the office
file is what the sales office is (lines, departments, managers, hours). Nothing here is applied by
half: a file with a mistake changes nothing, and all of its mistakes are told at once.
"""

"""Alarms on their way to people: what holds is looked for, told by e-mail and webhook."""

"""Asterisk 16 to 22: the plan as data over FastAGI, observation over AMI, the journal in AstDB."""

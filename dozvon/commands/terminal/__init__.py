"""How commands speak to people and to programs: texts, tables, exit codes, troubles."""

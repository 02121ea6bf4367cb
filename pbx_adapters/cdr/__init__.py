"""Call records that a PBX writes itself (CDR): read as a second witness, never written.

One source for each PBX, whatever its form; `pbx_adapters.cdr.source.open_source` makes it.
"""

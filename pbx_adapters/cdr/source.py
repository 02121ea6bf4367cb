"""Makes the source that the settings name."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from config.settings import PbxSettings
from pbx_adapters.cdr.csv_file import CsvRecords
from pbx_adapters.cdr.port import CdrSource
from pbx_adapters.cdr.table import TableRecords


def open_source(pbx: PbxSettings, zone: ZoneInfo) -> CdrSource | None:
    """The source of a PBX's call records, None where the settings name none.

    `zone` is that of its times where the settings name none. Raises `CdrNotUnderstood`.
    """
    place = pbx.cdr.get_secret_value()
    if not place:
        return None
    here = ZoneInfo(pbx.cdr_zone) if pbx.cdr_zone else zone
    kind, _, path = place.partition(":")
    if kind == "csv":
        return CsvRecords(Path(path), zone=here)
    if kind == "custom":
        return CsvRecords(Path(path), zone=here, columns=pbx.cdr_columns)
    return TableRecords(place, zone=here, table=pbx.cdr_table)

"""The modules of Asterisk without which our dialplan, or our watching it, does not work."""

from __future__ import annotations

MODULES = (
    "app_dial",
    "app_directed_pickup",
    "app_exec",
    "app_playback",
    "app_playtones",
    "app_read",
    "app_stack",
    "app_userevent",
    "chan_pjsip",
    "func_base64",
    "func_callerid",
    "func_channel",
    "func_cut",
    "func_db",
    "func_devstate",
    "func_export",
    "func_groupcount",
    "func_logic",
    "func_rand",
    "func_strings",
    "func_timeout",
    "pbx_config",
    "res_agi",
    "res_manager_devicestate",
    "res_musiconhold",
)

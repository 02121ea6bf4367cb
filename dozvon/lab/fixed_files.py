"""The files of a private Asterisk that are the same for every instance, and the modules it loads.

Rules: what neither the product nor the lab uses is not loaded; files that Asterisk would complain
about when they are missing are written empty.
"""

LOGGER = """\
[general]
dateformat = %F %T.%3q
[logfiles]
messages => notice,warning,error
full => notice,warning,error,verbose,dtmf
"""

FEATURES = """\
[general]
transferdigittimeout = 3
atxfernoanswertimeout = 15
[featuremap]
blindxfer => ##
atxfer => *2
"""

CDR = """\
[general]
enable = yes
unanswered = yes
congestion = yes
batch = no
"""

INDICATIONS = """\
[general]
country = ru
[ru]
description = Russia
ringcadence = 1000,4000
dial = 425
busy = 425/350,0/350
ring = 425/1000,0/4000
congestion = 425/175,0/175
"""

VOICEMAIL = """\
[general]
format = wav
maxsilence = 0
minsecs = 1
maxsecs = 60
sendvoicemail = no
[default]
500 => 1234,Department,,,
"""

EMPTY = (
    "acl.conf",
    "ccss.conf",
    "cel_custom.conf",
    "cli.conf",
    "cli_permissions.conf",
    "dnsmgr.conf",
    "http.conf",
    "pjproject.conf",
    "queuerules.conf",
    "stasis.conf",
    "udptl.conf",
)

MODULES = (
    *("res_timing_timerfd", "res_sorcery_config", "res_sorcery_memory", "res_sorcery_astdb"),
    *("res_crypto", "res_speech", "res_musiconhold", "res_security_log", "res_convert"),
    *("res_pjproject", "res_pjsip", "res_pjsip_session", "res_pjsip_pubsub", "res_pjsip_acl"),
    *("res_pjsip_authenticator_digest", "res_pjsip_outbound_authenticator_digest"),
    *("res_pjsip_endpoint_identifier_ip", "res_pjsip_endpoint_identifier_user"),
    *("res_pjsip_registrar", "res_pjsip_caller_id", "res_pjsip_diversion", "res_pjsip_path"),
    *("res_pjsip_dtmf_info", "res_pjsip_header_funcs", "res_pjsip_logger", "res_pjsip_nat"),
    *("res_pjsip_refer", "res_pjsip_rfc3326", "res_pjsip_sdp_rtp", "res_pjsip_exten_state"),
    *("res_pjsip_outbound_publish", "res_pjsip_dialog_info_body_generator"),
    *("res_pjsip_pidf_body_generator", "res_pjsip_dlg_options", "res_pjsip_empty_info"),
    *("chan_pjsip", "res_rtp_asterisk"),
    *("codec_ulaw", "codec_alaw", "codec_a_mu", "codec_gsm", "codec_g722", "codec_resample"),
    *("format_gsm", "format_pcm", "format_sln", "format_wav"),
    *("bridge_simple", "bridge_native_rtp", "bridge_softmix", "bridge_holding"),
    *("bridge_builtin_features", "bridge_builtin_interval_features", "pbx_config"),
    *("app_attended_transfer", "app_blind_transfer", "app_bridgeaddchan", "app_bridgewait"),
    *("app_cdr", "app_chanspy", "app_controlplayback", "app_dial", "app_directed_pickup"),
    *("app_echo", "app_exec", "app_milliwatt", "app_mixmonitor", "app_originate", "app_playback"),
    *("app_playtones", "app_queue", "app_read", "app_record", "app_sayunixtime", "app_senddtmf"),
    *("app_softhangup", "app_stack", "app_system", "app_transfer", "app_userevent"),
    *("app_verbose", "app_voicemail", "app_while"),
    *("func_base64", "func_callerid", "func_cdr", "func_channel", "func_cut", "func_db"),
    *("func_devstate", "func_dialplan", "func_env", "func_export", "func_extstate"),
    *("func_global", "func_groupcount", "func_hangupcause", "func_json", "func_lock"),
    *("func_logic", "func_math", "func_periodic_hook", "func_pjsip_aor", "func_pjsip_contact"),
    *("func_pjsip_endpoint", "func_rand", "func_sprintf", "func_strings", "func_timeout"),
    *("func_uri", "func_shell", "func_md5", "res_agi", "res_manager_devicestate"),
    *("res_cdrel_custom", "cdr_custom", "cdr_manager"),
)

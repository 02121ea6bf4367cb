"""SIP phones and a carrier in plain Python: what the lab calls with.

Inside, from the bottom up: `messages`, `digest`, `sdp` (values, no I/O), `rtp` (sound and keys),
`transactions` (one UDP socket, retransmissions), `dialogs` (one INVITE session), `phone` and
`carrier`.
"""

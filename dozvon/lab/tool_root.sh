#!/usr/bin/env bash
# Unpacks a program that the tests or the lab use (a browser, ffmpeg, …) into a folder of its own.
#
#   tool_root.sh DEST WHAT PACKAGE...      DEST must not exist; its parent must
#
# Unlike Asterisk it comes from the suites that this machine follows, and without what the machine has
# already: its libraries stand beside the machine's own, and the C library is the machine's.  The named
# packages themselves are always fetched.
set -euo pipefail
here=${BASH_SOURCE[0]%"${BASH_SOURCE[0]##*/}"}
. "${here:-./}packages.sh"
begin "${1:?the folder to make}" "${2:?what it is}"
shift 2

sources=$(own_sources)
[ -n "$sources" ] || give_up "No $what can be fetched here: apt's sources name no $distribution archive."
prepare /var/lib/dpkg/status <<<"$sources"
read_lists || give_up "No $what can be fetched here: the package lists could not be read ($(why))."
download "$@" || give_up "No $what can be fetched here: $(why)"
say "fetched $fetched_count packages for $what ($fetched_size MB)"
unpack
finish

#!/usr/bin/env bash
# Unpacks Asterisk into a folder of its own, from the archive that this machine's apt already uses.
#
#   asterisk_root.sh DEST          DEST must not exist; its parent must
#   DOZVON_ASTERISK_SUITES="..."   the suites to try, in this order, instead of the distribution's own choice
#
# Why: the lab needs a real Asterisk, and neither root nor Docker may be asked for.  Packages are fetched by
# apt with a state of its own, unpacked by dpkg-deb, and started through their own dynamic loader, so that
# their libraries and the machine's never meet.
# Rules: apt verifies everything against the distribution's own keyring, unverified bytes are never unpacked;
# nothing is written but below DEST; one line of progress per step; exit 3 and one sentence when there is no
# archive to take it from.
set -euo pipefail

here=${BASH_SOURCE[0]%"${BASH_SOURCE[0]##*/}"}
. "${here:-./}packages.sh"
begin "${1:?the folder to make}" Asterisk

case $distribution in
debian)
    suites=${DOZVON_ASTERISK_SUITES:-sid bullseye}
    components=main
    ;;
ubuntu)
    suites=${DOZVON_ASTERISK_SUITES:-$(. /etc/os-release && echo "${UBUNTU_CODENAME:-$VERSION_CODENAME}")}
    components='main universe'
    ;;
esac
mapfile -t mirrors < <(archives)
[ "${#mirrors[@]}" -gt 0 ] || give_up "No Asterisk can be fetched here: apt's sources name no $distribution archive."

wanted=(asterisk asterisk-core-sounds-en-gsm asterisk-core-sounds-ru-gsm asterisk-moh-opsound-gsm)

# What the closure holds and the lab never runs: maintainers' tools, and libraries of modules that stay unloaded.
# They are shown to the resolver as installed.  A name that is no longer there matches nothing.
needless() { # suite
    local names='adduser debconf dpkg perl.* libperl.* python3.* libpython3.* passwd base-passwd login.* media-types tzdata'
    names+=' gnupg.* gpg.* dirmngr pinentry.* xmlstarlet init-system-helpers sysvinit-utils'
    names+=' libsnmp.* libgmime.* libical.* libiksemel.* libjwt.* liblua5.* libneon.* libodbc.* libopencore.* libvo-amrwbenc.*'
    names+=' libopusfile.* libopusenc.* libportaudio.* libjack.* libpq5 libradcli.* libspandsp.* libsybdb.* libunbound.*'
    names+=' libvorbis.* libcodec2.* libpam.* libspeex1 libasound2.* libc-client.* libmosquitto.* libmpg123.* libmp3lame.*'
    names+=' libopenaptx.* libsndio.* libtwolame.* libvpx.* libpng.* libresample.* libmysql.* libmariadb.* libldap-common'
    names+=' libsdl.* libx11.* libxcb.* libtonezone.* libfftw3.* libbluetooth.* libgtk.* libtiff.*'
    [ "$1" != sid ] || names+=' libicu.*' # elsewhere libxml2 is linked with it
    printf '^(%s)$' "${names// /|}"
}

pretend_installed() { # a list of packages, on stdin
    xargs apt-cache "${private[@]}" show --no-all-versions 2>/dev/null | awk -v arch="$(dpkg --print-architecture)" '
        /^Package: / {
            print "Package: " $2 "\nStatus: install ok installed\nArchitecture: " arch "\nMulti-Arch: allowed"
            print "Version: 999:0\nMaintainer: nobody\nDescription: left out"
        }
        /^Provides: / { print }
        /^$/ { print "" }'
}

fetch() { # suite, archive
    prepare /dev/null <<<"deb [signed-by=$keyring] $2 $1 $components"
    read_lists || return 1
    say "read the package list of $1 from $2"
    apt-get "${private[@]}" install -y --print-uris "${wanted[@]}" 2>"$work/resolve.log" |
        awk "/^'/ { sub(/_.*/, \"\", \$2); print \$2 }" >"$work/closure" || return 1
    grep -E "$(needless "$1")" "$work/closure" >"$work/skipped" || true
    if [ -s "$work/skipped" ]; then
        pretend_installed <"$work/skipped" >"$work/status.new"
        mv "$work/status.new" "$work/status"
    fi
    download "${wanted[@]}" || return 1
    say "fetched $fetched_count packages, left out $(wc -l <"$work/skipped") ($fetched_size MB)"
}

fetched=
reason=
for suite in $suites; do
    for mirror in "${mirrors[@]}"; do
        if fetch "$suite" "$mirror"; then fetched=$suite; break 2; fi
        reason=$(why)
        say "no Asterisk from $suite at $mirror${reason:+: $reason}"
    done
done
[ -n "$fetched" ] || give_up "No Asterisk can be fetched here: no suite ($suites) could be read from ${mirrors[*]}${reason:+ ($reason)}."

unpack

# ---- what the packages' own scripts would have done, and a launcher

sounds=$tree/usr/share/asterisk/sounds
for folder in "$sounds"/*_*; do
    [ -d "$folder" ] || continue
    language=$(basename "$folder")
    ln -sfn "$language" "$sounds/${language%%_*}"
done
for link in custom priv-callerintros recordings; do rm -rf "${sounds:?}/$link"; done

module=$(find "$tree/usr/lib" -path '*/asterisk/modules/chan_pjsip.so' -print -quit)
[ -n "$module" ] || give_up "No Asterisk can be made here: its package holds no PJSIP."
loader=$(find "$tree/usr/lib" -maxdepth 2 -name 'ld-linux*.so*' -path '*linux-gnu*' -print -quit)
[ -n "$loader" ] || give_up "No Asterisk can be made here: the C library came without its loader."
libraries=$(dirname "${loader#"$tree"/}")
modules=$(dirname "${module#"$tree"/}")
echo "$modules" >"$tree/.moddir"
rm "$tree/bin"
mkdir "$tree/bin"
cat >"$tree/bin/asterisk" <<RUN
#!/bin/sh
root=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")
export GCONV_PATH="\$root/$libraries/gconv"
exec "\$root/${loader#"$tree"/}" --library-path "\$root/$libraries:\$root/usr/lib" "\$root/usr/sbin/asterisk" "\$@"
RUN
chmod 755 "$tree/bin/asterisk"

# ---- prove it before anybody sees it

version=$("$tree/bin/asterisk" -V) || give_up "No Asterisk can be made here: what was fetched does not start."
for name in chan_pjsip res_pjsip res_agi app_dial app_mixmonitor app_stack res_rtp_asterisk func_db cdr_custom; do
    if "$loader" --library-path "$tree/$libraries" --list "$tree/$modules/$name.so" 2>&1 | grep -qE 'not found|cannot open'; then
        give_up "No Asterisk can be made here: module $name lacks a library."
    fi
done
finish
say "$version is ready (suite $fetched)"

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

dest=${1:?the folder to make}
[ ! -e "$dest" ] || { echo "$dest is there already" >&2; exit 2; }
SECONDS=0
work=$dest.work
trap 'rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP

say() { printf '%3d s  %s\n' "$SECONDS" "$*"; }
give_up() { echo "$*" >&2; exit 3; }

# ---- what this machine is, and where its packages come from

for tool in apt-get apt-cache dpkg dpkg-deb tar awk; do
    command -v "$tool" >/dev/null || give_up "No Asterisk can be fetched here: $tool is missing (Debian or Ubuntu is needed)."
done
distribution=$(. /etc/os-release && case " $ID ${ID_LIKE:-} " in *' ubuntu '*) echo ubuntu ;; *' debian '*) echo debian ;; *) echo "$ID" ;; esac)
case $distribution in
debian)
    suites=${DOZVON_ASTERISK_SUITES:-sid bullseye}
    components=main
    ;;
ubuntu)
    suites=${DOZVON_ASTERISK_SUITES:-$(. /etc/os-release && echo "${UBUNTU_CODENAME:-$VERSION_CODENAME}")}
    components='main universe'
    ;;
*) give_up "No Asterisk can be fetched here: $distribution is neither Debian nor Ubuntu." ;;
esac
keyring=
for file in "/usr/share/keyrings/$distribution-archive-keyring".{gpg,pgp}; do
    if [ -r "$file" ]; then keyring=$file; break; fi
done
[ -n "$keyring" ] || give_up "No Asterisk can be fetched here: the keyring of $distribution is missing."

# apt reads both forms of sources for us; the security archive holds no Asterisk of its own.
archives() {
    apt-get indextargets --format '$(CREATED_BY)|$(SITE)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)' 2>/dev/null |
        awk -F'|' -v name="$distribution" '
            $1 != "Packages" || $4 != "main" || $3 ~ /-security$/ || $2 ~ /security/ { next }
            (tolower($5) == name || index($2, name)) && !seen[$2]++ { print $2 }'
}
mapfile -t mirrors < <(archives)
[ "${#mirrors[@]}" -gt 0 ] || give_up "No Asterisk can be fetched here: apt's sources name no $distribution archive."

# ---- an apt of our own: the machine's proxies and certificates stay in force, its sources and state do not

inherited=${APT_CONFIG:-}
prepare() { # suite, archive
    rm -rf "$work"
    mkdir -p "$work"/{lists/partial,cache/archives/partial,tree}
    printf 'deb [signed-by=%s] %s %s %s\n' "$keyring" "$2" "$1" "$components" >"$work/sources.list"
    : >"$work/status"
    cat >"$work/apt.conf" <<CONF
${inherited:+#include "$inherited";}
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$work";
Dir::State::lists "$work/lists";
Dir::State::status "$work/status";
Dir::State::extended_states "$work/extended";
Dir::Cache "$work/cache";
Dir::Log "$work";
APT::Sandbox::User "";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
    export APT_CONFIG=$work/apt.conf
}

# apt.conf.d is read after APT_CONFIG and may say otherwise (images for containers do): the command line wins.
private=(-q
    -o Acquire::AllowInsecureRepositories=false -o Acquire::AllowDowngradeToInsecureRepositories=false
    -o APT::Get::AllowUnauthenticated=false -o APT::Install-Recommends=false
    -o Acquire::Languages=none -o Acquire::PDiffs=false -o Acquire::GzipIndexes=false -o Acquire::Retries=2
    -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20
    -o Dir::Cache::pkgcache=pkgcache.bin -o Dir::Cache::srcpkgcache=srcpkgcache.bin)

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
    prepare "$1" "$2"
    if ! apt-get "${private[@]}" update >"$work/update.log" 2>&1 || grep -qE '^(E:|W:.*(GPG|not signed|Failed to fetch))' "$work/update.log"; then
        return 1
    fi
    say "read the package list of $1 from $2"
    apt-get "${private[@]}" install -y --print-uris "${wanted[@]}" 2>"$work/resolve.log" |
        awk "/^'/ { sub(/_.*/, \"\", \$2); print \$2 }" >"$work/closure" || return 1
    grep -E "$(needless "$1")" "$work/closure" >"$work/skipped" || true
    if [ -s "$work/skipped" ]; then
        pretend_installed <"$work/skipped" >"$work/status.new"
        mv "$work/status.new" "$work/status"
    fi
    apt-get "${private[@]}" install -y -d "${wanted[@]}" >"$work/get.log" 2>&1 || return 1
    local count
    count=$(find "$work/cache/archives" -maxdepth 1 -name '*.deb' | wc -l)
    say "fetched $count packages, left out $(wc -l <"$work/skipped") ($(du -sm "$work/cache/archives" | cut -f1) MB)"
}

why() { # the last words of what failed
    grep -hE '^(E|W|Err)[: ]' "$work"/{update,resolve,get}.log 2>/dev/null | tail -1 || true
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

# ---- unpack: one tar at a time, because two would race for the same folder

tree=$work/tree
mkdir -p "$tree"/usr/{bin,sbin,lib,lib64}
for name in bin sbin lib lib64; do ln -s "usr/$name" "$tree/$name"; done
for package in "$work"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -C "$tree" -x --no-same-owner --keep-directory-symlink \
        --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/info' --exclude='./usr/share/locale' \
        --exclude='./usr/share/lintian' --exclude='./usr/share/bug' --exclude='./usr/share/i18n' --exclude='./var'
done
rm -rf "$work/cache" "$work/lists"
say "unpacked ($(du -sm "$tree" | cut -f1) MB)"

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
mv "$tree" "$dest"
say "$version is ready (suite $fetched)"

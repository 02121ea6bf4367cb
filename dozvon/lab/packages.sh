# Fetches Debian or Ubuntu packages into a folder, without root and without installing anything.
# Sourced by the scripts that make a folder (asterisk_root.sh, tool_root.sh), never run by itself.
#
# Why: a lab or a test needs a real program, and neither root nor Docker may be asked for.
# Rules: apt works with a state of its own; it verifies everything against the distribution's own keyring,
# unverified bytes are never unpacked; nothing is written but below DEST; one line of progress per step;
# exit 3 and one sentence when there is no archive to take it from.
#
#   begin DEST WHAT          checks the machine; WHAT names in every sentence what cannot be had
#   archives                 the distribution's own archives, as apt's sources name them
#   own_sources              the same as lines of a sources.list, with the suites that the machine follows
#   prepare STATUS           an apt of our own; its sources come on stdin (never by a pipe: it exports a variable);
#                            STATUS is what counts as installed
#   read_lists               apt-get update, or failure
#   download PACKAGE...      with what they depend on
#   unpack                   into $tree, laid out as a machine is
#   finish                   moves $tree to DEST

say() { printf '%3d s  %s\n' "$SECONDS" "$*"; }
give_up() { echo "$*" >&2; exit 3; }

begin() { # the folder to make, what it is
    dest=$1 what=$2
    [ ! -e "$dest" ] || { echo "$dest is there already" >&2; exit 2; }
    SECONDS=0
    work=$dest.work
    tree=$work/tree
    inherited=${APT_CONFIG:-}
    trap 'rm -rf "$work"' EXIT
    trap 'exit 143' TERM INT HUP
    for tool in apt-get apt-cache dpkg dpkg-deb tar awk; do
        command -v "$tool" >/dev/null || give_up "No $what can be fetched here: $tool is missing (Debian or Ubuntu is needed)."
    done
    distribution=$(. /etc/os-release && case " $ID ${ID_LIKE:-} " in *' ubuntu '*) echo ubuntu ;; *' debian '*) echo debian ;; *) echo "$ID" ;; esac)
    case $distribution in
    debian | ubuntu) ;;
    *) give_up "No $what can be fetched here: $distribution is neither Debian nor Ubuntu." ;;
    esac
    keyring=
    for file in "/usr/share/keyrings/$distribution-archive-keyring".{gpg,pgp}; do
        if [ -r "$file" ]; then keyring=$file; break; fi
    done
    [ -n "$keyring" ] || give_up "No $what can be fetched here: the keyring of $distribution is missing."
}

# apt reads both forms of sources for us: site, suite, component of each index of the distribution itself.
indexes() {
    apt-get indextargets --format '$(CREATED_BY)|$(SITE)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)' 2>/dev/null |
        awk -F'|' -v name="$distribution" '
            $1 == "Packages" && (tolower($5) == name || index($2, name)) && !seen[$2, $3, $4]++ { print $2, $3, $4 }'
}

archives() { # the security archive holds no program of its own
    indexes | awk '$3 == "main" && $2 !~ /-security$/ && $1 !~ /security/ && !seen[$1]++ { print $1 }'
}

own_sources() {
    indexes | awk -v keyring="$keyring" '$3 ~ /^(main|universe)$/ { print "deb [signed-by=" keyring "] " $0 }'
}

prepare() { # what counts as installed; the sources on stdin
    rm -rf "$work"
    mkdir -p "$work"/{lists/partial,cache/archives/partial,tree}
    cat >"$work/sources.list"
    cp "$1" "$work/status" # a copy, because apt locks the folder that it lies in
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

read_lists() {
    apt-get "${private[@]}" update >"$work/update.log" 2>&1 &&
        ! grep -qE '^(E:|W:.*(GPG|not signed|Failed to fetch))' "$work/update.log"
}

download() { # packages; those that the machine has are fetched all the same, what they need is not
    apt-get "${private[@]}" install -y -d --reinstall "$@" >"$work/get.log" 2>&1 || return 1
    fetched_count=$(find "$work/cache/archives" -maxdepth 1 -name '*.deb' | wc -l)
    fetched_size=$(du -sm "$work/cache/archives" | cut -f1)
}

why() { # the last words of what failed
    grep -hE '^(E|W|Err)[: ]' "$work"/{update,resolve,get}.log 2>/dev/null | tail -1 || true
}

unpack() { # one tar at a time, because two would race for the same folder
    mkdir -p "$tree"/usr/{bin,sbin,lib,lib64}
    for name in bin sbin lib lib64; do ln -s "usr/$name" "$tree/$name"; done
    for package in "$work"/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -C "$tree" -x --no-same-owner --keep-directory-symlink \
            --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/info' --exclude='./usr/share/locale' \
            --exclude='./usr/share/lintian' --exclude='./usr/share/bug' --exclude='./usr/share/i18n' --exclude='./var'
    done
    rm -rf "$work/cache" "$work/lists"
    say "unpacked ($(du -sm "$tree" | cut -f1) MB)"
}

finish() { mv "$tree" "$dest"; }

"""The files of one private Asterisk, as text: loopback only, nothing outside its own folder.

Rules: pure functions from values to text; phones live on 127.0.0.1 and the carrier on 127.0.0.2,
because Asterisk knows the trunk by its address; only modules that the product or the lab uses are
loaded (`modules`), so that it boots in about half a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dozvon.lab import fixed_files

PHONES_HOST = "127.0.0.1"
TRUNK_HOST = "127.0.0.2"
RTP_PORTS = 900
PORTS_IN_BLOCK = 1_000

LAB_EXTENSIONS = """\
; The office's own dialplan, as an administrator has it: internal calls, dialling out, pick-up.
[from-phones]
exten => _1XX,1,Dial(PJSIP/${EXTEN},20)
 same => n,Hangup(${HANGUPCAUSE})
exten => _8X.,1,Set(CALLERID(num)=74950000000)
 same => n,Dial(PJSIP/${EXTEN:1}@trunk,60)
 same => n,Hangup(${HANGUPCAUSE})
exten => _*8XXX,1,PickupChan(PJSIP/${EXTEN:2},p)
 same => n,Hangup(21)
exten => 600,1,Answer()
 same => n,Echo()
 same => n,Hangup()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabPhone:
    """A phone that the PBX knows: its extension, its password, the name that it shows."""

    extension: str
    password: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where one instance listens, all from one block: `agi` and `spare` are free for the product.

    `trunk` is where the carrier is expected, on 127.0.0.2.
    """

    base: int

    @property
    def sip(self) -> int:
        """SIP over UDP, on 127.0.0.1."""
        return self.base

    @property
    def trunk(self) -> int:
        """The carrier's SIP port, on 127.0.0.2."""
        return self.base + 1

    @property
    def ami(self) -> int:
        """AMI over TCP."""
        return self.base + 2

    @property
    def agi(self) -> int:
        """Left free for a FastAGI server."""
        return self.base + 3

    @property
    def http(self) -> int:
        """Left free for a web server."""
        return self.base + 4

    @property
    def spare(self) -> range:
        """Left free for whatever a test needs besides."""
        return range(self.base + 5, self.base + 50)

    @property
    def rtp(self) -> range:
        """Asterisk's sound."""
        return range(self.base + 50, self.base + 50 + RTP_PORTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where one instance finds its program and keeps its files.

    `program`, `modules` and `data` come from the root; everything written goes below `home`.
    """

    program: Path
    modules: Path
    data: Path
    home: Path

    @property
    def etc(self) -> Path:
        """The configuration."""
        return self.home / "etc"

    @property
    def log(self) -> Path:
        """Logs and call records."""
        return self.home / "log"

    @property
    def recordings(self) -> Path:
        """Where MixMonitor writes relative names."""
        return self.home / "spool" / "monitor"

    def folders(self) -> tuple[Path, ...]:
        """Every folder that Asterisk expects to be there."""
        below = ("etc", "run", "lib/keys", "lib/agi-bin", "spool/tmp", "spool/monitor")
        more = ("spool/outgoing", "spool/voicemail", "log/cdr-csv", "log/cdr-custom")
        return tuple(self.home / name for name in (*below, *more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What is configured: the dialplan, the AMI users, the phones.

    `manager_general` are further lines of manager.conf's [general], as `channelvars = CALL_ID`.
    """

    name: str
    extensions_conf: str
    manager_conf: str
    phones: Sequence[LabPhone]
    trunk_context: str
    manager_general: str
    verbose: int
    language: str


CDR_FIELDS = (
    "start",
    "answer",
    "end",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "duration",
    "billsec",
    "disposition",
    "uniqueid",
    "linkedid",
    "sequence",
    "accountcode",
    "userfield",
)
_INSTANTS = frozenset({"start", "answer", "end"})


def files(layout: Layout, ports: Ports, office: Office) -> Mapping[str, str]:
    """Returns every configuration file by name."""
    return {
        "asterisk.conf": _asterisk(layout, office),
        "modules.conf": _modules(),
        "logger.conf": fixed_files.LOGGER,
        "pjsip.conf": _pjsip(ports, office),
        "rtp.conf": _rtp(ports),
        "extensions.conf": extensions(office),
        "manager.conf": manager(ports, office),
        "features.conf": fixed_files.FEATURES,
        "cdr.conf": fixed_files.CDR,
        "cdr_custom.conf": _cdr_custom(),
        "cdr_manager.conf": "[general]\nenabled = yes\n",
        "indications.conf": fixed_files.INDICATIONS,
        "musiconhold.conf": _music(layout),
        "queues.conf": "[general]\npersistentmembers = no\n",
        "voicemail.conf": fixed_files.VOICEMAIL,
        "cel.conf": "[general]\nenable = no\n",
        **dict.fromkeys(fixed_files.EMPTY, ""),
    }


def extensions(office: Office) -> str:
    """Returns extensions.conf: the text given, and hints for the phones."""
    hints = [f"exten => {p.extension},hint,PJSIP/{p.extension}" for p in office.phones]
    return "\n".join((office.extensions_conf.rstrip(), "", "[from-phones](+)", *hints, ""))


def manager(ports: Ports, office: Office) -> str:
    """Returns manager.conf: our [general], then the text given."""
    general = f"""\
[general]
enabled = yes
bindaddr = {PHONES_HOST}
port = {ports.ami}
timestampevents = yes
displayconnects = no
{office.manager_general.strip()}
"""
    return f"{general}\n{office.manager_conf.strip()}\n"


def _asterisk(layout: Layout, office: Office) -> str:
    home = layout.home
    return f"""\
[directories]
astetcdir => {layout.etc}
astmoddir => {layout.modules}
astdatadir => {layout.data}
astsbindir => {layout.program.parent}
astvarlibdir => {home}/lib
astdbdir => {home}/lib
astkeydir => {home}/lib
astagidir => {home}/lib/agi-bin
astspooldir => {home}/spool
astrundir => {home}/run
astlogdir => {layout.log}

[options]
systemname = {office.name}
verbose = {office.verbose}
debug = 0
nocolor = yes
hideconnect = yes
dontwarn = yes
transmit_silence = yes
defaultlanguage = {office.language}
live_dangerously = no
"""


def _pjsip(ports: Ports, office: Office) -> str:
    phones = "".join(_phone(phone, office.language) for phone in office.phones)
    return _transport(ports) + _trunk(ports, office) + phones


def _transport(ports: Ports) -> str:
    return f"""\
[global]
type = global
user_agent = lab-pbx
endpoint_identifier_order = ip,username
keep_alive_interval = 0

[system]
type = system
disable_tcp_switch = yes
threadpool_initial_size = 4
threadpool_auto_increment = 4
threadpool_max_size = 40

[udp]
type = transport
protocol = udp
bind = {PHONES_HOST}:{ports.sip}
"""


def _trunk(ports: Ports, office: Office) -> str:
    return f"""
[trunk]
type = endpoint
transport = udp
context = {office.trunk_context}
aors = trunk
disallow = all
allow = alaw,ulaw
direct_media = no
rtp_symmetric = yes
force_rport = yes
rewrite_contact = no
send_pai = yes
trust_id_inbound = yes
trust_id_outbound = yes
; without this the client's carrier learns the name of whoever answers
send_connected_line = no
allow_transfer = no
timers = no
language = {office.language}

[trunk]
type = aor
contact = sip:{TRUNK_HOST}:{ports.trunk}

[trunk]
type = identify
endpoint = trunk
match = {TRUNK_HOST}
"""


def _phone(phone: LabPhone, language: str) -> str:
    name = phone.name.replace('"', "").replace("\n", " ")
    number = phone.extension
    return f"""
[{number}]
type = endpoint
transport = udp
context = from-phones
auth = {number}
aors = {number}
callerid = "{name}" <{number}>
disallow = all
allow = alaw,ulaw
direct_media = no
rtp_symmetric = yes
force_rport = yes
rewrite_contact = no
send_pai = yes
trust_id_outbound = yes
device_state_busy_at = 1
call_group = 1
pickup_group = 1
allow_subscribe = yes
timers = no
language = {language}

[{number}]
type = auth
auth_type = userpass
username = {number}
password = {phone.password}

[{number}]
type = aor
max_contacts = 1
remove_existing = yes
minimum_expiration = 5
default_expiration = 300
qualify_frequency = 0
"""


def _rtp(ports: Ports) -> str:
    first, last = ports.rtp[0], ports.rtp[-1]
    return f"[general]\nrtpstart = {first}\nrtpend = {last}\nstrictrtp = no\nicesupport = no\n"


def _music(layout: Layout) -> str:
    return f"[default]\nmode = files\ndirectory = {layout.data}/moh\n"


def _cdr_custom() -> str:
    def column(name: str) -> str:
        raw = ",u" if name in _INSTANTS else ""
        return f"${{CSV_QUOTE(${{CDR({name}{raw})}})}}"

    return "[mappings]\ncalls.csv => " + ",".join(column(name) for name in CDR_FIELDS) + "\n"


def _modules() -> str:
    lines = [f"load = {name}.so" for name in fixed_files.MODULES]
    return "\n".join(("[modules]", "autoload = no", *lines, ""))

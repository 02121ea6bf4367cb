"""Files that tell a computer to open `infinity:` and `callto:` links here.

A web page may take `tel:` but not these: the system must be told. The whole link becomes the end of
our address, which only asks; neither file starts a shell, so nothing in a link is a command.
"""

from __future__ import annotations

SCHEMES = ("infinity", "callto")


def registry_file(address: str) -> bytes:
    """For Windows: each person's own part of the registry, so that no administrator is needed."""
    lines = ["Windows Registry Editor Version 5.00", ""]
    for scheme in SCHEMES:
        key = rf"HKEY_CURRENT_USER\Software\Classes\{scheme}"
        command = f'rundll32.exe url.dll,FileProtocolHandler "{address}/dial/link/%1"'
        quoted = command.replace("\\", "\\\\").replace('"', '\\"')
        lines += [
            f"[{key}]",
            f'@="URL:{scheme} (Dozvon)"',
            '"URL Protocol"=""',
            "",
            rf"[{key}\shell\open\command]",
            f'@="{quoted}"',
            "",
        ]
    return "\r\n".join(lines).encode("utf-16")


def desktop_file(address: str) -> str:
    """For Linux desktops (freedesktop.org's Desktop Entry): no character of it needs a quote."""
    kinds = "".join(f"x-scheme-handler/{scheme};" for scheme in SCHEMES)
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=Dozvon\n"
        "Comment=Call by a click\n"
        f"Exec=xdg-open {address}/dial/link/%u\n"
        f"MimeType={kinds}\n"
        "NoDisplay=true\n"
        "Terminal=false\n"
    )

"""The programs that the tests drive and that need not be installed: a browser, ffmpeg, PostgreSQL.

What a program is made of is written here; how it gets onto the machine, in `packages`. The browser
brings its own font, so that a page looks the same wherever its picture is taken.
"""

from dozvon.lab.packages import Tool

_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""

# Ubuntu's package of this name is a stub for a snap: there an installed browser is the only way.
CHROMIUM = Tool(
    name="chromium",
    programs=("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    packages=("chromium", "fonts-dejavu-core"),
    inside=("usr/lib/chromium/chromium",),
    around={"FONTCONFIG_FILE": "$root/fonts.conf"},
    files={"fonts.conf": _FONTS},
)

FFMPEG = Tool(
    name="ffmpeg",
    programs=("ffmpeg",),
    packages=("ffmpeg",),
    inside=("usr/bin/ffmpeg", "usr/bin/ffprobe"),
)

# Its programs lie in a folder of their version, and whoever starts them looks for it.
POSTGRESQL = Tool(name="postgresql", programs=(), packages=("postgresql",), inside=())

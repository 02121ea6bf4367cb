"""What pages load is in the wheel, is what it says it is, and comes from nowhere else."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
VENDOR = WEB / "static" / "vendor"
OURS = [
    file
    for file in [*(WEB / "templates").rglob("*.html"), *(WEB / "static").rglob("*.*")]
    if file.suffix in {".html", ".css", ".js", ".svg"} and "vendor" not in file.parts
]


def test_every_vendored_file_has_its_version_hash_and_licence() -> None:
    told = tomllib.loads((VENDOR / "versions.toml").read_text("utf-8"))
    licences = {about["licence_file"] for about in told.values()}
    assert {f.name for f in VENDOR.iterdir()} == {*told, *licences, "versions.toml"}
    for name, about in told.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == about["sha256"], name
        assert about["version"] in name


@pytest.mark.parametrize("file", OURS, ids=lambda f: f.name)
def test_no_page_loads_anything_from_elsewhere_or_writes_inline_code(file: Path) -> None:
    text = file.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"""(src|href|action|url\()\s*=?\s*["'(]?\s*(https?:)?//""", text)
    if file.suffix == ".html":
        assert not re.search(r"\s(style|on[a-z]+)\s*=", text), "the content policy forbids it"
        assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text), "the content policy forbids it"
        assert "|safe" not in text.replace(" ", ""), "what comes from a caller is escaped"

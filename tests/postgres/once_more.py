"""Tests of another file, to be run here with the fixtures of this folder."""

from __future__ import annotations

import importlib.util
from collections.abc import Collection
from pathlib import Path
from types import ModuleType
from typing import Any

TESTS = Path(__file__).parents[1]


def module_of(path: str) -> ModuleType:
    """Another test file as a module of its own."""
    file = TESTS / path
    spec = importlib.util.spec_from_file_location(f"on_postgresql_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def taken_from(path: str, *, without: Collection[str] = (), **instead: Any) -> dict[str, Any]:
    """The tests and fixtures of a file, without those that are about SQLite's file alone.

    What is given in `instead` takes the place of the file's own, in its tests too.
    """
    found = vars(module_of(path))
    found.update(instead)
    missing = [name for name in without if name not in found]
    assert not missing, f"{path} has no {missing}: take them out of the list"
    return {
        name: value
        for name, value in found.items()
        if not name.startswith("__") and name not in without
    }

"""A fresh yard for every test."""

from pathlib import Path

import pytest

from tests.practice.build.yard import Yard, yard


@pytest.fixture
def site(tmp_path: Path) -> Yard:
    return yard(tmp_path)

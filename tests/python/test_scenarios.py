from __future__ import annotations

from pathlib import Path

import pytest
import scenario


@pytest.mark.parametrize("file", scenario.FILES, ids=lambda file: file.stem)
def test_scenario(file: Path) -> None:
    scenario.run(file)

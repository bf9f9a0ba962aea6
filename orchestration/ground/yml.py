"""Reading the project's own YAML files."""

from pathlib import Path
from typing import Any

import yaml

# libyaml reads ten times as fast as Python; it is there wherever PyYAML came as a wheel.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(file: Path) -> Any:
    """What the file holds. Raises OSError or yaml.YAMLError."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)

"""Where the files that come with the program are: icons, fonts, themes, sample content."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource_path(name: str) -> Path:
    """The path of `name`, relative to `resources/`. In a wheel these files are inside the package as `_resources`."""
    bundled = _PACKAGE / "_resources"
    return (bundled if bundled.is_dir() else _PACKAGE.parent / "resources") / name

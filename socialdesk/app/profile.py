"""Where one desk keeps its things."""

import os
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "SOCIALDESK_PROFILE"
NAME = "socialdesk"


@dataclass(frozen=True, slots=True)
class Profile:
    """Folders of a run. With `--profile DIR` or SOCIALDESK_PROFILE all of them are inside that folder."""

    data: Path
    cache: Path
    logs: Path

    @classmethod
    def choose(cls, folder: Path | None = None) -> "Profile":
        if folder is None and os.environ.get(VARIABLE):
            folder = Path(os.environ[VARIABLE])
        if folder is not None:
            root = folder.expanduser().absolute()
            return cls(root, root / "cache", root / "logs")
        import platformdirs  # start-up: not where a folder is given

        dirs = platformdirs.PlatformDirs(NAME, appauthor=False)
        return cls(Path(dirs.user_data_dir), Path(dirs.user_cache_dir), Path(dirs.user_log_dir))

    @property
    def tag(self) -> str:
        """A short name of this profile for the keyring and the window's socket."""
        import hashlib  # start-up: not before the first paint

        return hashlib.sha256(str(self.data).encode()).hexdigest()[:12]

    def make(self) -> None:
        """Creates the folders, readable by their owner alone. Raises OSError where it cannot."""
        for folder in (self.data, self.cache, self.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

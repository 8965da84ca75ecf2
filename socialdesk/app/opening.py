"""What the engine's process is started with."""

from pathlib import Path

from socialdesk.app.profile import Profile

FORGETS = "forgets"


class Opening:
    """Which profile. `keeps_secrets` False: they live as long as the process (the practice desk).

    Content may name loopback addresses with one of `trusted_ports` (the practice networks').
    """

    def __init__(
        self, profile: Profile, *, keeps_secrets: bool = True, trusted_ports: frozenset[int] = frozenset()
    ) -> None:
        self.profile, self.keeps_secrets, self.trusted_ports = profile, keeps_secrets, trusted_ports

    def words(self) -> list[str]:
        """As arguments of a command line."""
        folders = [str(folder) for folder in (self.profile.data, self.profile.cache, self.profile.logs)]
        return [*folders, *([] if self.keeps_secrets else [FORGETS]), *map(str, sorted(self.trusted_ports))]

    @classmethod
    def of_words(cls, words: list[str]) -> "Opening":
        data, cache, logs, *rest = words
        ports = frozenset(int(word) for word in rest if word != FORGETS)
        return cls(Profile(Path(data), Path(cache), Path(logs)), keeps_secrets=FORGETS not in rest, trusted_ports=ports)

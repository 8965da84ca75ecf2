"""Starts the desk, or runs one command of the command line."""

import sys
from pathlib import Path

FROZEN_FLAG = "--content-worker"  # as in `content.worker`, which is too much to import here
ENGINE_FLAG = "--engine"  # as in `app.engine_start`


def main() -> int:
    """Without a command the window opens. Its modules and typer's are loaded only where they are used."""
    words = sys.argv[1:]
    if words[:1] == [FROZEN_FLAG]:
        from socialdesk.content.child import main as serve  # the worker process of a bundled program

        serve()
        return 0
    if words[:1] == [ENGINE_FLAG]:
        from socialdesk.app.engine_process import main as run_engine  # the engine of a bundled program

        run_engine()
        return 0
    profile: Path | None = None
    practice = False
    rest: list[str] = []
    while words:
        word = words.pop(0)
        if word == "--profile" and words:
            profile = Path(words.pop(0))
        elif word.startswith("--profile="):
            profile = Path(word.partition("=")[2])
        elif word == "--practice":
            practice = True
        else:
            rest = [word, *words]
            break
    if rest and rest != ["run"]:
        from socialdesk.cli.main import app  # typer: 0.1 s that opening the window must not wait for

        app()
        return 0
    from socialdesk.app.start import start  # the window's modules: not for the command line

    return start(profile, practice=practice, explain=rest == ["run"])


if __name__ == "__main__":
    sys.exit(main())

"""The practice networks in a process of their own, each as far away as a network is.

`python -m tests.bench.practice_servers` prints one line of JSON (credentials by network, ports) and ends when standard
input does.
"""

import json
import sys

from socialdesk.practice.desk import PracticeDesk

SHORT = ("x", "linkedin", "facebook", "threads", "mastodon", "bluesky", "tumblr", "micropub")
NEAREST_S, FARTHEST_S = 0.15, 0.30


def main() -> None:
    with PracticeDesk(SHORT) as desk:
        for place, server in enumerate(desk.servers.values()):  # each as far away as it is: chance has no part
            server.latency_s = NEAREST_S + (FARTHEST_S - NEAREST_S) * place / (len(desk.servers) - 1)
        said = {"credentials": {key: dict(answers) for key, answers in desk.credentials.items()}}
        sys.stdout.write(json.dumps({**said, "ports": sorted(desk.ports)}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()

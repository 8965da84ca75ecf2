"""What the worker's tests send to the child."""

import ctypes
import os
import re
import sys
import time
from pathlib import Path

from socialdesk.core.errors import ContentError


def double(number: int) -> int:
    return number * 2


def process_id() -> int:
    return os.getpid()


def modules() -> tuple[str, ...]:
    return tuple(sys.modules)


def refuse() -> None:
    raise ContentError("nothing in it", reason="not_a_feed")


def wrong_value() -> None:
    raise ValueError("not a number")


def break_down() -> None:
    raise KeyError("no such thing")


def die() -> None:
    os._exit(3)


def segfault() -> None:
    ctypes.string_at(0)


def hang() -> None:
    while True:
        time.sleep(60)


def never_return_from_c() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")  # holds the interpreter for longer than anybody lives


def eat_memory() -> int:
    return len(bytearray(3 << 30))


def chatter() -> str:
    print("noise on standard output")
    os.write(1, b"more noise")
    return "calm"


def unsendable() -> object:
    return lambda: None


def recurse(depth: int = 0) -> int:
    return recurse(depth + 1)


def big(size: int) -> bytes:
    return b"x" * size


def append_line(path: str) -> None:
    with Path(path).open("a") as file:
        file.write("ran\n")


def tell_and_hang(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    hang()


def tell_and_hold_interpreter(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    never_return_from_c()

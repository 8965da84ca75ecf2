"""Ghost's filter language, as far as lists of posts and tags use it. Source: npm `@tryghost/nql-lang`.

`status:[draft,scheduled]+updated_at:>'2026-…'` : `+` is and, `,` is or, brackets group, `-` before a value is not,
`~` contains, `~^` begins with, `~$` ends with (these three whatever the case).
"""

import re
from collections.abc import Callable, Mapping

_TOKEN = re.compile(
    r"\s*(?:(?P<quoted>'(?:\\.|[^'\\])*')|(?P<sign>>=|<=|~\^|~\$|[-+,()\[\]:><~])|(?P<word>[^\s+,()\[\]:><~']+))"
)

Values = Mapping[str, tuple[str, ...]]
Test = Callable[[Values], bool]


class FilterError(ValueError):
    """The filter cannot be read."""


def parse(text: str) -> Test:
    """A test over a row's values; a name that the row does not have has none. Raises FilterError."""
    parser = _Parser(_tokens(text))
    test = parser.either()
    if parser.peek():
        raise FilterError("Error parsing filter")
    return test


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise FilterError("Error parsing filter")
        kind = found.lastgroup or ""
        value = found[kind]
        tokens.append((kind, re.sub(r"\\(.)", r"\1", value[1:-1]) if kind == "quoted" else value))
        at = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> str:
        """The sign that comes next, '' for anything else."""
        kind, value = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        return value if kind == "sign" else kind

    def take(self) -> str:
        if self._at >= len(self._tokens):
            raise FilterError("Error parsing filter")
        self._at += 1
        return self._tokens[self._at - 1][1]

    def expect(self, sign: str) -> None:
        if self.peek() != sign:
            raise FilterError("Error parsing filter")
        self.take()

    def either(self) -> Test:
        tests = [self.both()]
        while self.peek() == ",":
            self.take()
            tests.append(self.both())
        return lambda row: any(test(row) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.peek() == "+":
            self.take()
            tests.append(self.one())
        return lambda row: all(test(row) for test in tests)

    def one(self) -> Test:
        if self.peek() == "(":
            self.take()
            test = self.either()
            self.expect(")")
            return test
        name = self.take()
        self.expect(":")
        wanted = self._not() if self.peek() == "-" else None
        return wanted(name) if wanted else self._comparison(name)

    def _not(self) -> Callable[[str], Test]:
        self.take()

        def negated(name: str) -> Test:
            test = self._comparison(name)
            return lambda row: not test(row)

        return negated

    def _comparison(self, name: str) -> Test:
        sign = self.peek()
        if sign == "[":
            values = self._list()
            return lambda row: bool(set(row.get(name, ())) & values)
        if sign in _COMPARE:
            self.take()
        elif sign in {"", "(", ")", "]", "+", ",", ":", "-"}:
            raise FilterError("Error parsing filter")
        compare, value = _COMPARE.get(sign, _equal), self.take()
        return lambda row: any(compare(mine, value) for mine in row.get(name, ()))

    def _list(self) -> frozenset[str]:
        self.expect("[")
        values = {self.take()}
        while self.peek() == ",":
            self.take()
            values.add(self.take())
        self.expect("]")
        return frozenset(values)


def _equal(mine: str, value: str) -> bool:
    return mine == value


_COMPARE: Mapping[str, Callable[[str, str], bool]] = {
    ">": lambda mine, value: mine > value,
    "<": lambda mine, value: mine < value,
    ">=": lambda mine, value: mine >= value,
    "<=": lambda mine, value: mine <= value,
    "~": lambda mine, value: value.casefold() in mine.casefold(),
    "~^": lambda mine, value: mine.casefold().startswith(value.casefold()),
    "~$": lambda mine, value: mine.casefold().endswith(value.casefold()),
}

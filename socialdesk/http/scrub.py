"""Removes what looks like a secret from words that may be logged or shown."""

import re

HIDDEN = "[hidden]"

_NAMES = (
    r"(?:access_?token|refresh_?token|id_?token|token|access_?jwt|refresh_?jwt|client_?secret|secret|api_?key|"
    r"app_?password|password|passwd|pwd|code_?verifier|code|assertion|authorization|cookie|set-cookie|sig|signature|"
    r"session(?:_?id)?|private_?key)"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # name: "value" / name=value / name: value, in JSON, forms, queries and headers
    (re.compile(rf'(["\']{_NAMES}["\']\s*:\s*)(["\'])(?:\\.|(?!\2).)*(?:\2|$)', re.IGNORECASE), rf"\1\2{HIDDEN}\2"),
    (re.compile(r"\b(Bearer|Basic|DPoP|Token|Digest)\s+[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        re.compile(rf"(?<![A-Za-z0-9])({_NAMES}\s*=\s*)(?!{re.escape(HIDDEN)})[^\s&\"'<>,;]+", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\bey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), HIDDEN),  # JSON web tokens
    (re.compile(r"(?<=://)[^/\s@:]+:[^/\s@]+(?=@)"), HIDDEN),  # user:password@host
)


def scrub(text: str) -> str:
    """`text` with tokens, passwords, codes, signatures and JSON web tokens replaced by "[hidden]"."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text

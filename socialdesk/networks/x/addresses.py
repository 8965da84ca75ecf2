"""Whether a whole text is a web address, as X validates one (RFC 3986 with names in any script, twitter-text)."""

import re

_LETTER = r"[a-z0-9]|[^\x00-\x7f]"
_UNRESERVED = r"a-z\u0400-\u052f0-9\-\u2010-\u2015._~"
_SUB_DELIMITERS = r"!$&'()*+,;="
_PART = rf"(?:[{_UNRESERVED}{_SUB_DELIMITERS}:|@]|%[0-9a-f]{{2}})"
_SUBDOMAIN = rf"(?:{_LETTER})(?:(?:[_\-]|{_LETTER})*(?:{_LETTER}))?"
_DOMAIN = rf"(?:{_LETTER})(?:(?:-|{_LETTER})*(?:{_LETTER}))?"
_TOP = rf"(?:[a-z]|[^\x00-\x7f])(?:(?:-|{_LETTER})*(?:{_LETTER}))?"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HOST = rf"{_OCTET}(?:\.{_OCTET}){{3}}|\[[a-f0-9:.]+\]|(?:{_SUBDOMAIN}\.)*{_DOMAIN}\.{_TOP}"
_SHAPE = re.compile(r"(?:([^:/?#]+)://)?([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_AUTHORITY = re.compile(
    rf"(?:(?:[{_UNRESERVED}{_SUB_DELIMITERS}:]|%[0-9a-f]{{2}})*@)?(?:{_HOST})(?::[0-9]{{1,5}})?", re.IGNORECASE
)
_PATH = re.compile(rf"(?:/{_PART}*)*", re.IGNORECASE)
_QUERY = re.compile(rf"(?:{_PART}|[/?])*", re.IGNORECASE)
_LONGEST = 4096


def is_address(text: str, *, scheme_needed: bool = True) -> bool:
    """True for an http(s) address, whole and by itself. Without `scheme_needed` a bare example.com is one too."""
    shape = _SHAPE.fullmatch(text) if 0 < len(text) <= _LONGEST else None
    if shape is None:
        return False
    scheme, authority, path, query, fragment = shape.groups()
    if scheme_needed and (scheme or "").lower() not in {"http", "https"}:
        return False
    return all(
        (
            _AUTHORITY.fullmatch(authority),
            _PATH.fullmatch(path),
            _QUERY.fullmatch(query or ""),
            _QUERY.fullmatch(fragment or ""),
        )
    )

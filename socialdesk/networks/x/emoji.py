"""Emoji as X counts them: a whole sequence is one. Source: twitter/twitter-text, rb/lib/twitter-text/emoji_regex.rb."""

import functools
from typing import Any

# Flags are pairs of letters, but not every pair is one (Unicode emoji-sequences, RGI_Emoji_Flag_Sequence).
_FLAGS = """
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz ca cc
cd cf cg ch ci ck cl cm cn co cp cq cr cu cv cw cx cy cz de dg dj dk dm do dz ea ec ee eg eh er es et eu fi fj fk fm fo
fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu ic id ie il im in io iq ir is it je jm jo
jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt
mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa
sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz ta tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug um
un us uy uz va vc ve vg vi vn vu wf ws xk ye yt za zm zw
"""
_FIRST_LETTER = 0x1F1E6


def emoji(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each emoji sequence in `text`."""
    if text.isascii():
        return ()
    return tuple(match.span() for match in _sequence().finditer(text))


@functools.cache
def _sequence() -> Any:
    import regex  # start-up: 20 ms that the first paint does not need

    flags = "|".join("".join(chr(_FIRST_LETTER + ord(c) - ord("a")) for c in flag) for flag in _FLAGS.split())
    signs = "\u00a9\u00ae\u2122\u265f"  # text unless a selector says otherwise
    one = (
        r"[\p{Emoji}--[0-9#*SIGNS\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]](?!\ufe0e)\ufe0f?[\U0001f3fb-\U0001f3ff]?"
    )
    one = f"(?:{one.replace('SIGNS', signs)}|[{signs}]\ufe0f)"
    return regex.compile(
        rf"\U0001f3f4[\U000e0030-\U000e007a]+\U000e007f|[0-9#*]\ufe0f?\u20e3|{flags}"
        rf"|{one}(?:\u200d{one})*+|[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]|\ufe0f",
        regex.VERSION1,
    )

# ruff: noqa: E501
"""HTML that attackers write: one per line of thought. Shared by the tests of everything that ends in HTML."""

_URLS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "java\nscript:alert(1)",
    "java\rscript:alert(1)", "\x01javascript:alert(1)", "\x00javascript:alert(1)", "java\x00script:alert(1)",
    "&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "&#0000106avascript:alert(1)", "javascript&colon;alert(1)",
    "javascript&#58;alert(1)", "java&Tab;script:alert(1)", "java&NewLine;script:alert(1)", "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>", "feed:javascript:alert(1)", "file:///etc/passwd", "blob:https://x/1",
    "view-source:https://x", "livescript:alert(1)", "mocha:alert(1)", "jar:https://x!/y", "ms-its:x", "about:blank",
    "//javascript:alert(1)", "\u2028javascript:alert(1)", "java\u00adscript:alert(1)", "intent://x#Intent;scheme=x;end",
    "smb://host/share", "tel:+1", "x-apple:y", "javascript://example.com/%0aalert(1)", "https:javascript:alert(1)",
]  # fmt: skip
_HANDLERS = [
    "onerror", "onload", "onclick", "onmouseover", "onfocus autofocus", "ONERROR", "onanimationstart", "onpointerover",
    "ontoggle open", "onbeforeinput", "formaction", "on\x00error", "onerror/", "\x0conerror", "/onerror", "onwheel",
]  # fmt: skip
_WHOLE = [
    "<script>alert(1)</script>", "<SCRIPT SRC=https://x.example/x.js></SCRIPT>", "<scr<script>ipt>alert(1)</script>",
    "<script\x20type='text/javascript'>alert(1)</script>", "<script/x>alert(1)</script>", "<script>alert(1)",
    "<<SCRIPT>alert(1);//<</SCRIPT>", "</script><script>alert(1)</script>", "<script\n>alert(1)</script\n>",
    "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>", "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>", "<svg><desc><img src=x onerror=alert(1)></desc></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></foreignObject></svg>",
    "<svg><set attributeName=href to=javascript:alert(1)></svg>", "<svg><use href='data:image/svg+xml,x#y'/></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math href=javascript:alert(1)>x</math>", "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe src=data:text/html,x></iframe>", "<iframe/onload=alert(1) src=https://x.example/>",
    "<object data=javascript:alert(1)></object>", "<object data='data:text/html,x'></object>", "<embed src=javascript:alert(1)>",
    "<embed src='data:image/svg+xml;base64,x'>", "<applet code=x></applet>", "<base href=javascript:alert(1)//>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>", "<link rel=stylesheet href=javascript:alert(1)>",
    "<link rel=import href=https://x.example/x>", "<style>@import 'https://x.example/x.css'</style>",
    "<style>body{background:url(javascript:alert(1))}</style>", "<style><!--</style><script>alert(1)</script>-->",
    "<div style='background:url(javascript:alert(1))'>x</div>", "<div style='width:expression(alert(1))'>x</div>",
    "<p style='behavior:url(#x)'>x</p>", "<div style='position:fixed;inset:0'>x</div>", "<form action=javascript:alert(1)><input type=submit>",
    "<button formaction=javascript:alert(1)>x</button>", "<input autofocus onfocus=alert(1)>", "<isindex action=javascript:alert(1)>",
    "<select><style></select><img src=x onerror=alert(1)></style>", "<textarea><script>alert(1)</script></textarea>",
    "<textarea></textarea><img src=x onerror=alert(1)>", "<title></title><img src=x onerror=alert(1)>",
    "<xmp><img src=x onerror=alert(1)></xmp>", "<plaintext><img src=x onerror=alert(1)>", "<noembed><img src=x onerror=alert(1)></noembed>",
    "<template><script>alert(1)</script></template>", "<template shadowrootmode=open><img src=x onerror=alert(1)></template>",
    "<video><source onerror=alert(1)></video>", "<video poster=javascript:alert(1)></video>", "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>", "<marquee onstart=alert(1)>x</marquee>", "<body onload=alert(1)>",
    "<frameset onload=alert(1)><frame src=javascript:alert(1)>", "<layer src=https://x.example/></layer>", "<bgsound src=javascript:alert(1)>",
    "<table background=javascript:alert(1)><td background=javascript:alert(1)>x", "<img src=x:x onerror=alert(1)>",
    "<img src=`javascript:alert(1)`>", "<img \"\"\"><script>alert(1)</script>\">", "<img src='x' onerror='alert(1)'//>",
    "<img srcset='javascript:alert(1) 1x'>", "<img src=x srcset='data:text/html,x 2x' onerror=alert(1)>",
    "<img lowsrc=javascript:alert(1)>", "<img dynsrc=javascript:alert(1)>", "<img data-src=javascript:alert(1)>",
    "<a href=https://x.example onclick=alert(1)>x</a>", "<a href='https://x.example' ping=https://evil.example>x</a>",
    "<a href=https://x.example target=_blank>x</a>", "<a title='\"><script>alert(1)</script>' href=https://x.example>x</a>",
    "<a title=' href=' dir='javascript:alert(1)' href='https://x.example'>x</a>",
    "<a title='&quot; onclick=&quot;alert(1)' href='/rel?a=1&utm_source=x'>x</a>",
    "<img alt='\"><script>alert(1)</script>' src=/rel.png>", "<img alt='a > b' src='/x.png?a=\"onerror=alert(1)'>",
    "<a href='/x\"onmouseover=\"alert(1)'>x</a>", "<a href=\"https://x.example/&quot;onclick=&quot;alert(1)\">x</a>",
    "<blockquote cite=javascript:alert(1)>x</blockquote>", "<q cite=javascript:alert(1)>x</q>", "<ins cite=javascript:alert(1)>x</ins>",
    "<!--><script>alert(1)</script>-->", "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->", "<!-- --!><img src=x onerror=alert(1)>",
    "<![CDATA[<script>alert(1)</script>]]>", "<?xml version='1.0'?><script>alert(1)</script>", "<?php echo '<script>'; ?>",
    "<!DOCTYPE html [<!ENTITY x '<script>alert(1)</script>'>]>&x;", "&lt;script&gt;alert(1)&lt;/script&gt;", "<%<!--'%><script>alert(1);</script -->",
    "<a href=javas&#99;ript:alert(1)>x</a>", "\u212aimg src=x onerror=alert(1)>", "<\u0130mg src=x onerror=alert(1)>", "<img/src=x/onerror=alert(1)>",
    "<p><svg><p><style><!--</style><img src=x onerror=alert(1)>--></p></svg>", "<a><b><a href=javascript:alert(1)></b>x",
    "<table><a href=javascript:alert(1)>x</table>", "<custom-element onfoo=alert(1)>x</custom-element>", "<x onclick=alert(1)>x</x>",
    "<img src=x id=__proto__ name=cookie>", "<a id=location name=location href=https://x.example>x</a>", "<form name=body><input name=cookie>",
    "<portal src=javascript:alert(1)>", "<fencedframe src=x>", "<dialog open><script>alert(1)</script></dialog>", "<slot onslotchange=alert(1)>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "%3Cscript%3Ealert(1)%3C/script%3E", "\ufeff<script>alert(1)</script>",
    "<math><mtext><mglyph><svg><mtext><style><path id='</style><img onerror=alert(1) src>'>",
    "<svg><title><![CDATA[</title><script>alert(1)</script>]]></svg>", "<noframes><style></noframes><img src=x onerror=alert(1)></style>",
]  # fmt: skip
PAYLOADS = (
    [f'<a href="{url}">x</a>' for url in _URLS]
    + [f'<img src="{url}" alt="x">' for url in _URLS[:24]]
    + [f"<img src=https://x.example/x.png {handler}=alert(1)>" for handler in _HANDLERS]
    + _WHOLE
)
PIECES = (
    "<svg>", "<math>", "<style>", "<script>", "<noscript>", "<p>", "<table>", "<td>", "<a href='javascript:alert(1)'>",
    "<img src=x onerror=alert(1)>", "<!--", "-->", "</style>", "</script>", "</svg>", "</math>", "</p>", "<mtext>", "<mglyph>",
    "<title>", "</title>", "<template>", "<iframe srcdoc='<script>alert(1)</script>'>", "<form>", "</form>", "\"", "'", ">", "<",
    "&lt;", "&#x3c;", "<![CDATA[", "]]>", "<select>", "<option>", "<textarea>", "<xmp>", "<foreignObject>", "<annotation-xml>",
    "<desc>", "<br>", "<b>", "</b>", "<i", " onclick=alert(1) ", "<a title='", " href='", "data:text/html,x", "<base href=//x>",
    "<div hidden>", "<div style='display:none'>", "<picture>", "<source srcset='javascript:alert(1)'>", "\x00", "\u2028", "text",
    "<video poster=javascript:alert(1)>", "<object data='javascript:alert(1)'>", "</object>", "<plaintext>", "<li>", "<ruby>",
)  # fmt: skip

"""Web addresses: resolving, cleaning and comparing them. Pure; a broken address never raises."""

import re
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

WEB_SCHEMES = frozenset({"http", "https"})
DEFAULT_PORTS = {"http": 80, "https": 443}

# Query parameters that say where a click came from and never what is shown, lower case: Google, Microsoft, Meta, X,
# LinkedIn, TikTok, Pinterest, Reddit; HubSpot, Marketo, Mailchimp, Eloqua, Pardot, ActiveCampaign, Klaviyo, Vero,
# Adobe, dotdigital, Silverpop and other mailers; publishers' and affiliates' own.
_NAMES = """
gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid _ga _gl _gac ga_source ga_medium ga_campaign
ga_content ga_term msclkid fbclid fb_action_ids fb_action_types fb_ref fb_source fb_comment_id igshid igsh mibextid
__tn__ __cft__ twclid ref_src ref_url tw_source tw_medium tw_campaign li_fat_id lipi trackingid midtoken midsig ttclid
tt_medium tt_content epik rdt_cid sccid yclid ysclid _openstat
hsctatracking hss_channel mkt_tok mkt_unsubscribe mc_cid mc_eid mc_tc elq elqtrackid elqtrack elqaid elqat elqak
elqcampaignid elqcst pi_list_email pi_campaign_id vgo_ee _kx _ke klaviyo_id sc_cid s_cid s_kwcid ef_id dm_i dm_t
spmailingid spuserid spjobid spreportid ck_subscriber_id sfmc_id sfmc_sub sfmc_activityid sfmc_activity_id
sfmc_journey_id et_rid nr_email_referer goal_click_id _bhlid wickedid rb_clickid __s iterable_campaign
iterable_template omnisendcontactid
ns_mchannel ns_source ns_campaign ns_linkname ns_fee ns_mail_uid ns_mail_job xtor at_campaign at_medium
at_campaign_type at_creation at_format at_link_id at_link_type at_link_origin at_ptr_name at_bbc_team
at_recipient_id at_recipient_list at_send_date wt_mc wt.mc_id wt_zmc cmpid campaign_id campaign_medium
campaign_name campaign_source campaign_term campaign_content guccounter guce_referrer guce_referrer_sig ito smid
icid __readwiselocation irclickid irgwc dicbo obclid tblci nb_klid nb_placement nb_expid rss_source feed_source ncid
soc_src soc_trk echobox wprov
"""
TRACKING_NAMES = frozenset(_NAMES.split())
TRACKING_PREFIXES = (
    "utm_", "hsa_", "_hs", "__hs", "pk_", "mtm_", "matomo_", "piwik_", "itm_", "stm_", "oly_", "bsft_", "trk_",
    "_branch_", "at_custom", "sailthru_", "elqtrack", "mkto_", "vero_", "ml_sub", "adobe_mc", "cm_mmc",
)  # fmt: skip
# Names that are tracking at these hosts (and hosts below them) only; elsewhere they may choose the page.
TRACKING_AT_HOST = {
    "linkedin.com": frozenset({"trk", "refid", "originalsubdomain"}),
    "youtube.com": frozenset({"si", "feature", "pp"}),
    "youtu.be": frozenset({"si", "feature"}),
    "spotify.com": frozenset({"si"}),
    "twitter.com": frozenset({"s", "t"}),
    "x.com": frozenset({"s", "t"}),
    "medium.com": frozenset({"source", "sk_source"}),
    "nytimes.com": frozenset({"emc", "partner"}),
}

_HOST_NAMES = frozenset().union(*TRACKING_AT_HOST.values())
# What nearly all addresses are: complete, ASCII, nothing in them that needs mending.
_USUAL = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?:/[!#-;=?-\[\]-~]*)?")
# What `normalise` has nothing to do for but drop `www.` and a last slash: (host, path). A third of storing a new entry
# went into taking such addresses apart.
_PLAIN = re.compile(r"https?://(?:www\.)?(?!www\.)([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)((?:/[\w~-][\w.~-]*)*)/?", re.ASCII)
_BARE_HOST = re.compile(
    r"(?:(localhost|\d{1,3}(?:\.\d{1,3}){3})|[^\s:/?#@.]+(?:\.[^\s:/?#@.]+)+)(?::\d{1,5})?(?:[/?#]|$)", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_WEB_URL = re.compile(r"[\x00-\x20\x7f\\<>\"]")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE_IN_PATH = "/%:@!$&'()*+,;=~-._"


def is_web(url: str) -> bool:
    """True for a complete http or https address that can be asked for as it stands."""
    if _USUAL.fullmatch(url):
        return True
    if _NOT_IN_WEB_URL.search(url):
        return False
    parts = _split(url)
    host = parts.hostname if parts is not None and parts.scheme in WEB_SCHEMES else None
    return host is not None and "%" not in host and host.strip(".") != ""


def has_sign_in(url: str) -> bool:
    """True where a name or a password stands before the host (`https://name:password@host/`): that is a secret."""
    parts = _split(url)
    return parts is not None and "@" in parts.netloc


def resolve(base: str, url: str) -> str:
    """`url` as it is meant on the page at `base`; empty when it makes no address.

    White space around it and control characters in it are dropped as browsers do (WHATWG URL, basic parser), spaces
    inside are escaped. The scheme is not judged: see `is_web`.
    """
    if _USUAL.fullmatch(url):
        return url
    url = _CONTROL.sub("", url).strip()
    if not url:
        return ""
    try:
        return urljoin(base, url).replace(" ", "%20")
    except ValueError:
        return ""


def complete(text: str) -> str:
    """What a person or a list means by an address: `feed:` prefixes gone, a bare host completed with https.

    The result need not be a web address: see `is_web`.
    """
    text = text.strip()
    lower = text.lower()
    if lower.startswith("feed://"):
        text = "https://" + text[7:]
    elif lower.startswith(("feed:", "rss:")):
        text = text.partition(":")[2]
    if bare := _BARE_HOST.match(text):
        text = ("http://" if bare[1] else "https://") + text
    return resolve("", text)


def strip_tracking(url: str) -> str:
    """The same address without parameters that only tell where a click came from; all else byte for byte."""
    if ("?" not in url and "=" not in url) or not url.startswith(("http://", "https://", "HTTP")):
        return url
    address, hash_mark, fragment = url.partition("#")
    address, question, query = address.partition("?")
    kept = _without_tracking(query, address) if query else query
    if "=" in fragment and not fragment.startswith(("!", "/", ":~:")) and not _without_tracking(fragment, address):
        hash_mark = fragment = ""
    if kept != query:
        question, query = "?" if kept else "", kept
    return f"{address}{question}{query}{hash_mark}{fragment}"


def normalise(url: str) -> str:
    """A key under which two addresses of the same article are equal. Not for asking: it need not work.

    http and https are one, as are a leading `www.`, default ports, a trailing slash, the order and the tracking part of
    the query, needless percent-escapes (RFC 3986, 6.2.2) and the fragment, unless it names a page (`#!...`, `#/...`).
    Anything that is no web address is returned without its surrounding white space.
    """
    if plain := _PLAIN.fullmatch(url):
        return f"https://{plain[1]}{plain[2]}"
    url = resolve("", url)
    parts = _split(url)
    if parts is None or parts.scheme not in WEB_SCHEMES or not parts.hostname:
        return url
    host = _ascii_host(parts.hostname).removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    if parts.port and parts.port not in DEFAULT_PORTS.values():
        host = f"{host}:{parts.port}"
    # one slash in front: two would name a host
    path = _plain_escapes(urlsplit(urljoin("https://h/", f"/{parts.path.lstrip('/')}")).path).rstrip("/")
    kept = _without_tracking(parts.query, url) if parts.query else ""
    query = "&".join(sorted(_plain_escapes(pair) for pair in kept.split("&") if pair))
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit(("https", host, path, query, fragment))


def host_of(url: str) -> str:
    """The host as people read it: lower case, without `www.` and default port. Empty when there is none."""
    parts = _split(url.strip())
    if parts is None or not parts.hostname:
        return ""
    host = parts.hostname.removeprefix("www.").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    return f"{host}:{parts.port}" if parts.port and parts.port != DEFAULT_PORTS.get(parts.scheme) else host


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a bad port raises only when it is read
    except ValueError:
        return None
    return parts


def _without_tracking(query: str, url: str) -> str:
    return "&".join([pair for pair in query.split("&") if not _is_tracking(pair, url)])


def _is_tracking(pair: str, url: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower().removeprefix("amp;")  # "&amp;" escaped twice in feeds
    if name in TRACKING_NAMES or name.startswith(TRACKING_PREFIXES):
        return True
    if name == "source" and value.startswith("rss-"):  # Medium's feeds, on publications' own hosts too
        return True
    return name in _HOST_NAMES and any(name in names and _is_at(url, host) for host, names in TRACKING_AT_HOST.items())


def _is_at(url: str, host: str) -> bool:
    parts = _split(url)
    own = (parts.hostname or "") if parts is not None else ""
    return own == host or own.endswith("." + host)


def _ascii_host(host: str) -> str:
    host = host.rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _plain_escapes(text: str) -> str:
    if not text.isascii() or " " in text:
        text = quote(text, safe=_SAFE_IN_PATH + "?")
    return _ESCAPE.sub(_plain_escape, text) if "%" in text else text


def _plain_escape(match: re.Match[str]) -> str:
    char = unquote_to_bytes(match[0]).decode("latin-1")
    return char if char in _UNRESERVED else match[0].upper()

"""Which internet addresses content may lead to. Pure."""

import functools
import ipaddress

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Beyond what `ipaddress` calls private: names of the reasons in the comments.
_REFUSED: tuple[_Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # "this network" (RFC 791)
        "100.64.0.0/10",  # carrier-grade NAT (RFC 6598), and Alibaba's metadata service
        "168.63.129.16/32",  # Azure's host service, a public address that never leaves the host
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays, withdrawn (RFC 7526)
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "240.0.0.0/4",  # reserved, and broadcast
        "::/96",  # unspecified, loopback, IPv4-compatible
        "64:ff9b:1::/48",  # NAT64 for local use (RFC 8215)
        "100::/64",  # discard only (RFC 6666)
        "2001::/32",  # Teredo
        "fc00::/7",  # unique local
        "fec0::/10",  # site-local
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOW_32_BITS = 0xFFFFFFFF


def is_private(address: str) -> bool:
    """True for every address that is not plainly a public unicast one; also for what is no address at all.

    Addresses that carry an IPv4 one (mapped, NAT64, 6to4) are judged by that.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            return _refused(inner)
    return _refused(ip)


@functools.lru_cache(maxsize=2048)  # asked several times for each request
def is_loopback(host: str) -> bool:
    """True for this machine's own loopback, by number or by the reserved name (RFC 6761)."""
    name = host.strip("[]").rstrip(".").casefold()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


def leads_to_loopback(place: str) -> bool:
    """Whether a host as people type it, with or without port and path, is this machine's own loopback."""
    host = place.partition("/")[0].rpartition("@")[2]
    return is_loopback(host.partition("]")[0] if host.startswith("[") else host.partition(":")[0])


def is_literal(host: str) -> bool:
    """True when `host` is an address, not a name."""
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & _LOW_32_BITS)
    return ip.ipv4_mapped or ip.sixtofour


def _refused(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_unspecified:
        return True
    return any(ip in network for network in _REFUSED if network.version == ip.version)

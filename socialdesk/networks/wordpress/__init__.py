"""WordPress, self-hosted: articles, and comments as an inbox. REST API `wp/v2` with application passwords."""

from socialdesk.networks.wordpress.adapter import WordPress

NETWORK = WordPress

__all__ = ["NETWORK"]

"""Micropub: posting to one's own site (notes, articles, pictures), signed in with IndieAuth or a pasted token."""

from socialdesk.networks.micropub.adapter import Micropub

NETWORK = Micropub

__all__ = ["NETWORK"]

"""Ghost: own posts, pages and drafts as columns, articles published or planned. Admin API with an Admin API key."""

from socialdesk.networks.ghost.adapter import Ghost

NETWORK = Ghost

__all__ = ["NETWORK"]

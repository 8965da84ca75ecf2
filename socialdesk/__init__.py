"""SocialDesk: one desk for reading and posting across networks and blogs."""

__version__ = "0.1.0"

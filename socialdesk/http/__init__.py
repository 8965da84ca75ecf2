"""The one door to the wire: pacing, limits, address guard, error translation, help for signing in."""

from socialdesk.http.budgets import BudgetKeeper
from socialdesk.http.client import Http
from socialdesk.http.connectivity import Connectivity
from socialdesk.http.status import check
from socialdesk.http.values import NotJson, ProxySettings, Response, Trust

__all__ = ["BudgetKeeper", "Connectivity", "Http", "NotJson", "ProxySettings", "Response", "Trust", "check"]

"""What every network adapter has to keep, as tests to inherit.

A subclass named `Test...` gives the hooks of `contract_base`; everything then runs against its practice server. The
class is the definition of "an adapter works": faults while reading, renewing and publishing become the right errors, a
post in doubt is found or certainly not there, and whatever goes wrong, at whichever request, it is out exactly once.
"""

from tests.networks.contract_base import Later, make_http, no_sleep
from tests.networks.contract_publishing import PublishingContract
from tests.networks.contract_reading import ReadingContract
from tests.networks.contract_renewing import RenewingContract
from tests.networks.contract_scheduling import SchedulingContract

__all__ = ["Later", "NetworkContract", "make_http", "no_sleep"]


class NetworkContract(ReadingContract, RenewingContract, PublishingContract, SchedulingContract):
    """Everything an adapter has to keep."""

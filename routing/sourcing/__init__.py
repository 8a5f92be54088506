"""Who is asked for what and when: state a `Market` of supply and demand, `propose` a `Proposal`. No SQL, no biology.

No solver is loaded here: `routing.sourcing.worker` runs the match in a child process.
"""

from routing.sourcing.document import read_market, read_proposal, write_market, write_proposal
from routing.sourcing.market import Basis, FairShare, Haul, Market, Need, Rules, Substitution, Supply
from routing.sourcing.proposal import Considered, Line, NeedOutcome, Proposal, Surplus, VillageShare
from routing.sourcing.worker import MatchFailed, propose

__all__ = [
    "Basis",
    "Considered",
    "FairShare",
    "Haul",
    "Line",
    "Market",
    "MatchFailed",
    "Need",
    "NeedOutcome",
    "Proposal",
    "Rules",
    "Substitution",
    "Supply",
    "Surplus",
    "VillageShare",
    "propose",
    "read_market",
    "read_proposal",
    "write_market",
    "write_proposal",
]

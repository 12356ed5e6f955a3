"""How the outcomes of a decision are called, and the sign beside each."""

from core.domain import DecisionOutcome

OUTCOME_WORDS: dict[DecisionOutcome, str] = {
    "met": "Met",
    "not_met": "Not met",
    "insufficient": "Insufficient information",
    "not_applicable": "Not applicable",
    "withdrawn": "Taken back",
}
OUTCOME_ICONS: dict[DecisionOutcome, str] = {
    "met": ":material/check:",
    "not_met": ":material/close:",
    "insufficient": ":material/help:",
    "not_applicable": ":material/remove:",
    "withdrawn": ":material/undo:",
}

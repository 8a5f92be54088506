"""What the journal leaves out, and why. A table that is not named here is audited, column by column."""

import re

NOT_AUDITED = {
    "reading": "append-only, and sealed by a chain of its own",
    "reading_batch": "is that chain",
    "reading_conflict": "append-only evidence itself",
    "journal_entry": "is the journal",
    "chain_head": "is the end of the journal",
    "retention": "each drop has an entry of its own",
    "sensor_latest": "repeats a reading",
    "reading_review": "is reckoned from readings, and reckoned again to the same bits",
    "dead_letter_pruning": "is a record itself",
    "reading_hour": "is reckoned from readings",
    "gateway_sequence": "follows every message",
    "gateway_gap": "follows every message",
    "dirty": "a mark between workers",
    "stale_hours": "a mark between workers",
    "untimed_message": "fingerprints, kept for a week",
    "freshness_status": "is reckoned from readings, and reckoned again to the same bits",
    "lot_ledger": "is reckoned from readings, and reckoned again to the same bits",
    "ledger_checkpoint": "is reckoned from readings, and reckoned again to the same bits",
    "delivery": "attempts to bring a message; the alarm and its channel are audited",
    "oidc_attempt": "a sign-in that has only begun",
    "kept_answer": "repeats what was answered, for a day",
    "stream_event": "repeats changes, for those who follow live",
    "worker_heartbeat": "signs of life",
    "truck_position": "comes from phones and trackers several times a minute, and is only added to",
}
"""Tables that the journal leaves out, with the reason."""

ARRIVALS_NOT_AUDITED = {
    "dead_letter": "comes from outside and is a record itself; what people decide about it is audited",
}
"""Tables whose new rows the journal leaves out, with the reason; changes are in it."""

DELETIONS_NOT_AUDITED = {
    "dead_letter": "pruned when garbage floods in, which must not flood the journal; each pruning is on record",
}
"""Tables from which statements delete without an entry, with the reason."""

COLUMNS_NOT_AUDITED = {
    "gateway": {"status", "status_at_ms", "last_seen_at_ms"},  # signs of life
    "api_key": {"last_used_at_ms"},  # a sign of life
    "user_account": {"last_sign_in_at_ms", "totp_last_step"},  # signs of life
    "user_session": {"last_seen_at_ms", "expires_at_ms"},  # move with each request
    "dead_letter": {"seen", "last_received_at_ms"},  # counted by ingest
    "guest_link": {"opened", "last_opened_at_ms"},  # counted by whoever looks
    "trace_link": {"views"},  # counted by whoever looks
    "plan_job": {"progress", "best_cost_satang", "heartbeat_at_ms", "attempts"},  # several times a second
    "sourcing": {"progress", "heartbeat_at_ms", "attempts"},  # several times a second
}
"""Columns that change by themselves and too often; a change of these alone leaves no entry."""

SECRET = re.compile(r"password|secret|bcrypt|argon2|totp|token|ticket|recovery|private")
"""Columns of which the journal tells that they changed, and not to what."""

VALUE_CHARS_MAX = 4096
"""A longer value stands in the journal as its SHA-256 and length."""


def is_audited(table: str) -> bool:
    """Whether changes of this table are in the journal."""
    return table not in NOT_AUDITED


def is_secret(column: str) -> bool:
    """Whether values of this column must not be in the journal."""
    return SECRET.search(column) is not None

"""Ingest does not go on without its housekeeping, which makes the partitions of the weeks to come."""

from pathlib import Path

import pytest
from sqlalchemy import URL, text

from services.db.engine import Database
from services.settings import Settings
from services.workers import ingest
from services.workers.ingest import ConsumerFailed, IngestWorker


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_ingest_ends_when_its_housekeeping_has(
    postgres_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that is gone is no outage to wait for; the process ends by a fault, for its supervisor to say so."""
    monkeypatch.setattr(ingest, "BEAT_EVERY_S", 0.1)
    database = Database(postgres_url)
    with database.write() as session:
        session.execute(text("DROP TABLE untimed_message"))
    settings = Settings(data_dir=tmp_path, broker_url="mqtt://ingest:none@127.0.0.1:1")
    with pytest.raises(ConsumerFailed, match="Housekeeping has ended"):
        IngestWorker(settings, database).run(give_up_after_s=60)
    database.close()

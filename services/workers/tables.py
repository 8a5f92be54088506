"""Signs of life of the workers."""

from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Table, TimeMs, Word


class WorkerHeartbeat(Table):
    """When each running worker last said that it works; by the machine's clock, whatever a demo's clock says."""

    __tablename__ = "worker_heartbeat"

    kind: Mapped[Word] = mapped_column(primary_key=True)
    instance: Mapped[Code] = mapped_column(primary_key=True)
    started_at_ms: Mapped[TimeMs]
    beat_at_ms: Mapped[TimeMs]

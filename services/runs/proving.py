"""Proof of pick-up: photos and signatures, freed of what a phone writes into them, small enough to keep."""

import hashlib
import io
import uuid
import warnings
from enum import StrEnum

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy.orm import Session

from services.errors import FieldFault, InvalidInput, NotFound
from services.plans.tables import Run
from services.runs import store
from services.runs.tables import RunProof

LONGEST_SIDE_PX = 1600
MOST_PIXELS = 50_000_000
QUALITY = 80


class ProofKind(StrEnum):
    """What it is."""

    PHOTO = "photo"
    SIGNATURE = "signature"


def keep(
    session: Session,
    run: Run,
    *,
    client_id: uuid.UUID,
    lot: str,
    kind: ProofKind,
    content: bytes,
    by: str,
    at_ms: int,
    now_ms: int,
) -> RunProof:
    """Keep a photo or a signature; sent again, it is the one that is kept already.

    Raises InvalidInput for what is no picture, NotFound for a lot that is not on this run.
    """
    known = store.proof(session, run.tenant_id, run.id, client_id)
    if known is not None:
        return known
    stop = store.live_stop(session, run.tenant_id, lot)
    if stop is None or stop.run_id != run.id:
        raise NotFound(f"The lot {lot!r} is not on this run.")
    cleaned, media_type = clean(content, kind)
    proof = RunProof(
        id=uuid.uuid4(),
        tenant_id=run.tenant_id,
        run_id=run.id,
        client_id=client_id,
        lot=lot,
        kind=kind,
        media_type=media_type,
        content=cleaned,
        sha256=hashlib.sha256(cleaned).hexdigest(),
        by=by,
        at_ms=at_ms,
        received_at_ms=now_ms,
    )
    session.add(proof)
    session.flush()
    return proof


def clean(content: bytes, kind: ProofKind) -> tuple[bytes, str]:
    """The picture drawn anew, upright and no longer than 1600 pixels, without place, phone or anything else hidden in
    it; and its media type. Raises InvalidInput.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                upright = ImageOps.exif_transpose(opened) or opened
                upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
                drawn = io.BytesIO()
                if kind is ProofKind.SIGNATURE:
                    upright.convert("L").save(drawn, "PNG", optimize=True)
                    return drawn.getvalue(), "image/png"
                upright.convert("RGB").save(drawn, "JPEG", quality=QUALITY, optimize=True)
                return drawn.getvalue(), "image/jpeg"
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        fault = FieldFault("/content", "is no picture that can be read.", "Send JPEG, PNG or WebP, base64.")
        raise InvalidInput("The proof can't be kept.", faults=[fault]) from error

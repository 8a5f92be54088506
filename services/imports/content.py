"""A file's bytes in a request."""

import base64
import binascii

from services.errors import FieldFault, InvalidInput


def bytes_of(content_base64: str) -> bytes:
    """The bytes of a file. Raises InvalidInput."""
    try:
        return base64.b64decode(content_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        fault = FieldFault("/content_base64", f"is not base64: {error}.", "Send the file's bytes in base64.")
        raise InvalidInput("The file can't be read.", faults=[fault]) from error

"""A change (`PATCH`) is laid over what is there (JSON Merge Patch, RFC 7396), and the whole is checked as if new."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from services.errors import InvalidInput
from services.http.problems import faults_of

Whole = TypeVar("Whole", bound=BaseModel)


def merged(whole: type[Whole], current: BaseModel, change: BaseModel) -> Whole:
    """``current`` with the members of ``change``, as a checked ``whole``. Raises InvalidInput with JSON pointers."""
    before = current.model_dump(mode="json", include=set(whole.model_fields))
    after = before | change.model_dump(mode="json", exclude_unset=True)
    try:
        return whole.model_validate(after)
    except ValidationError as error:
        raise InvalidInput("The change can't be made.", faults=faults_of(error)) from error

"""Every error that a person or a machine can meet, and what it becomes at the two edges.

ColdchainError
├── InvalidInput          422  exit 2   a payload, file or option is wrong: names field, value and remedy
├── Unauthenticated       401  exit 2   no key, or one that is not known, expired or revoked
│   └── SecondFactorNeeded       the password is right, and the code of the authenticator app is missing
├── Forbidden             403  exit 2   the key's role may not do this
├── NotFound              404  exit 2   no such thing for this tenant
├── MethodNotAllowed      405  exit 2   the address knows other methods
├── Conflict              409  exit 2   the thing has changed, or exists already
├── CheckFailed           409  exit 1   a check found a fault: infeasible plan, stale schema, broken chain
├── PreconditionFailed    412  exit 2   If-Match names another version than the one stored
├── TooLarge              413  exit 2   the body is larger than is taken
├── RateLimited           429  exit 3   too many requests; Retry-After says when to go on
└── Unavailable           503  exit 3   a needed service can't be reached; try again

A class's docstring is the sentence a user reads when nothing more precise is given.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One wrong field: a JSON pointer into the input, what is wrong with which value, and what to do."""

    pointer: str
    detail: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.pointer or '/'}: {self.detail}{remedy}"


class ColdchainError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"
    exit_code: ClassVar[int] = 1

    def __init__(self, detail: str | None = None, *, faults: Sequence[FieldFault] = ()) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip()
        self.faults = tuple(faults)
        self.headers: dict[str, str] = {}
        super().__init__(self.detail)

    def problem(self) -> dict[str, Any]:
        """This error as an RFC 9457 problem document."""
        document: dict[str, Any] = {
            "type": f"urn:coldchain:error:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            document["errors"] = [asdict(fault) for fault in self.faults]
        return document


class InvalidInput(ColdchainError):
    """The input has faults; each is listed with its place and its remedy."""

    status = 422
    code = "invalid-input"
    title = "Invalid input"
    exit_code = 2


class Unauthenticated(ColdchainError):
    """Send a valid key: `Authorization: Bearer cc_<id>_<secret>`."""

    status = 401
    code = "unauthenticated"
    title = "Not authenticated"
    exit_code = 2


class SecondFactorNeeded(Unauthenticated):
    """The password is right; send the code of the authenticator app with it, or a recovery code, as `totp`."""

    code = "second-factor-needed"
    title = "Second factor needed"


class Forbidden(ColdchainError):
    """This key's role may not do that."""

    status = 403
    code = "forbidden"
    title = "Not allowed"
    exit_code = 2


class NotFound(ColdchainError):
    """There is no such thing here."""

    status = 404
    code = "not-found"
    title = "Not found"
    exit_code = 2


class MethodNotAllowed(ColdchainError):
    """This address knows other methods."""

    status = 405
    code = "method-not-allowed"
    title = "Method not allowed"
    exit_code = 2


class Conflict(ColdchainError):
    """The record has changed meanwhile, or exists already; read it again and repeat the change."""

    status = 409
    code = "conflict"
    title = "Conflict"
    exit_code = 2


class CheckFailed(ColdchainError):
    """A check found a fault."""

    status = 409
    code = "check-failed"
    title = "Check failed"
    exit_code = 1


class PreconditionFailed(ColdchainError):
    """Someone changed this meanwhile; read it again, and send its new ETag in If-Match."""

    status = 412
    code = "precondition-failed"
    title = "Precondition failed"
    exit_code = 2


class TooLarge(ColdchainError):
    """The body is larger than is taken; send it in parts."""

    status = 413
    code = "too-large"
    title = "Content too large"
    exit_code = 2


class RateLimited(ColdchainError):
    """Too many requests; wait as long as Retry-After says."""

    status = 429
    code = "rate-limited"
    title = "Too many requests"
    exit_code = 3

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too many requests; go on in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


class Unavailable(ColdchainError):
    """A needed service can't be reached; it is tried again by itself."""

    status = 503
    code = "unavailable"
    title = "Service unavailable"
    exit_code = 3

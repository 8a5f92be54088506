"""What a person changes of the own account, and what an admin changes of people and keys."""

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from services.http.fields import CodeText, Document, Instant, NameText, Payload, example
from services.identity.logic import KeyState, Role
from services.identity.schemas import EmailText, Locale, PasswordText, Slug
from services.identity.scope import Scope, scope_of

PersonRole = Literal[Role.ADMIN, Role.COORDINATOR, Role.EXPORTER, Role.DRIVER, Role.GROWER, Role.AUDITOR]
Codes = Annotated[list[CodeText], Field(min_length=1, max_length=500)]
SECRETS = {"str_strip_whitespace": False}


def secret_example(document: dict[str, Any]) -> ConfigDict:
    """A model's configuration with an example, where text is taken to the letter."""
    return ConfigDict(json_schema_extra={"example": document}, str_strip_whitespace=False)


class ResetRequest(Payload):
    """Whose password was forgotten."""

    model_config = example({"tenant": "klaeng", "email": "nok@klaeng.example"})

    tenant: Slug
    email: EmailText


class PasswordChange(Payload):
    """The password as it is, and as it shall be."""

    model_config = secret_example({"current": "two green mangosteens", "new": "three ripe rambutans"})

    current: PasswordText
    new: PasswordText


class PasswordProof(Payload):
    """The password, again: for what changes how one signs in."""

    model_config = secret_example({"password": "two green mangosteens"})

    password: PasswordText


class TotpCode(Payload):
    """What the authenticator app shows."""

    model_config = example({"code": "492039"})

    code: Annotated[str, Field(min_length=6, max_length=40)]


class TotpEnrolment(Document):
    """What the authenticator app is told, once."""

    secret: str
    uri: Annotated[str, Field(description="`otpauth:` address.")]
    qr_code: Annotated[str, Field(description="It as a QR code: the `data:` address of an SVG picture.")]


class RecoveryCodes(Document):
    """Each lets in once where the phone is lost; shown once."""

    recovery_codes: list[str]


class ScopeText(Payload):
    """Whose records: an exporter's name, trucks' codes or villages' codes, as the role asks for."""

    model_config = example({"exporter": "Siam Fresh Export"})

    exporter: NameText | None = None
    trucks: Codes | None = None
    villages: Codes | None = None

    def scope(self) -> Scope:
        """As the code knows it."""
        return scope_of(self.model_dump(exclude_none=True))


class NewUser(Payload):
    """A person who is to sign in."""

    model_config = example(
        {"email": "mei@siamfresh.example", "name": "Mei Chen", "role": "exporter", "scope": {"exporter": "Siam Fresh"}}
    )

    email: EmailText
    name: NameText
    role: PersonRole
    locale: Locale = "en"
    scope: ScopeText = Field(default_factory=ScopeText)


class UserChange(Payload):
    """Members to change; role and scope go together."""

    model_config = example({"name": "Mei Chen-Srisai"})

    name: NameText | None = None
    role: PersonRole | None = None
    locale: Locale | None = None
    scope: ScopeText | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        nulls = [name for name in self.model_fields_set if getattr(self, name) is None]
        if nulls:
            raise ValueError(f"{nulls[0]} must not be null: leave it out")
        return self


class UserDocument(Document):
    """A person; of the password nothing is shown."""

    id: uuid.UUID
    email: str
    name: str
    role: Role
    locale: Locale
    scope: dict[str, Any]
    second_factor: bool
    disabled: bool
    created_at: Instant
    last_sign_in_at: Instant | None


class InvitedUser(UserDocument):
    """A person with the link that sets the first password, once."""

    set_password_url: str


class PasswordLink(Document):
    """A link that sets a password, once."""

    set_password_url: str


class NewKey(Payload):
    """A key for a machine."""

    model_config = example({"name": "erp", "role": "auditor", "expires_at": "2027-11-23T00:00:00Z"})

    name: NameText
    role: Role
    gateway: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = None
    scope: ScopeText | None = None
    whole_tenant: Annotated[
        bool, Field(description="A role that sees own records only, but everybody's: for a machine of the tenant.")
    ] = False
    expires_at: Instant | None = None


class KeyDocument(Document):
    """A key; of its secret nothing is shown."""

    id: str
    name: str
    role: Role
    gateway: str | None
    scope: dict[str, Any]
    state: KeyState
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Instant | None


class IssuedKeyDocument(KeyDocument):
    """A key with its text, which is shown this once."""

    key: Annotated[str, Field(description="`cc_<id>_<secret>`, to be sent as a bearer key.")]

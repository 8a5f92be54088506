"""Signing in, as it goes in and out."""

import uuid
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from services.http.fields import Document, NameText, Payload, example
from services.identity.logic import Role

Locale = Literal["en", "th", "zh"]
Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["klaeng"], description="The tenant's slug.")]
EmailText = Annotated[str, Field(min_length=3, max_length=254, examples=["nok@klaeng.example"])]
PasswordText = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra={"format": "password"})]
TicketText = Annotated[
    str, Field(min_length=1, max_length=200, description="What follows `t=` in the link.", examples=["mPq2…"])
]


class SignIn(Payload):
    """Who wants in, and the proof."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"tenant": "klaeng", "email": "nok@klaeng.example", "password": "two green mangosteens"}
        },
        str_strip_whitespace=False,
    )

    tenant: Slug
    email: EmailText
    password: PasswordText
    totp: Annotated[
        str | None,
        Field(max_length=40, description="The six digits of the authenticator app, or a recovery code.", default=None),
    ]


class Entry(Payload):
    """A one-time ticket."""

    model_config = example({"ticket": "mPq2vX0mJ4l7c1y2mB9mZl3vJ8kq1t5n0w6r4s2e8dA"})

    ticket: TicketText


class NewPassword(Payload):
    """A one-time ticket and the password that it sets."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ticket": "mPq2vX0mJ4l7c1y2mB9mZl3vJ8kq1t5n0w6r4s2e8dA",
                "password": "two green mangosteens",
            }
        },
        str_strip_whitespace=False,
    )

    ticket: TicketText
    password: PasswordText


class SessionUser(Document):
    """The person who is signed in."""

    id: uuid.UUID
    name: NameText
    email: str


class SessionTenant(Document):
    """The tenant that the session is of."""

    slug: str
    name: str


class SessionDocument(Document):
    """A browser's session: who is signed in where, as what, and the token for changes."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "user": {
                    "id": "0192f1c0-5a53-7c6b-9f0e-3d1c8d2f7a11",
                    "name": "Nok Srisai",
                    "email": "nok@klaeng.example",
                },
                "tenant": {"slug": "klaeng", "name": "Klaeng growers"},
                "role": "coordinator",
                "locale": "en",
                "csrf_token": "5d0c8e0f6f0d4f7c2b1a9e8d7c6b5a493827160f4e3",
            }
        },
    )

    user: SessionUser
    tenant: SessionTenant
    role: Role
    locale: Locale
    csrf_token: Annotated[
        str, Field(description="Send it as `X-CSRF-Token` with every request that changes something.")
    ]

"""Signing in at an identity provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636)."""

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy.orm import Session

from services.errors import Forbidden, Unauthenticated, Unavailable
from services.identity import store, users
from services.identity.logic import Role, tenant_named
from services.identity.scope import OWN_RECORDS
from services.identity.tables import OidcAttempt, UserAccount
from services.settings import Settings

ATTEMPT_MS = 10 * 60_000
LEEWAY_S = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Signatures with a public key; `none` and shared secrets are not taken."""

REFUSED = "The identity provider's answer can't be used; sign in again."


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and the state that it must bring back in its cookie too."""

    url: str
    state: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is."""

    subject: str
    email: str | None
    name: str
    groups: tuple[str, ...]


class Provider:
    """The identity provider of the settings; what it says of itself is asked once and kept. Any threads."""

    def __init__(self, settings: Settings, client: httpx.Client) -> None:
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._client_id = settings.oidc_client_id
        self._client_secret = settings.oidc_client_secret.get_secret_value()
        self._groups_claim = settings.oidc_groups_claim
        self._return_url = f"{settings.public_url.rstrip('/')}/v1/session/oidc/return"
        self._client = client
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None

    def begin(self, session: Session, tenant_slug: str, now_ms: int) -> Begun:
        """Remember an attempt, and say where to send the browser. Raises Unavailable."""
        endpoint = self._described()["authorization_endpoint"]
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        tenant = tenant_named(session, tenant_slug)
        store.forget_attempts(session, tenant.id, now_ms)
        session.add(
            OidcAttempt(
                state_sha256=users.digest(state),
                tenant_id=tenant.id,
                nonce=nonce,
                code_verifier=verifier,
                expires_at_ms=now_ms + ATTEMPT_MS,
            )
        )
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._return_url,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return Begun(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}", state)

    def identity(self, attempt: OidcAttempt, code: str, now_ms: int) -> Identity:
        """Who has signed in. Raises Unauthenticated for any fault in the answer, Unavailable."""
        answer = self._asked(
            "POST",
            self._described()["token_endpoint"],
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._return_url,
                "code_verifier": attempt.code_verifier,
            },
            auth=(self._client_id, self._client_secret),
        )
        claims = self._claims(str(answer.get("id_token", "")), attempt.nonce, now_ms)
        groups = claims.get(self._groups_claim) or ()
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Identity(
            subject=str(claims["sub"]),
            email=str(email) if email else None,
            name=str(claims.get("name") or email or claims["sub"])[:200],
            groups=tuple(str(group) for group in groups) if isinstance(groups, list) else (str(groups),),
        )

    def _claims(self, token: str, nonce: str, now_ms: int) -> dict[str, Any]:
        """The claims of an ID token (Core 1.0, section 3.1.3.7)."""
        try:
            try:
                decoded = jwt.decode(token, self._public_keys(), algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                # the provider may have new keys since we asked
                decoded = jwt.decode(token, self._public_keys(fresh=True), algorithms=ALGORITHMS)
            jwt.JWTClaimsRegistry(
                now=now_ms // 1000,
                leeway=LEEWAY_S,
                iss={"essential": True, "value": self._described()["issuer"]},
                aud={"essential": True, "value": self._client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
            ).validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise Unauthenticated(REFUSED) from error
        claims = dict(decoded.claims)
        authorized = claims.get("azp", self._client_id)
        if authorized != self._client_id or not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise Unauthenticated(REFUSED)
        return claims

    def _described(self) -> dict[str, Any]:
        with self._lock:
            if self._metadata is None:
                found = self._asked("GET", f"{self._issuer}/.well-known/openid-configuration")
                if str(found.get("issuer", "")).rstrip("/") != self._issuer:
                    raise Unavailable("The identity provider calls itself otherwise; see COLDCHAIN_OIDC_ISSUER.")
                self._metadata = found
            return self._metadata

    def _public_keys(self, *, fresh: bool = False) -> KeySet:
        address = self._described()["jwks_uri"]
        with self._lock:
            if self._keys is None or fresh:
                self._keys = KeySet.import_key_set(self._asked("GET", address))  # type: ignore[arg-type]
            return self._keys

    def _asked(self, method: str, url: str, **request: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, url, **request)
        except httpx.HTTPError as error:
            raise Unavailable(f"The identity provider can't be reached: {type(error).__name__}.") from error
        if answer.status_code in {400, 401}:
            raise Unauthenticated(REFUSED)
        if not answer.is_success:
            raise Unavailable(f"The identity provider answered {answer.status_code}.")
        try:
            return dict(answer.json())
        except ValueError as error:
            raise Unavailable("The identity provider's answer is no JSON.") from error


def returned(session: Session, state: str, cookie: str | None, now_ms: int) -> OidcAttempt:
    """The attempt that a browser comes back from, used up by it. Raises Unauthenticated."""
    attempt = store.take_attempt(session, users.digest(state))
    same_browser = cookie is not None and hmac.compare_digest(state.encode(), cookie.encode("utf-8", "replace"))
    if attempt is None or not same_browser or now_ms >= attempt.expires_at_ms:
        raise Unauthenticated(REFUSED)
    return attempt


def role_of(settings: Settings, groups: tuple[str, ...]) -> Role:
    """The role of the first group in the settings that the person is in. Raises Forbidden where there is none."""
    for group, role in settings.oidc_group_roles():
        if group in groups:
            return Role(role)
    raise Forbidden("None of your groups at the identity provider has a role here; ask whoever runs this.")


def admitted(session: Session, attempt: OidcAttempt, who: Identity, role: Role, now_ms: int) -> UserAccount:
    """The user of that identity, with the role that its groups give it; added where the role sees the whole tenant.

    An account made before is taken over by its verified mail address. Raises Forbidden.
    """
    user = store.user_by_subject(session, attempt.tenant_id, who.subject)
    if user is None and who.email:
        user = store.user_by_email(session, attempt.tenant_id, who.email.lower())
        if user is not None and user.oidc_subject not in {None, who.subject}:
            raise Forbidden("This mail address is somebody else's at the identity provider.")
    if user is None:
        if role in OWN_RECORDS or not who.email:
            raise Forbidden(f"A {role} is added by an admin first, who says whose records are shown.")
        return users.add_user(
            session,
            attempt.tenant_id,
            email=who.email,
            name=who.name,
            role=role,
            now_ms=now_ms,
            oidc_subject=who.subject,
        )
    if user.disabled_at_ms is not None:
        raise Forbidden("This account is disabled.")
    if role != user.role:
        if role in OWN_RECORDS or user.role in OWN_RECORDS:
            raise Forbidden(
                f"Your groups say {role}, your account {user.role}: an admin must say whose records you see."
            )
        user.role = role
    user.oidc_subject = who.subject
    return user

"""The error reference: every code with its status, exit code and meaning."""

from services.errors import ColdchainError
from services.reference import NOTE

OPENING = """# Errors

Over HTTP an error is an RFC 9457 problem document, `application/problem+json`:

```json
{
  "type": "urn:coldchain:error:invalid-input",
  "title": "Invalid input",
  "status": 422,
  "detail": "1 field can't be used.",
  "request_id": "5f2c9a2be0c14a3c",
  "errors": [
    {"pointer": "/weight_g", "detail": "is -5: must be greater than 0.", "remedy": "Send another value."}
  ]
}
```

`type` is stable; branch on it or on `status`. `pointer` is a JSON pointer into the body, or starts with `/query`,
`/path` or `/header`. `request_id` stands in the log beside what happened.

On the command line the same errors are one sentence on standard error, with these exit codes: 0 done; 1 a check found
a fault; 2 bad usage or input; 3 a needed service can't be reached.
"""


def errors_page() -> str:
    """Every error, by status."""
    kinds: list[type[ColdchainError]] = [ColdchainError, *ColdchainError.__subclasses__()]
    lines = [NOTE, "", OPENING]
    for error in sorted(kinds, key=lambda one: (one.status, one.code)):
        lines += [
            f"## {error.code}",
            "",
            f"`urn:coldchain:error:{error.code}`, HTTP {error.status}, exit code {error.exit_code}. {error.title}.",
            "",
            (error.__doc__ or "").strip(),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"

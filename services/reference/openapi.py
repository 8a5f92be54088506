"""The OpenAPI document on standard output: `python -m services.reference.openapi`."""

import json
import sys

from services.app import create_app
from services.db.engine import Database
from services.settings import Settings

if __name__ == "__main__":
    document = create_app(Settings(), Database("sqlite://")).openapi()
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1)

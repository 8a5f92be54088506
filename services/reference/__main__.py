"""Writes every page: `python -m services.reference`."""

from services.reference.pages import PAGES

for path, write in PAGES.items():
    path.write_text(write(), encoding="utf-8")
    print(path)

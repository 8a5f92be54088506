"""A table in HTML, which many a logger's software saves under the name of a workbook."""

from html.parser import HTMLParser


def is_html(text: str) -> bool:
    """Whether the text is a page with a table in it."""
    head = text[:2000].lstrip().lower()
    return head.startswith(("<html", "<!doctype html", "<table", "<meta", "<?xml")) and "<t" in head


def html_rows(text: str) -> list[list[str]]:
    """The rows of all tables in the page, one after another; a cell in a cell belongs to the outer row."""
    parser = _Rows()
    parser.feed(text)
    parser.close()
    return parser.rows


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_cell()
            self.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _end_cell(self) -> None:
        if self._cell is not None:
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

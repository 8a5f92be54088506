"""What every endpoint shares: its context, problem documents, pages and tags. Features import from here, never back."""

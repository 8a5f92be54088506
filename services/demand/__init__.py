"""The demand book: what buyers want, when, where and how fresh."""

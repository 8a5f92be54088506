"""Bringing in what people have in spreadsheets: all of a file or nothing, with every fault by row and column."""

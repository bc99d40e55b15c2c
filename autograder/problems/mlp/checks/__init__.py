"""The hidden checks, one file per part of the handout.

A check is a pytest function.  The first line of its docstring is the title a student
reads, with the rulings it enforces; `@weight` is its share of the points of the function that
`@tags` names.  Its number follows from its place; who sees it stands in assignment.toml.
"""

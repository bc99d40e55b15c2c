"""The pages of a graded class, one HTML file each; render.py draws them from templates/.

clusters.py: the same mistakes.  statistics.py, item_analysis.py: scores, and what checks say of themselves.
failures.py: what one submission lost, each cause once.  listing.py: its code, with the lines at fault.
markdown.py: what a student had a hand in, as text that can be nothing else.
"""

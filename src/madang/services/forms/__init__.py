"""The questions of a service package, asked of somebody: pages in turn, answers read and checked.

Pure: a package, answers and a day in, values out. Texts of faults are in `forms.words`.
"""

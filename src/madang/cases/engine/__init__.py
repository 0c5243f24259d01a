"""Pure computations of the cases room."""

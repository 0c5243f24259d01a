"""Pure engines of search: texts and arrays in, terms, scores and ranks out."""

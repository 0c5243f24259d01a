"""All pages of identity in the states in which people see them, for a browser that walks them."""

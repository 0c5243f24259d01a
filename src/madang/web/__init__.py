"""Pages: base templates, design tokens, error pages. Composes rooms, decides nothing."""

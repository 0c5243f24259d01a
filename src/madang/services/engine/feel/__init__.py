"""FEEL, the expression language of DMN: text in, compiled expression out."""

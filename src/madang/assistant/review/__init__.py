"""The evaluation room of the assistant: whether its answers are right, and whether changes help.

People judge a stratified sample of each month's answers; benches and their history, a release gate,
experiments with guardrails, and a list for editors of what people asked in vain.
"""

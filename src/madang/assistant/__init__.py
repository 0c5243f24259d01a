"""The assistant: what somebody has to do when something happens in their life, and by when.

The planner computes: a graph of procedures (data of the city's profile) and facts give dated steps
with office, papers, fee, law and reason. What is not known is asked, never guessed.
"""

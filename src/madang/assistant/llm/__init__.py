"""A language model as a plug: any server that answers ``/v1/chat/completions`` as OpenAI's does.

It words, rewrites and fills in; it decides nothing, looks nothing up, and has no tools. What it
says is checked against the city's own texts before anybody reads it (`engine.grounding`); where
the check fails, or the server is down or slow, the assistant does without and says so. Off unless
``MADANG_LLM`` names a server.
"""

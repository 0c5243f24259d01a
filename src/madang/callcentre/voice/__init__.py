"""The 120 line by telephone: SIP and RTP, speech to text and back, and the talk between.

`engine` is pure (G.711, RTP, digits, voice activity); `sip` speaks to telephones; a `Conversation`
leads one call. Speech models are plugs: what is installed here, or any server that speaks OpenAI's
audio interface. Only the endpoint's own process imports this; web pages never do.
"""

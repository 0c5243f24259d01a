"""The assistant on KakaoTalk: a skill server (version 2.0) for a channel's chatbot.

Kakao posts what a resident writes and waits five seconds for bubbles to show; what takes longer is
posted to an address that it gives along, once, within a minute.
"""

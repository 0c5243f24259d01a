"""The ways out: mail, web push, and ports for text messages, AlimTalk and voice."""

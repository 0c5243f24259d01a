"""Approval on somebody's own phone (간편인증): one port, an adapter for each provider."""

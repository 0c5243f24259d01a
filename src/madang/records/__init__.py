"""Records: what the city issues and what it is paid.

Documents with a signature that anybody can verify, the same as credentials for a wallet, and the
ledger behind every fee: intents, payments, refunds, settlement. It knows nothing of services.
"""

"""SIP over UDP as a telephone system in front of us speaks it (RFC 3261, 3264, 3515, 3581, 4733).

Messages, addresses and session descriptions are read by aiosipua (MIT, pure Python). Its server is
not used: an INVITE sent again after the answer gets 500 from it, refusals and BYE are sent once
only, no ACK ends a call without BYE, and its UDP transport fails an assertion on Python 3.11.
"""

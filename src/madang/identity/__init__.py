"""Who somebody is: staff accounts, sign-in, the current actor of a request.

Staff accounts live in Django's own authentication; residents, levels of assurance and the
OpenID provider replace the inside behind the same door.
"""

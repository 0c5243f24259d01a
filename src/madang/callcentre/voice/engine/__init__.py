"""What a call is made of: samples, packets, digits, voice. No sockets, clock or Django here."""

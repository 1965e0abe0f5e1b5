"""Children who were registered twice: found by the whole register compared with itself, decided by people, never by the machine."""

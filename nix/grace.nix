# Seconds from SIGTERM to SIGKILL: those that a service drains for, and a margin in which it sends
# off its last spans and ends.
service: service.drain.seconds + 5

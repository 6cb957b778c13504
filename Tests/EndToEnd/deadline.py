"""Waiting for something to come true, never longer than said."""

import time


def until(condition, within_seconds, what):
    """Asks `condition` again and again; gives its first true answer. `what` is a text, or makes one when time is up."""
    deadline = time.monotonic() + within_seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            said = what() if callable(what) else what
            raise AssertionError(f"not within {within_seconds} s: {said} (last answer: {answer!r})")
        time.sleep(0.02)

"""Whether every promise was kept."""

from deadline import until

# Longer than a push service may ask its senders to stay away.
WITHIN_SECONDS = 150


def every_message_has_arrived(promises, devices, explain=lambda push: None):
    """`explain` tells what the database knows of a push."""

    def nothing_missing():
        assert [device.problem for device in devices if device.problem] == []
        return len(missing(promises)) == 0

    try:
        until(nothing_missing, WITHIN_SECONDS, "everything that was promised has arrived")
    except AssertionError as error:
        lost = missing(promises)
        known = [explain(name) for name, _ in lost[:5]]
        raise AssertionError(f"{error}; {len(lost)} are missing, such as {lost[:5]}: {known}") from None


def missing(promises):
    """What was promised and hasn't arrived: push or message, and device."""
    of_pushes = [(id, device.id) for id, devices in promises.pushes.items() for device in devices if not device.has(id)]
    return of_pushes + [(text, device.id) for text, device in promises.messages.items() if not device.has(text)]


def every_push_is_accounted_for(server, promises):
    api = server.api
    for id, devices in promises.pushes.items():
        counters = api.finished(id, within_seconds=WITHIN_SECONDS)
        finally_answered = sum(counters[each] for each in ("accepted", "failed", "expired", "unregistered"))
        assert finally_answered == len(devices), f"push {id} for {len(devices)} devices: {counters}"

"""What this machine has worked."""

import psutil


def busy() -> float:
    """Give the seconds that its cores have been at work since it was started, for whomever.

    Unlike what the kernel tells of a process and its children, it counts those that were killed in a sandbox and that
    nobody waited for: half of what it takes to grade a submission. Nothing else may be running meanwhile.
    """
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)  # counted as `user` already
    return float(sum(times) - idle - guests)

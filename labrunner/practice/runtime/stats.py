"""`docker stats`: simulated containers use nothing that could be measured, so every number is zero, not invented."""

from typing import Any

from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.times import NEVER, rfc3339

_BLOCK_IO = (
    *(
        "io_service_bytes_recursive",
        "io_serviced_recursive",
        "io_queue_recursive",
        "io_service_time_recursive",
    ),
    *("io_wait_time_recursive", "io_merged_recursive", "io_time_recursive", "sectors_recursive"),
)


def stats(container: Container, now: int) -> dict[str, Any]:
    """As Docker answers for a container that does not run."""
    return {
        "name": f"/{container.name}",
        "id": container.id,
        "read": rfc3339(now) if container.running else NEVER,
        "preread": NEVER,
        "pids_stats": {},
        "blkio_stats": dict.fromkeys(_BLOCK_IO),
        "num_procs": 0,
        "storage_stats": {},
        "cpu_stats": _cpu(),
        "precpu_stats": _cpu(),
        "memory_stats": {},
    }


def _cpu() -> dict[str, Any]:
    return {
        "cpu_usage": {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0},
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    }

"""Follows log files through everything that rotates them. Events only wake it; what the disk says decides.

    names       which files beside a path may be its rotations
    generation  one file while it is open: whole lines, from where they were left
    siblings    what lies beside a path, and what was already seen there
    path        one followed path: its generations, oldest first
    cursor      where every generation was left, on disk
    waker       which folders are watched (`watching`; `events`, `inotify`: watchdog), and which are polled (`mounts`)
    service     the thread, and `LogFollower`

Promises: a line that is still on disk under a name of its path is delivered at least once, whole, and in the order of
its file. A line is delivered twice only where the process died between a delivery and the next write of the cursor; it
then has the same key. What a rotator destroys unread (between its copy and its truncation, or by deleting a file that
lived too shortly to be opened) is gone.
"""

from nlops.adapters.follower.service import LogFollower

__all__ = ["LogFollower"]

"""Which system calls a worker must not make: tables, and the filter that the kernel runs.

Pure: text and numbers to bytes. ``confine`` puts the filter on.

Sources: seccomp(2), and the kernel's system call tables
(arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h).
"""

from __future__ import annotations

import functools
import os
import struct
import sys
from collections.abc import Iterable

DENIED = {
    # name: (x86_64, aarch64); None where the machine has no such call
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept4": (288, 242),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "tkill": (200, 130),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semctl": (66, 191),
    "msgget": (68, 186),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "setrlimit": (160, 164),
    # Memory that no limit on addresses counts.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    # Landlock leaves modes, owners, times and attributes to their owner: of our own files,
    # where the user number is ours.
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "setpriority": (141, 140),
    "sched_setparam": (142, 118),
    "ioprio_set": (251, 30),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "personality": (135, 92),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "acct": (163, 89),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "vhangup": (153, 58),
    "iopl": (172, None),
    "ioperm": (173, None),
}
PROCESSES = ("fork", "vfork", "execve", "execveat")
"""What a course that needs subprocesses gets back."""
SELF_ONLY = {"kill": (62, 129), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
             "rt_tgsigqueueinfo": (297, 240)}  # fmt: skip
"""Calls that name a process first: only our own number passes."""
CLONE, CLONE3, PRLIMIT = (56, 220), (435, 435), (302, 261)
CLONE_THREAD = 0x10000
SOCKETPAIR, OTHER_THAN_STREAM = (53, 199), 0xE
"""A pair of datagram sockets may send to any name; one of streams reaches its other end only."""
FCNTL, SIGNALLING = (72, 25), (8, 10, 15)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX: the kernel would send the signal for us."""
IOCTL, OWNERS = (16, 29), (0x8901, 0x8902)
"""FIOSETOWN and SIOCSPGRP do the same."""
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32 = 0x40000000

_LOAD, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_NUMBER, _ARCH, _ARGS = 0, 4, 16
_EPERM, _ENOSYS = 0x00050001, 0x00050026


def machine() -> str:
    """This machine's name in the tables here; empty where they do not know it."""
    name = os.uname().machine
    name = {"arm64": "aarch64"}.get(name, name)
    # A 32-bit Python on a 64-bit kernel makes other calls.
    return name if name in AUDIT_ARCH and sys.maxsize > 2**32 else ""


def program(name: str, pid: int, *, processes: bool = False) -> bytes:
    """The filter for machine ``name`` and process ``pid``, as cBPF instructions.

    ``processes``: new processes are let through, for a course that needs them.
    """
    steps = _steps(name, processes)
    return b"".join(step or struct.pack("=HBBI", _JEQ, 0, 1, pid) for step in steps)


@functools.cache
def _steps(name: str, processes: bool) -> tuple[bytes, ...]:
    """The filter, made once; an empty step stands for the comparison with the own number."""
    column = list(AUDIT_ARCH).index(name)
    steps: list[tuple[int, int, int, int] | None] = []

    def add(code: int, value: int, true: int = 0, false: int = 0) -> None:
        steps.append((code, true, false, value))

    def answer(numbers: Iterable[int | None], verdict: int) -> None:
        for number in numbers:
            if number is not None:
                add(_JEQ, number, 0, 1)
                add(_RETURN, verdict)

    add(_LOAD, _ARCH)
    add(_JEQ, AUDIT_ARCH[name], 1, 0)
    add(_RETURN, _KILL)
    add(_LOAD, _NUMBER)
    if name == "x86_64":
        add(_JGE, X32, 0, 1)
        add(_RETURN, _KILL)
    kept = PROCESSES if processes else ()
    answer((row[column] for call, row in DENIED.items() if call not in kept), _EPERM)
    # glibc falls back to clone, whose flags can be read here; clone3's lie in memory.
    answer([CLONE3[column]], _ENOSYS)
    if not processes:
        add(_JEQ, CLONE[column], 0, 4)
        add(_LOAD, _ARGS)
        add(_JSET, CLONE_THREAD, 0, 1)
        add(_RETURN, _ALLOW)
        add(_RETURN, _EPERM)
    add(_JEQ, SOCKETPAIR[column], 0, 4)
    add(_LOAD, _ARGS + 8)
    add(_JSET, OTHER_THAN_STREAM, 0, 1)
    add(_RETURN, _EPERM)
    add(_RETURN, _ALLOW)
    for call, commands in ((FCNTL, SIGNALLING), (IOCTL, OWNERS)):
        add(_JEQ, call[column], 0, 2 + 2 * len(commands))
        add(_LOAD, _ARGS + 8)
        answer(commands, _EPERM)
        add(_RETURN, _ALLOW)
    # Reading limits is fine; the third argument points to new ones.
    add(_JEQ, PRLIMIT[column], 0, 6)
    add(_LOAD, _ARGS + 16)
    add(_JEQ, 0, 0, 3)
    add(_LOAD, _ARGS + 20)
    add(_JEQ, 0, 0, 1)
    add(_RETURN, _ALLOW)
    add(_RETURN, _EPERM)
    if not processes:  # a child's abort() names the child
        for row in SELF_ONLY.values():
            add(_JEQ, row[column], 0, 4)
            add(_LOAD, _ARGS)
            steps.append(None)
            add(_RETURN, _ALLOW)
            add(_RETURN, _EPERM)
    add(_RETURN, _ALLOW)
    return tuple(struct.pack("=HBBI", *step) if step else b"" for step in steps)

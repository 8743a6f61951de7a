"""Everything that a worker must not be able to do, tried from inside.

``isolation`` hands this file to a throw-away worker as if it were a
submission. Each function tries one thing and returns what it got; an
exception means that it was refused. Standard library only.
"""

from __future__ import annotations

import ctypes
import os
import socket


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _refused(result: int) -> int:
    """A system call's result, where -1 is an OSError."""
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def read(path: str) -> str:
    """Read a file."""
    with open(path, "rb") as file:
        return file.read(64).decode("utf-8", "replace")


def write(path: str) -> str:
    """Put a line behind a file, or make it."""
    with open(path, "a", encoding="utf-8") as file:
        file.write("was here\n")
    return path


def delete(path: str) -> str:
    """Delete a file."""
    os.unlink(path)
    return path


def look(path: str) -> list[str]:
    """List a folder."""
    return os.listdir(path)[:5]


def read_by_symbolic_link(path: str) -> str:
    """Read a file through a link in the own folder."""
    os.symlink(path, "a_link")
    return read("a_link")


def read_by_hard_link(path: str) -> str:
    """Read a file through another name in the own folder."""
    os.link(path, "another_name")
    return read("another_name")


def change_mode(path: str) -> str:
    """Change who may read a file."""
    os.chmod(path, 0o644)
    return path


def change_times(path: str) -> str:
    """Change when a file was written."""
    os.utime(path, (0, 0))
    return path


def set_attribute(path: str) -> str:
    """Put an attribute on a file."""
    os.setxattr(path, "user.autograder", b"x")
    return path


def environment(name: str) -> str:
    """Read what another process left in the environment."""
    return os.environ[name]


def descriptors() -> list[int]:
    """Open descriptors beyond the standard ones and the one to the other side."""
    found = []
    for fd in range(3, 256):
        try:
            os.fstat(fd)
        except OSError:
            continue
        found.append(fd)
    if len(found) < 2:
        raise OSError("no more than the one")
    return found


def standard_input() -> bytes:
    """Read from standard input."""
    got = os.read(0, 1)
    if not got:
        raise OSError("it is empty")
    return got


def parent_file(pid: int, name: str) -> str:
    """Read one of another process's files in /proc."""
    path = f"/proc/{pid}/{name}"
    if name in ("fd", "task"):
        return str(os.listdir(path))
    with open(path, "rb") as file:
        return repr(file.read(16))


def trace(pid: int) -> int:
    """Attach to another process as a debugger (PTRACE_SEIZE)."""
    found = _refused(_libc().ptrace(0x4206, pid, None, None))
    _libc().ptrace(17, pid, None, None)  # PTRACE_DETACH: do no harm
    return found


def read_memory(pid: int) -> int:
    """Read another process's memory (process_vm_readv)."""

    class Vector(ctypes.Structure):
        _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))

    room = ctypes.create_string_buffer(8)
    here = Vector(ctypes.addressof(room), 8)
    # Where this process's Python lies, the one it was forked from has it too.
    there = Vector(id(None), 8)
    call = _libc().process_vm_readv
    return _refused(call(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0))


def signal(pid: int) -> str:
    """Send the null signal to another process."""
    os.kill(pid, 0)
    return "sent"


def signal_thread(pid: int) -> int:
    """Send the null signal by tkill(2), which names no process."""
    numbers = {"x86_64": 200, "aarch64": 130}
    return _refused(_libc().syscall(numbers[os.uname().machine], pid, 0))


def signal_by_descriptor(pid: int) -> int:
    """Send the null signal by a descriptor of the process."""
    opened = _refused(_libc().syscall(434, pid, 0))
    return _refused(_libc().syscall(424, opened, 0, None, 0))


def signal_by_owner(pid: int) -> int:
    """Name another process as the one that the kernel sends a signal to."""
    import fcntl

    reading, writing = os.pipe()
    try:
        # The number of F_SETOWN: it is done without sending anything.
        return fcntl.fcntl(reading, 8, pid)
    finally:
        os.close(reading)
        os.close(writing)


def connect(port: int) -> str:
    """Connect to a port of this machine."""
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return "connected"


def open_socket(family: int, kind: int) -> str:
    """Open a socket of a family."""
    socket.socket(family, kind).close()
    return "opened"


def datagram(port: int) -> int:
    """Send a datagram to a port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        return made.sendto(b"was here", ("127.0.0.1", port))


def datagram_pair() -> str:
    """Make a pair of sockets that may send to any name."""
    for made in socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM):
        made.close()
    return "made"


def fork() -> int:
    """Start a process by fork."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def spawn() -> int:
    """Start a program."""
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)
    return pid


def clone() -> int:
    """Start a process by a bare clone(2)."""
    number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    pid = _refused(_libc().syscall(number, 17, None, None, None, None))
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def clone3() -> int:
    """Start a process by clone3(2), whose flags lie in memory."""
    arguments = (ctypes.c_uint64 * 8)(0, 0, 0, 0, 17, 0, 0, 0)
    pid = _refused(_libc().syscall(435, arguments, 64))
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def exchange_program() -> None:
    """Become another program (it fails of itself: there is none of that name)."""
    try:
        os.execv("/bin/no_such_program", ["x"])
    except FileNotFoundError:
        return


def namespace() -> int:
    """Make a user namespace, where everybody is root."""
    return _refused(_libc().unshare(0x10000000))


def more_limits() -> str:
    """Raise the own limit of memory."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY:
        return "there is none"
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard + 2**30))
    return f"{soft}"


def memory(mb: int) -> int:
    """Take more memory than allowed."""
    return len(bytearray(mb * 2**20))


def memory_file() -> str:
    """Keep memory that no limit counts."""
    os.close(os.memfd_create("autograder"))
    return "made"


def large_file(mb: int) -> str:
    """Write a file larger than allowed."""
    with open("large", "wb") as file:
        file.truncate(mb * 2**20)
        file.seek(mb * 2**20)
        file.write(b"x")
    return "written"


def stay(kind: str, theirs: str) -> str:
    """Be in the grader's own namespace."""
    if os.readlink(f"/proc/self/ns/{kind}") != theirs:
        raise OSError("another one")
    return theirs


def interface() -> str:
    """See a network interface of this machine."""
    with open("/proc/self/net/dev", encoding="ascii") as file:
        names = [line.partition(":")[0].strip() for line in file.readlines()[2:]]
    return next(name for name in names if name != "lo")


def keyring() -> int:
    """Leave a key in the kernel, for a later process to find."""
    number = {"x86_64": 248, "aarch64": 217}[os.uname().machine]
    return _refused(_libc().syscall(number, b"user", b"autograder", b"x", 1, -4))


def shared_memory() -> int:
    """Leave System V shared memory in the kernel."""
    made = _refused(_libc().shmget(0, 4096, 0o1600))
    _libc().shmctl(made, 0, None)
    return made


def message_queue() -> int:
    """Leave a POSIX message queue in the kernel."""
    number = {"x86_64": 240, "aarch64": 180}[os.uname().machine]
    return _refused(_libc().syscall(number, b"autograder_probe", 0o102, 0o600, None))


def rings() -> int:
    """Make an io_uring, which does by itself what is refused as a call."""
    return _refused(_libc().syscall(425, 1, ctypes.create_string_buffer(120)))


def root() -> str:
    """Become root."""
    if os.geteuid() == 0:
        _refused(_libc().chroot(b"/"))
        return "chroot"
    os.setuid(0)
    return "setuid"


def user(ours: int) -> int:
    """Have the grader's own user number."""
    if os.geteuid() != ours:
        raise OSError("another one")
    return ours

"""Runs a command on a terminal of its own and types on it, as a person would.

Reads {"argv": [...], "steps": [{"until": text, "type": text, "signal": number}, ...]} from standard
input; a signal is optional. Each step waits until its text appears, counted from the step before.
Prints what the screen showed, the exit code, whether the terminal was left with its echo on, and
what other processes could read of this one while it ran.
"""

import json
import os
import pty
import select
import sys
import termios
import time

DEADLINE = time.monotonic() + 25


def read_screen(terminal):
    """Whatever appears within a moment; None where the command has ended."""
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if not ready:
        return b""
    try:
        return os.read(terminal, 65536) or None
    except OSError:  # Linux answers so when the other side is closed.
        return None


def visible_to_others(child):
    try:
        parts = [open(f"/proc/{child}/{name}", "rb").read() for name in ("cmdline", "environ")]
        return b"\0".join(parts).decode("utf-8", "replace")
    except OSError:  # No /proc, or the process is gone.
        return ""


def run(argv, steps):
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(argv[0], argv)
    screen, seen, visible, waiting = b"", 0, "", list(steps)
    while time.monotonic() < DEADLINE:
        chunk = read_screen(terminal)
        if chunk is None:
            break
        screen += chunk
        while waiting and waiting[0]["until"].encode() in screen[seen:]:
            step = waiting.pop(0)
            seen = screen.index(step["until"].encode(), seen) + len(step["until"].encode())
            time.sleep(0.15)
            visible += visible_to_others(child)
            os.write(terminal, step["type"].encode())
            if "signal" in step:
                os.kill(child, step["signal"])
    else:
        os.kill(child, 9)
    _, status = os.waitpid(child, 0)
    echo = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
    return {
        "screen": screen.decode("utf-8", "replace"),
        "exitCode": os.waitstatus_to_exitcode(status),
        "echo": echo,
        "visible": visible,
        "left": len(waiting),
    }


request = json.load(sys.stdin)
json.dump(run(request["argv"], request["steps"]), sys.stdout)

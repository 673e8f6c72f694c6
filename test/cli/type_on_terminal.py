"""Runs a command on a terminal of its own and types on it, as a person would.

Reads {"argv": [...], "steps": [{"until": text, "type": text, ...}, ...]} from standard input. Each
step waits until its text appears, counted from the step before. What it types may be a list, typed
piece by piece; \\udcXX in it is one byte. With "stopped", the command is stopped before, and goes on
on a terminal that shows what is typed; "signal" is sent to it afterwards.
Prints what the screen showed, the exit code, whether the terminal was left with its echo on, and
what other processes could read of this one while it ran.
"""

import json
import os
import pty
import select
import signal
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


def stop_for_a_while(child, terminal):
    os.kill(child, signal.SIGSTOP)
    time.sleep(0.2)
    modes = termios.tcgetattr(terminal)
    modes[3] |= termios.ECHO | termios.ICANON
    termios.tcsetattr(terminal, termios.TCSANOW, modes)
    os.kill(child, signal.SIGCONT)
    time.sleep(0.3)


def type_on(terminal, typed):
    """What the terminal shows meanwhile; a long paste waits until it is read."""
    screen = b""
    for piece in typed if isinstance(typed, list) else [typed]:
        rest = piece.encode("utf-8", "surrogateescape")
        while rest:
            readable, writable, _ = select.select([terminal], [terminal], [], 1)
            screen += os.read(terminal, 65536) if readable else b""
            rest = rest[os.write(terminal, rest[:512]) :] if writable else rest
        if isinstance(typed, list):
            time.sleep(0.03)
    return screen


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
            if "stopped" in step:
                stop_for_a_while(child, terminal)
            screen += type_on(terminal, step["type"])
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

"""stillhere for Python: writes who keeps whom alive, for the `stillhere` command to explain.

One file, standard library only, CPython 3.8 to 3.14. Copy it beside your program, or put it on PYTHONPATH.

    import stillhere
    stillhere.dump("heap.pyheap.gz")                  # now
    stillhere.dump_on_signal()                        # later: kill -USR2 <pid>
    stillhere.should_go_away(session, "session", within=10)
    stillhere.measure()                               # for `stillhere watch`: collections, traced memory

    python3 -m stillhere app.py ...                   # app.py, with dump_on_signal()
    stillhere snapshot --pid <pid>                    # the command sends the signal, with care
    stillhere hunt --request / -- python3 app.py      # the command brings this file along and measures
    stillhere why heap.pyheap.gz Session              # the command explains

What is written: types, sizes, references with their names (attributes, keys, variables, positions), where functions,
frames and modules stand in the source, and, while tracemalloc traces, where objects were allocated. What is not: the
text of strings and bytes, unless `values=True`. Keys of dictionaries are written, cut at 60 characters.

The format, `pyheap`, is one JSON value a line; docs/formats/pyheap.md of stillhere describes it.
"""

import functools
import gc
import gzip
import json
import logging
import os
import sys
import threading
import time
import types
import weakref

__all__ = ["dump", "dump_on_signal", "answer_requests", "measure", "should_go_away", "all_gone", "Ticket", "StillHere"]
__version__ = "1"

_LONGEST_NAME = 60
_log = logging.getLogger("stillhere")


# ---------------------------------------------------------------------------------------------------- writing a graph


def dump(path, values=False):
    """Writes the graph of all Python objects to `path` (gzip when it ends in .gz). Returns (objects, references).

    Collects garbage first, so that what is in the file is alive. Takes about ten microseconds an object; other
    threads may run meanwhile. The file appears under its name only when it is whole.
    `values=True` also writes the first 60 characters of every string.
    """
    return _write(path, values, ())


_writing = threading.RLock()


def _write(path, values, watched):
    with _writing:
        return _write_alone(path, values, watched)


def _write_alone(path, values, watched):
    path = os.fspath(path)
    partial = "%s.%d.partial" % (path, os.getpid())
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    dumper = _Dumper(values, watched)
    try:
        dumper.find_objects()  # before the file and what it needs exist
        opened = gzip.open(partial, "wb", compresslevel=3) if path.endswith(".gz") else open(partial, "wb")
        try:
            with opened as file:
                counts = dumper.write(file)
            os.replace(partial, path)
        except BaseException:
            try:
                os.unlink(partial)
            except OSError:
                pass
            raise
        return counts
    finally:
        dumper.forget()
        if was_enabled:
            gc.enable()


# Read through descriptors of the base types: no attribute lookup may run the program's own code.
_module_dict = types.ModuleType.__dict__["__dict__"].__get__
_type_module = type.__dict__["__module__"].__get__
_type_qualname = type.__dict__["__qualname__"].__get__
_type_dict = type.__dict__["__dict__"].__get__
_type_mro_or_none = type.__dict__["__mro__"].__get__
_type_dictoffset = type.__dict__["__dictoffset__"].__get__
_exception_parts = tuple(
    ("<%s>" % name, BaseException.__dict__[name].__get__) for name in ("__traceback__", "__context__", "__cause__", "args")
)
_weak_target = weakref.ref.__call__
_get = object.__getattribute__
_quote = json.encoder.encode_basestring_ascii
_NOTHING = object()
_is_finalized = getattr(gc, "is_finalized", None)  # since 3.9
_LruCache = type(functools.lru_cache(None)(_quote))

_OPTIMIZED = 1  # code.co_flags: locals live in the frame, not in a dictionary
_INLINE_VALUES = sys.version_info >= (3, 11)  # instances may hold their attributes without a dictionary
_FRESH_LOCALS = sys.version_info >= (3, 13)  # frame.f_locals is a view; before, a dictionary the frame keeps

# Shared by everything and never freed: a reference to one says nothing.
_SHARED = frozenset(map(id, (None, True, False, Ellipsis, NotImplemented, "", b"", ())))
_ATOMS = frozenset((str, bytes, int, float, complex, bool, type(None), range))
_SUSPENDED = {
    types.GeneratorType: ("gi_frame", "gi_code"),
    types.CoroutineType: ("cr_frame", "cr_code"),
    types.AsyncGeneratorType: ("ag_frame", "ag_code"),
}


class _Plan:
    """What the objects of one type have in common."""

    __slots__ = ("index", "size", "slots", "has_dict", "has_del", "names", "guesses", "tries", "kind")

    def __init__(self, index, cls):
        self.index = index
        self.slots = []  # (name, getter) of members the type declares, __slots__ among them
        self.names = []  # attribute names seen on instances
        self.guesses = None  # attribute names the type's methods use; made when first needed
        self.tries = 0
        self.has_dict = _type_dictoffset(cls) != 0
        self.has_del = False
        sizeof = None
        for base in _type_mro(cls):
            own = _type_dict(base)
            if sizeof is None:
                sizeof = own.get("__sizeof__")
            if isinstance(own.get("__del__"), types.FunctionType):
                self.has_del = True
            for name, value in list(own.items()):
                if type(value) is types.MemberDescriptorType:
                    self.slots.append(("<%s>" % name if name.startswith("__") else "." + name, value.__get__))
        # a __sizeof__ in Python is the program's code, and is not run
        self.size = _plain_size if isinstance(sizeof, types.FunctionType) else sys.getsizeof
        self.kind = 0
        for number, base in ((1, types.ModuleType), (2, type), (3, weakref.ref), (4, BaseException), (5, dict), (6, list), (7, tuple)):
            if issubclass(cls, base):
                self.kind = number
                break


_MODULE, _CLASS, _WEAK, _EXCEPTION, _DICT, _LIST, _TUPLE = range(1, 8)
_BASE_KINDS = ("object", "module", "class", "weakref", "object", "object", "object", "object")
_KINDS = {
    str: "string",
    int: "number",
    float: "number",
    complex: "number",
    types.FunctionType: "function",
    types.BuiltinFunctionType: "function",
    types.MethodType: "function",
    types.CodeType: "code",
    types.FrameType: "frame",
    types.TracebackType: "traceback",
    types.CellType: "cell",
}


def _type_mro(cls):
    return _type_mro_or_none(cls) or (object,)  # None: a class that the collector has taken apart


def _plain_size(value):
    return object.__sizeof__(value)


def _type_text(cls):
    try:
        module, name = _type_module(cls), _type_qualname(cls)
    except Exception:
        return "?"
    if type(module) is not str or module in ("builtins", "__main__"):
        return name
    return module + "." + name


class _Dumper:
    def __init__(self, values, watched):
        self.values = values
        self.watched = watched
        self.file = None
        self.lines = []
        self.plans = {}
        self.sites = {}
        self.stacks = {}
        self.seen = set()
        self.queue = []
        self.namespaces = {}  # id of a dict -> kind of its names: "=" variables, "." attributes
        self.closures = {}  # id of a closure tuple -> names of its cells
        self.cells = {}  # id of a cell -> name of its variable
        self.encoded = {}
        self.objects = 0
        self.references = 0
        self.own = set()
        self.roots = []
        self.allocated_at = None
        tracemalloc = sys.modules.get("tracemalloc")
        if tracemalloc is not None and tracemalloc.is_tracing():
            import _tracemalloc

            self.allocated_at = _tracemalloc._get_object_traceback

    def find_objects(self):
        self.roots = self.find_roots()
        # containers only; the rest is reached through them
        for value in gc.get_objects():
            if id(value) not in self.seen:
                self.seen.add(id(value))
                self.queue.append(value)
        self.leave_out_ourselves()
        self.learn_names()

    def write(self, file):
        self.file = file
        self.put(
            json.dumps(
                {
                    "format": "pyheap",
                    "version": 1,
                    "python": "%d.%d.%d" % sys.version_info[:3],
                    "implementation": sys.implementation.name,
                    "pid": os.getpid(),
                    "time": time.time(),
                    "values": bool(self.values),
                    "allocations": self.allocated_at is not None,
                }
            )
        )
        for identity, kind, label in self.roots:
            self.put('["r",%d,%s,%s]' % (identity, _quote(kind), self.text(label)))
        for identity, name in self.watched:
            self.put('["w",%d,%s]' % (identity, self.text(name)))
        queue, own = self.queue, self.own
        at = 0
        while at < len(queue):
            value = queue[at]
            at += 1
            if id(value) not in own:
                self.put_object(value)
        value = None
        self.put('["end",%d,%d]' % (self.objects, self.references))
        self.flush()
        return self.objects, self.references

    def forget(self):
        """The list of objects holds this dumper itself, and so everything: it must not wait for the collector."""
        for part in list(_get(self, "__dict__").values()):
            if type(part) in (dict, list, set):
                part.clear()

    # -- what is alive by itself, what is ours, what is called how

    def find_roots(self):
        roots = []
        for name, module in list(sys.modules.items()):
            if isinstance(module, types.ModuleType):
                self.reach(module)
                roots.append((id(module), "module", str(name)))
        frame = sys._getframe()
        while frame is not None and frame.f_globals is globals():
            self.own.add(id(frame))
            frame = frame.f_back
        caller = frame
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        for identity, frame in sys._current_frames().items():
            if id(frame) in self.own:
                frame = caller
            # every frame of a running stack is alive by itself
            while frame is not None:
                self.reach(frame)
                roots.append((id(frame), "thread", names.get(identity, "thread %d" % identity)))
                frame = frame.f_back
        return roots

    def leave_out_ourselves(self):
        own = self.own
        parts = _get(self, "__dict__")
        own.add(id(self))
        own.add(id(parts))
        for value in parts.values():
            if type(value) in (dict, list, set):
                own.add(id(value))

    def learn_names(self):
        """Names known where a thing is used, not where it is."""
        for value in self.queue:
            t = type(value)
            if t is types.FunctionType:
                closure = value.__closure__
                if closure is not None:
                    names = value.__code__.co_freevars
                    self.closures[id(closure)] = names
                    for name, cell in zip(names, closure):
                        self.cells[id(cell)] = name
                self.namespaces[id(value.__globals__)] = "="
            elif issubclass(t, types.ModuleType):
                self.namespaces[id(_module_dict(value))] = "="
            elif issubclass(t, type):
                # the first dict a class refers to is its own namespace
                for part in gc.get_referents(value):
                    if type(part) is dict:
                        self.namespaces[id(part)] = "."
                        break

    # -- rows

    def put_object(self, value):
        t = type(value)
        plan = self.plans.get(id(t))
        if plan is None:
            plan = self.plans[id(t)] = _Plan(len(self.plans), t)
            self.put('["t",%d,%s,%d,"%s"]' % (plan.index, self.text(_type_text(t)), id(t), _KINDS.get(t) or _BASE_KINDS[plan.kind]))
        try:
            size = plan.size(value)
        except Exception:
            size = 0
        label = self.label(value, t, plan)
        site = -1 if self.allocated_at is None else self.site(value)
        row = '["o",%d,%d,%d' % (id(value), plan.index, size)
        if label is not None:
            row += "," + self.text(label)
        elif site >= 0:
            row += ",null"
        self.put(row + (",%d]" % site if site >= 0 else "]"))
        self.objects += 1
        if plan.has_del and _is_finalized is not None and _is_finalized(value):
            self.put('["f",%d]' % id(value))
        if t in _ATOMS:
            return
        place = self.place(value, t, plan)
        if place is not None and type(place[0]) is str and type(place[1]) is int:
            self.put('["l",%d,%s,%d]' % (id(value), self.text(place[0]), place[1]))
        row = []
        if t is dict:
            self.refer_items(row, value)
        elif t is list:
            for index, part in enumerate(list.copy(value)):
                self.refer(row, index, part)
        elif t is tuple:
            names = self.closures.get(id(value))
            for index, part in enumerate(value):
                self.refer(row, index if names is None else "=" + names[index], part)
        else:
            self.refer_parts(row, value, t, plan)
        # no line grows without end, whatever the length of a list
        for start in range(0, len(row), 4096):
            self.put('["e",%d%s]' % (id(value), "".join(row[start : start + 4096])))

    def refer(self, row, name, part):
        identity = id(part)
        if identity in _SHARED or identity in self.own or (type(part) is int and -6 < part < 257):
            return
        if identity not in self.seen:
            self.seen.add(identity)
            self.queue.append(part)
        row.append(",%d,%d" % (name, identity) if type(name) is int else ",%s,%d" % (self.text(name), identity))
        self.references += 1

    def refer_items(self, row, value):
        kind = self.namespaces.get(id(value))
        for key, part in list(dict.items(value)):
            if kind is not None and type(key) is str:
                self.refer(row, kind + key[:_LONGEST_NAME], part)
                continue
            self.refer(row, "[%s]" % _key_text(key), part)
            self.refer(row, "<key>", key)

    def refer_parts(self, row, value, t, plan):
        """Every reference the collector sees, once, under the name it is found to have."""
        parts = gc.get_referents(value)
        left = {}
        for part in parts:
            left[id(part)] = left.get(id(part), 0) + 1

        def take(name, part):
            count = left.get(id(part), 0)
            if count > 0:
                left[id(part)] = count - 1
                self.refer(row, name, part)

        kind = plan.kind
        if t is types.FrameType:
            self.refer_frame(row, value, left)
        elif t is set or t is frozenset:
            for part in parts:
                take("<item>", part)
        elif t is types.FunctionType:
            for name in ("__code__", "__name__", "__qualname__", "__defaults__", "__kwdefaults__"):
                take("<%s>" % name, getattr(value, name))
        elif t is types.TracebackType:
            take("<tb_next>", value.tb_next)
        elif t is types.BuiltinFunctionType:
            take("<__self__>", value.__self__)
        elif t in _SUSPENDED:
            frame = getattr(value, _SUSPENDED[t][0])
            if frame is not None:
                for name, part in self.locals_of(frame).items():
                    take("=" + name, part)
        elif t is types.CellType:
            name = self.cells.get(id(value))
            for part in parts:
                take("<contents>" if name is None else "=" + name, part)
        elif kind == _WEAK:
            target = _weak_target(value)
            if target is not None:
                self.refer(row, "~target", target)
            target = None
        elif kind == _MODULE:
            take("<__dict__>", _module_dict(value))
        elif kind == _EXCEPTION:
            for name, getter in _exception_parts:
                take(name, getter(value))
        elif kind == _CLASS:
            for part in parts:
                if self.namespaces.get(id(part)) == ".":
                    take("<__dict__>", part)
            for part in value.__bases__ if type(value) is type else ():
                take("<base>", part)
        elif kind == _DICT:
            for key, part in list(dict.items(value)):
                take("[%s]" % _key_text(key), part)
                take("<key>", key)
        elif kind == _LIST:
            for index, part in enumerate(list.copy(value)):
                take(index, part)
        elif kind == _TUPLE:
            for index, part in enumerate(tuple.__iter__(value)):
                take(index, part)
        for name, getter in plan.slots:
            try:
                take(name, getter(value))
            except Exception:
                pass  # not set
        take("<class>", t)
        if plan.has_dict and kind not in (_MODULE, _CLASS):
            self.take_attributes(value, t, plan, parts, left, take)
        is_cache = t is _LruCache
        for part in parts:
            take("<cached>" if is_cache else None, part)

    def take_attributes(self, value, t, plan, parts, left, take):
        if _INLINE_VALUES and any(left.values()):
            # Asking for __dict__ would make one, for good. Attributes are looked up one by one instead, by the names
            # seen on other instances and used in the methods.
            for name in plan.names:
                part = _attribute(value, name)
                if part is not _NOTHING:
                    take("." + name, part)
            if plan.tries < 64 and any(left.values()):
                plan.tries += 1
                if plan.guesses is None:
                    plan.guesses = _guess_names(t)
                for name in list(plan.guesses):
                    part = _attribute(value, name)
                    if part is not _NOTHING and left.get(id(part), 0) > 0:
                        take("." + name, part)
                        plan.guesses.discard(name)
                        plan.names.append(name)
        for part in parts:
            if type(part) is dict and left.get(id(part), 0) > 0 and self.is_dict_of(value, part):
                self.namespaces[id(part)] = "."
                take("<__dict__>", part)

    def is_dict_of(self, value, part):
        if not _INLINE_VALUES:
            try:
                return _get(value, "__dict__") is part
            except AttributeError:
                return False
        for key, item in list(dict.items(part)):
            return type(key) is str and _attribute(value, key) is item
        return False

    def refer_frame(self, row, frame, left):
        def refer(name, part):
            if left.get(id(part), 0) > 0:
                left[id(part)] -= 1
            self.refer(row, name, part)

        for name, part in self.locals_of(frame).items():
            refer("=" + name, part)
        if not frame.f_code.co_flags & _OPTIMIZED and frame.f_locals is not frame.f_globals:
            refer("<f_locals>", frame.f_locals)
        for name in ("f_back", "f_code", "f_globals", "f_builtins"):
            part = getattr(frame, name)
            if part is not None:
                refer("<%s>" % name, part)

    def locals_of(self, frame):
        if not frame.f_code.co_flags & _OPTIMIZED:
            return {}  # a module's or class's: its names are those of its namespace
        kept = frame.f_locals
        found = dict(kept)
        # Before 3.13 the frame now keeps a dictionary of its locals, and would keep them alive after they change.
        # Emptied, unless somebody else holds it (the program called locals()).
        if not _FRESH_LOCALS and sys.getrefcount(kept) <= 3 and frame.f_trace is None:
            kept.clear()
        return found

    def label(self, value, t, plan):
        if t is str:
            return value[:_LONGEST_NAME] if self.values else None
        if t is types.FunctionType:
            return value.__qualname__
        if t is types.CodeType:
            return value.co_name
        if t is types.FrameType:
            return value.f_code.co_name
        if plan.kind == _CLASS:
            return _type_text(value)
        if plan.kind == _MODULE:
            name = _module_dict(value).get("__name__")
            return name if type(name) is str else None
        return None

    def place(self, value, t, plan):
        if t is types.FunctionType:
            return value.__code__.co_filename, value.__code__.co_firstlineno
        if t is types.CodeType:
            return value.co_filename, value.co_firstlineno
        if t is types.FrameType:
            return value.f_code.co_filename, value.f_lineno
        if t is types.TracebackType:
            return value.tb_frame.f_code.co_filename, value.tb_lineno
        if t in _SUSPENDED:
            code = getattr(value, _SUSPENDED[t][1])
            return code.co_filename, code.co_firstlineno
        if plan.kind == _MODULE:
            return _module_dict(value).get("__file__"), 1
        if plan.kind == _CLASS and t is type:
            own = _type_dict(value)
            line = own.get("__firstlineno__")  # 3.13
            for part in list(own.values()) if type(line) is int else ():
                if type(part) is types.FunctionType:
                    return part.__code__.co_filename, line
        return None

    def site(self, value):
        stack = self.allocated_at(value)
        if stack is None:
            return -1
        known = self.stacks.get(stack)
        if known is not None:
            return known
        site = -1
        for file, line in reversed(stack):
            key = (site, file, line)
            found = self.sites.get(key)
            if found is None:
                found = self.sites[key] = len(self.sites)
                self.put('["a",%d,%d,%s,%d]' % (found, site, self.text(file), line))
            site = found
        self.stacks[stack] = site
        return site

    # -- output

    def reach(self, value):
        if id(value) not in self.seen:
            self.seen.add(id(value))
            self.queue.append(value)

    def text(self, text):
        if text is None:
            return "null"
        encoded = self.encoded.get(text)
        if encoded is None:
            encoded = _quote(text)
            if len(self.encoded) < 200000:
                self.encoded[text] = encoded
        return encoded

    def put(self, line):
        self.lines.append(line)
        if len(self.lines) >= 8192:
            self.flush()

    def flush(self):
        self.lines.append("")
        self.file.write("\n".join(self.lines).encode("ascii"))
        self.lines.clear()


def _attribute(value, name):
    try:
        return _get(value, name)
    except Exception:
        return _NOTHING


def _guess_names(cls):
    """Names that may be attributes of the instances: those the methods of the class mention."""
    names = set()
    for base in _type_mro(cls):
        own = _type_dict(base)
        for value in list(own.values()):
            if type(value) in (staticmethod, classmethod):
                value = value.__func__
            if type(value) is property:
                value = value.fget
            if type(value) is types.FunctionType:
                names.update(value.__code__.co_names)
        annotations = own.get("__annotations__")
        if type(annotations) is dict:
            names.update(name for name in annotations if type(name) is str)
    module = sys.modules.get(_type_text(cls).rpartition(".")[0]) or sys.modules.get("__main__")
    if isinstance(module, types.ModuleType):
        for value in list(_module_dict(module).values()):
            if type(value) is types.FunctionType:
                names.update(value.__code__.co_names)
    # a name the class itself answers by a descriptor would run its code
    for base in _type_mro(cls):
        for name, value in list(_type_dict(base).items()):
            if any("__get__" in _type_dict(each) for each in _type_mro(type(value))):
                names.discard(name)
    return names


def _key_text(key):
    t = type(key)
    if t is str:
        return key[:_LONGEST_NAME]
    if t is int:
        return str(key) if key.bit_length() < 128 else "int"
    if t is float or t is bool or key is None:
        return repr(key)
    if t is tuple and len(key) <= 4 and all(type(part) in (str, int, float, bool) for part in key):
        return "(%s)" % ", ".join(_key_text(part) for part in key)
    return _type_text(t)


# ------------------------------------------------------------------------------------------------------- on a signal

_taken = 0


def _next_path(directory):
    global _taken
    _taken += 1
    directory = directory or os.environ.get("STILLHERE_DIR") or "."
    return os.path.join(directory, "stillhere-%d-%d.pyheap.gz" % (os.getpid(), _taken))


def dump_on_signal(signum=None, directory=None, values=False):
    """Writes stillhere-<pid>-<n>.pyheap.gz to `directory` whenever the process gets the signal (SIGUSR2).

    To be called from the main thread, as all signal handlers. The directory: this argument, $STILLHERE_DIR, or the
    current one. The process stands still while the file is written.
    """
    import signal

    if signum is None:
        if not hasattr(signal, "SIGUSR2"):
            raise OSError("this system has no SIGUSR2; give dump_on_signal another signal")
        signum = signal.SIGUSR2

    def handle(received, frame):
        path = _next_path(directory)
        try:
            _write(path, values, _still_watched())
            _log.warning("wrote %s", path)
        except Exception:  # never the program's trouble
            _log.exception("could not write %s", path)

    signal.signal(signum, handle)
    _leave_mark({"signal": int(signum), "directory": os.path.abspath(directory or os.environ.get("STILLHERE_DIR") or ".")})


_mark = None


def _leave_mark(facts):
    """A file in memory that shows among this process' descriptors: from outside, who asks knows that a signal is safe."""
    global _mark
    if not hasattr(os, "memfd_create"):  # not Linux
        return
    try:
        if _mark is None:
            _mark = os.memfd_create("stillhere")
        os.ftruncate(_mark, 0)
        os.pwrite(_mark, json.dumps(facts).encode("ascii"), 0)
    except OSError:
        _mark = None  # no descriptor left: the program needs them more


# ------------------------------------------------------------------------------------------------ asked from outside


def answer_requests(folder):
    """Answers the `stillhere` command on the socket <pid>.sock in `folder`; for programs it started (hunt).

    A request is a JSON object on one line, so is its answer: {"do": "memory"} collects garbage and counts what is left,
    {"do": "dump", "path": ...} writes the graph, {"do": "trace"} starts tracemalloc, {"do": "traced", "path": ...} writes
    its snapshot and stops it. A thread of its own answers; processes forked later answer on sockets of their own.
    """
    _listen(folder)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _listen(folder))


def _listen(folder):
    import socket

    path = os.path.join(folder, "%d.sock" % os.getpid())
    try:
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(path)
        server.listen(4)
    except OSError:  # the command is gone, and its folder with it
        return
    threading.Thread(target=_serve, args=(server, path), name="stillhere", daemon=True).start()


def _serve(server, path):
    import atexit

    atexit.register(_unlink, path, os.getpid())
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        try:
            with connection, connection.makefile("rwb") as stream:
                for line in stream:
                    try:
                        answer = _answer(json.loads(line.decode("utf-8")))
                    except Exception as error:
                        answer = {"error": "%s: %s" % (type(error).__name__, error)}
                    stream.write(json.dumps(answer).encode("ascii") + b"\n")
                    stream.flush()
                    line = answer = None
        except OSError:
            continue  # whoever asked went away


def _unlink(path, pid):
    if os.getpid() == pid:
        try:
            os.unlink(path)
        except OSError:
            pass


def _answer(request):
    do = request.get("do")
    if do == "memory":
        return _count_memory()
    if do == "facts":
        return {"pid": os.getpid(), "python": "%d.%d.%d" % sys.version_info[:3], "implementation": sys.implementation.name}
    if do == "dump":
        started = time.monotonic()
        objects, references = dump(request["path"])
        return {"objects": objects, "references": references, "seconds": time.monotonic() - started}
    if do == "trace":
        import tracemalloc

        if tracemalloc.is_tracing():  # the program's own affair
            return {"tracing": "already"}
        tracemalloc.start(int(request.get("frames", 8)))
        return {"tracing": "started"}
    if do == "traced":
        import tracemalloc

        gc.collect()
        tracemalloc.take_snapshot().dump(request["path"])
        tracemalloc.stop()
        return {"path": request["path"]}
    raise ValueError("unknown request %r" % (do,))


def _count_memory():
    """What is left after full collections: objects and their bytes, as a dump would tell them."""
    started = time.monotonic()
    for _ in range(4):  # finalisers may free more
        if gc.collect() == 0:
            break
    sizes = {}
    known = sizes.get
    size = sys.getsizeof
    seen = set()
    untracked = []
    is_tracked = gc.is_tracked
    objects = size_total = 0
    tracked = gc.get_objects()
    for value in tracked:
        t = type(value)
        plain = known(t)
        if plain is None:
            own = next((_type_dict(base)["__sizeof__"] for base in _type_mro(t) if "__sizeof__" in _type_dict(base)), None)
            plain = sizes[t] = isinstance(own, types.FunctionType)
        # a __sizeof__ in Python is the program's code, and is not run
        try:
            size_total += _plain_size(value) if plain else size(value)
        except Exception:
            pass
        objects += 1
        for part in gc.get_referents(value):
            if not is_tracked(part) and id(part) not in seen:
                seen.add(id(part))
                untracked.append(part)
        # what the collector does not track is reached from what it tracks; tuples of numbers lead on
        while untracked:
            part = untracked.pop()
            t = type(part)
            objects += 1
            try:
                size_total += size(part)
            except Exception:
                pass
            if t not in _ATOMS:
                for inner in gc.get_referents(part):
                    if not is_tracked(inner) and id(inner) not in seen:
                        seen.add(id(inner))
                        untracked.append(inner)
    value = part = inner = None
    del tracked, seen, untracked
    return {"objects": objects, "bytes": size_total, "blocks": sys.getallocatedblocks(), "threads": threading.active_count(), "seconds": time.monotonic() - started}


# --------------------------------------------------------------------------------------------------- should go away


class StillHere(AssertionError):
    """Objects that should have gone away are still here. `tickets` are theirs, `path` the graph that says why."""

    def __init__(self, message, tickets, path):
        super().__init__(message)
        self.tickets = tickets
        self.path = path


class Ticket:
    """What should_go_away() returns. Holds the object weakly."""

    def __init__(self, value, name, within, where, action):
        self.name = name
        self.within = within
        self.where = where
        self.deadline = time.monotonic() + within
        self.state = "waiting"  # then "gone" or "still here"
        self.path = None
        self.type_name = _type_text(type(value))
        self._action = action
        self._ref = weakref.ref(value)

    @property
    def gone(self):
        return self._ref() is None

    def __repr__(self):
        return "<stillhere.Ticket %r %s: %s>" % (self.name, self.type_name, "gone" if self.gone else self.state)


_tickets = []
_condition = threading.Condition()
_watcher = None
_files_left = 3


def should_go_away(value, name=None, within=5.0, then=None):
    """Expects `value` to be freed within so many seconds; if it is still here then, writes the graph that says why.

    The object is held weakly. At the deadline garbage is collected, so that a cycle is no alarm; then the graph goes
    to stillhere-<pid>-<n>.pyheap.gz (at most three a process), the log `stillhere` tells so, and `then(ticket)` is
    called in the watching thread. Lists, dicts, tuples, strings and numbers cannot be held weakly: watch what owns
    them.
    """
    name = _type_text(type(value)) if name is None else str(name)
    frame = sys._getframe(1)
    where = "%s:%d" % (frame.f_code.co_filename, frame.f_lineno)
    try:
        ticket = Ticket(value, name, float(within), where, then)
    except TypeError:
        raise TypeError(
            "%s: a %s cannot be watched, since Python allows no weak reference to it; watch the object that owns it"
            % (name, _type_text(type(value)))
        ) from None
    finally:
        del value, frame
    with _condition:
        _tickets.append(ticket)
        _start_watcher()
        _condition.notify()
    return ticket


def all_gone(within=None):
    """For tests: waits until everything given to should_go_away() is gone, at most `within` seconds.

    Without `within`, until the last deadline. Raises StillHere, which is an AssertionError, with the graph's path.
    """
    until = None if within is None else time.monotonic() + within
    with _condition:  # taken from the watcher: what is late is told once, here
        left = [ticket for ticket in _tickets if ticket.state == "waiting"]
        _tickets.clear()
    pause = 0.001
    while True:
        gc.collect()
        for ticket in left:
            if ticket.gone:
                ticket.state = "gone"
        left = [ticket for ticket in left if ticket.state == "waiting"]
        if not left:
            return
        end = max(ticket.deadline for ticket in left) if until is None else until
        now = time.monotonic()
        if now >= end:
            break
        time.sleep(min(pause, end - now))
        pause = min(pause * 2, 0.25)
    path = _next_path(None)
    _write(path, False, [(id(ticket._ref()), ticket.name) for ticket in left])
    for ticket in left:
        ticket.state, ticket.path = "still here", path
    raise StillHere("\n".join([_told(ticket) for ticket in left] + ["  why: stillhere why %s" % path]), left, path)


def _told(ticket):
    lines = ['%s "%s" should have gone away, but is still here (watched at %s).' % (ticket.type_name, ticket.name, ticket.where)]
    lines += ["  held by %s" % text for text in _holders(ticket._ref())]
    return "\n".join(lines)


def _holders(value, most=3):
    """The nearest containers that refer to it, in words."""
    found = []
    if value is None:
        return found
    for holder in gc.get_referrers(value):
        if isinstance(holder, types.FrameType):
            if holder.f_globals is not globals():
                found.append("a local variable of %s (%s:%s)" % (holder.f_code.co_name, holder.f_code.co_filename, holder.f_lineno))
        elif type(holder) is dict:
            names = []
            for key, part in list(dict.items(holder)):  # no comprehension: it would capture `value` in a cell
                if part is value:
                    names.append(_key_text(key))
            part = None
            if names and holder.get("__name__") in sys.modules and "__builtins__" in holder:
                found.append("%s, a variable of module %s" % (names[0], holder["__name__"]))
            elif names:
                found.append("a dict, under %s" % names[0])
        elif type(holder) is list:
            found.append("a list of %d" % len(holder))
        elif type(holder) is types.CellType:
            found.append("a variable of a closure")
        else:
            found.append("a %s" % _type_text(type(holder)))
        if len(found) >= most:
            break
    return found


def _still_watched():
    with _condition:
        values = [(ticket._ref(), ticket.name) for ticket in _tickets]
    return [(id(value), name) for value, name in values if value is not None]


def _start_watcher():
    global _watcher
    if _watcher is None or _watcher[0] != os.getpid() or not _watcher[1].is_alive():
        thread = threading.Thread(target=_watch, name="stillhere", daemon=True)
        _watcher = (os.getpid(), thread)
        thread.start()


def _watch():
    while True:
        with _condition:
            for ticket in _tickets:
                if ticket.gone:
                    ticket.state = "gone"
            _tickets[:] = [ticket for ticket in _tickets if ticket.state == "waiting"]
            now = time.monotonic()
            due = [ticket for ticket in _tickets if ticket.deadline <= now]
            if not due:
                if _tickets:
                    _condition.wait(min(max(min(ticket.deadline for ticket in _tickets) - now, 0.01), 60))
                else:
                    _condition.wait()
                continue
        gc.collect()
        late = [ticket for ticket in due if not ticket.gone]
        if late:
            _report(late)
        with _condition:
            for ticket in due:
                if ticket.state == "waiting":
                    ticket.state = "gone"


def _report(late):
    global _files_left
    path = None
    if _files_left > 0:
        _files_left -= 1
        path = _next_path(None)
        try:
            values = [(ticket._ref(), ticket.name) for ticket in late]
            watched = [(id(value), name) for value, name in values if value is not None]
            del values
            _write(path, False, watched)
        except Exception:
            _log.exception("could not write %s", path)
            path = None
    for ticket in late:
        ticket.state, ticket.path = "still here", path
        _log.error("%s%s", _told(ticket), "" if path is None else "\n  why: stillhere why %s" % path)
        if ticket._action is not None:
            try:
                ticket._action(ticket)
            except Exception:
                _log.exception("the action for %r failed", ticket.name)


# ------------------------------------------------------------------------------------------------ measuring for `watch`

_ACCOUNT_BYTES = 1024
_measuring = None


def measure(every=1.0):
    """Keeps what Python knows of its memory where `stillhere watch` finds it, renewed every so many seconds.

    Collections and, while tracemalloc traces (`python3 -X tracemalloc`, or tracemalloc.start()), the bytes that are
    traced: now, and after the last full collection. Some 50 us each time, in a daemon thread. Nothing is written to a
    disk: the numbers stand in a file in memory without a name, which goes with the process. Linux.
    """
    global _measuring
    if _measuring is not None and _measuring[0] == os.getpid():
        return
    if not hasattr(os, "memfd_create"):
        raise OSError("stillhere.measure() needs Linux")
    import tracemalloc  # noqa: F401  -X tracemalloc traces without importing it

    account = _Account(float(every))
    _measuring = (os.getpid(), account)
    thread = threading.Thread(target=account.run, name="stillhere-measure", daemon=True)
    thread.start()


class _Account:
    def __init__(self, every):
        self.every = every
        self.file = os.memfd_create("stillhere-memory")
        self.floor = None
        self.full = 0
        gc.callbacks.append(self.collected)

    def collected(self, phase, info):
        if phase == "stop" and info.get("generation") == 2:
            self.full += 1
            self.floor = _traced_bytes()

    def run(self):
        owner = os.getpid()
        while os.getpid() == owner:
            try:
                self.write()
            except Exception:  # never the program's trouble
                _log.exception("could not keep the account of memory")
                return
            time.sleep(self.every)

    def write(self):
        metrics = {"gc-count": sum(each["collections"] for each in gc.get_stats()), "gc-full-count": self.full}
        traced = _traced_bytes()
        if traced is not None:
            metrics["heap-used"] = traced
        if self.floor is not None:
            metrics["heap-floor"] = self.floor
        line = json.dumps({"at": round(time.time() * 1000), "runtime": "python", "metrics": metrics})
        os.pwrite(self.file, line.ljust(_ACCOUNT_BYTES - 1).encode() + b"\n", 0)


def _traced_bytes():
    tracemalloc = sys.modules.get("tracemalloc")
    return tracemalloc.get_traced_memory()[0] if tracemalloc is not None and tracemalloc.is_tracing() else None


# -------------------------------------------------------------------------------------------------- python -m stillhere


def _main(arguments):
    import runpy

    signum = directory = None
    while arguments and arguments[0].startswith("--"):
        option, _, value = arguments.pop(0).partition("=")
        if option == "--signal" and value:
            import signal

            signum = getattr(signal, "SIG" + value.upper().replace("SIG", ""))
        elif option == "--directory" and value:
            directory = value
        else:
            raise SystemExit("stillhere: unknown option %s" % option)
    if not arguments:
        raise SystemExit("usage: python3 -m stillhere [--signal=USR2] [--directory=DIR] program.py [arguments]")
    import stillhere  # the copy the program will import, not this __main__

    stillhere.dump_on_signal(signum, directory)
    if hasattr(os, "memfd_create"):
        stillhere.measure()
    sys.argv[:] = arguments
    sys.path.insert(0, os.path.dirname(os.path.abspath(arguments[0])))
    runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    _main(sys.argv[1:])
else:
    if os.environ.get("STILLHERE_ON_SIGNAL") and threading.current_thread() is threading.main_thread():
        dump_on_signal()
    if os.environ.get("STILLHERE_ANSWER_IN"):
        answer_requests(os.environ["STILLHERE_ANSWER_IN"])
    if os.environ.get("STILLHERE_MEASURE") and hasattr(os, "memfd_create"):
        measure()

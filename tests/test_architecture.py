"""The layer table as data: who may import whom, and which library may stand in which room."""

from __future__ import annotations

import ast
import fnmatch
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "wamsg"

#: Lowest first. A module imports from lower layers or its own room, nothing else.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "clock"),
    ("model", "wire"),
    ("messenger", "codec", "settings", "recipients", "views"),
    ("operations",),
    ("dialect",),
    ("driver",),
    ("registry", "capabilities", "providers", "transport", "pipeline"),
    ("client", "ledger"),
    ("fanout", "webhooks", "engine"),
    ("broadcast", "sandbox", "testing"),
    ("cli",),
)

#: Library -> the files that may import it.
LIBRARIES: dict[str, tuple[str, ...]] = {
    "attrs": ("*",),
    "attr": (),
    "cattrs": ("codec/*", "providers/*/convert.py"),
    "orjson": ("wire/json.py", "providers/*/convert.py"),
    "aiohttp": ("transport/aiohttp*.py", "sandbox/server*.py", "client/connection.py", "webhooks/aiohttp.py"),
    "yarl": ("transport/aiohttp*.py", "sandbox/server*.py"),
    "multidict": ("transport/aiohttp*.py", "sandbox/server*.py"),
    "tenacity": ("pipeline/retry.py",),
    "cyclopts": ("cli/*",),
    "rich": ("cli/*",),
    "phonenumbers": ("broadcast/policy/zones.py",),
    "pytest": ("testing/contract*.py",),
    "hypothesis": ("testing/contract*.py", "testing/strategies.py"),
}

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc", "types", "constants"}

FILES = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.py"))


def room_of(module: str) -> str:
    """``wamsg.pipeline.lane`` -> ``pipeline``; each provider is a room of its own."""
    parts = module.split(".")
    if len(parts) > 2 and parts[1] == "providers":
        return f"providers.{parts[2]}"
    return parts[1] if len(parts) > 1 else ""


def layer_of(module: str) -> int | None:
    room = room_of(module).split(".")[0]
    return next((number for number, rooms in enumerate(LAYERS) if room in rooms), None)


def module_name(path: Path) -> str:
    parts = list(path.with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(["wamsg", *parts])


def imports_of(path: Path) -> set[str]:
    """Every module that a file names, at the top, inside functions and for type checkers alike."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def own_modules() -> dict[str, Path]:
    return {module_name(path): path for path in FILES}


def internal_imports(path: Path) -> set[str]:
    known = own_modules()
    named = {name for name in imports_of(path) if name in known}
    # "from wamsg.x import y" names both the package and, perhaps, its module y: the deepest one is what is meant.
    return {name for name in named if not any(other.startswith(name + ".") for other in named)} - {module_name(path)}


LAYERED = [path for path in FILES if module_name(path) not in {"wamsg", "wamsg.__main__"}]


@pytest.mark.parametrize("path", LAYERED, ids=str)
def test_a_module_imports_only_lower_layers_or_its_own_room(path: Path) -> None:
    """Data goes one way: nothing looks up, and siblings do not know each other."""
    own, mine = room_of(module_name(path)), layer_of(module_name(path))
    assert mine is not None, f"{path} is in no room of the table"

    for target in internal_imports(path) - {"wamsg"}:
        theirs = layer_of(target)
        assert theirs is not None, f"{path} imports {target}, which is in no room"
        assert room_of(target) == own or theirs < mine, f"{path} (layer {mine}) imports {target} (layer {theirs})"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_library_stands_only_in_its_rooms(path: Path) -> None:
    """aiohttp, tenacity and the others stay behind the walls named in the table."""
    roots = {name.split(".")[0] for name in imports_of(path)} - {"wamsg", ""}

    for name in roots - set(sys.stdlib_module_names):
        assert name in LIBRARIES, f"{path} imports {name}, which no room may"
        assert any(fnmatch.fnmatch(str(path), pattern) for pattern in LIBRARIES[name]), f"{path} imports {name}"


@pytest.mark.parametrize("path", [path for path in FILES if path.parts[0] == "providers"], ids=str)
def test_a_provider_can_do_no_io(path: Path) -> None:
    """Drivers are pure: no loop, no socket, no clock, no thread, no environment."""
    forbidden = {"asyncio", "socket", "ssl", "time", "threading", "urllib.request", "http.client", "os", "random"}

    assert not forbidden & imports_of(path)


def test_only_the_clock_reads_time() -> None:
    """Whoever needs the time is handed a clock."""
    readers = [path for path in FILES if "time" in {name.split(".")[0] for name in imports_of(path)}]

    assert [Path("clock.py")] == readers


def test_no_module_imports_itself_around_a_corner() -> None:
    """There is no cycle, deferred and typing imports included; a package's front door is not its inside."""
    graph = {module_name(path): internal_imports(path) for path in FILES}
    state: dict[str, int] = {}

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert state.get(module) != 1, f"cycle: {' -> '.join((*trail, module))}"
        if state.get(module) == 2:
            return
        state[module] = 1
        for target in graph[module]:
            visit(target, (*trail, module))
        state[module] = 2

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("path", FILES, ids=str)
def test_files_are_small_and_named_after_what_they_hold(path: Path) -> None:
    """At most 350 lines, and no drawer for odds and ends."""
    assert len((ROOT / path).read_text().splitlines()) <= 350
    assert not BANNED_NAMES & {part.removesuffix(".py") for part in path.parts}


def test_importing_wamsg_loads_no_provider_and_no_heavy_library() -> None:
    """They load on first use."""
    code = (
        "import sys, wamsg; "
        "heavy = {'aiohttp', 'tenacity', 'cattrs', 'cyclopts', 'rich', 'sqlite3', 'pytest', 'hypothesis'}; "
        "loaded = heavy & set(sys.modules); "
        "loaded |= {name for name in sys.modules if name.startswith('wamsg.providers.')}; "
        "sys.exit(f'loaded: {loaded}' if loaded else 0)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)

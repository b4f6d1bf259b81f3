"""The wheel works from any folder: prompts, tools, the gateway, the page and the configuration's schema come along."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    done = subprocess.run([*build, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("nlops-*.whl"))


def test_all_that_is_data_is_in_it(wheel: Path) -> None:
    """Every file that is no Python of package, prompts, tools and the gateway for Node, byte for byte."""
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        for folder in ("gateway", "prompts", "tools"):
            for file in (ROOT / folder).iterdir():
                assert packed.read(f"nlops/_data/{folder}/{file.name}") == file.read_bytes()
        for file in (ROOT / "nlops").rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert str(file.relative_to(ROOT)) in names


def test_it_works_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    """Installed beside its libraries, not from the checkout: the linter, the catalogue and a keyword answer."""
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    site = next((tmp_path / "venv" / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    # A path of a .pth file comes after the folder itself: nlops is the wheel's, only the libraries are borrowed.
    (site / "libraries.pth").write_text(libraries)
    (tmp_path / "empty").mkdir()

    def nlops(*words: str) -> subprocess.CompletedProcess[str]:
        python = str(tmp_path / "venv" / "bin" / "python")
        command = [python, "-m", "nlops", *words]
        return subprocess.run(command, cwd=tmp_path / "empty", capture_output=True, text=True, check=False)

    assert nlops("tools", "check").stdout.count("ok ") >= 4
    assert str(site) in nlops("tools", "check").stdout
    asked = nlops("ask", "restart bob", "--json")
    assert asked.returncode == 0 and '"restart"' in asked.stdout, asked.stderr
    assert not list((tmp_path / "empty").iterdir())

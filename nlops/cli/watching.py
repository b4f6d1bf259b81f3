"""Definitions, and `[tools]` of nlops.toml, as they change while the service runs."""

from dataclasses import replace

from nlops.adapters.definitions import CatalogueWatch, Folders
from nlops.cli.definitions import folders_of
from nlops.cli.load import load_catalogue, load_tools_config
from nlops.domain.config import Config
from nlops.domain.tools import Catalogue


def watch_definitions(config: Config, catalogue: Catalogue) -> CatalogueWatch:
    """Notices what changes of `[tools]` and of the definitions while nlops runs. The rest of nlops.toml is read at a
    start only."""

    def load() -> tuple[Catalogue, Folders]:
        changed = replace(config, tools=load_tools_config(config.file))
        return load_catalogue(changed), folders_of(changed)

    return CatalogueWatch(load, folders_of(config), catalogue, (config.file,))

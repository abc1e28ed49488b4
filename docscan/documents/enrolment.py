"""Genuine samples of one kind of document in, a document model out; nothing is trained."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from docscan.checks.copy_move import COPIES, likeness_of
from docscan.checks.regions import DOUBT, MODEL
from docscan.copies import twins_of
from docscan.daylight_network import look_at_whole, usual
from docscan.documents.appearance import apart, appearance_of, cells_under, learned, reach_of
from docscan.documents.coverings import BLEEDS, print_bleeds
from docscan.documents.holders import joined, own_lines
from docscan.documents.laying import Laid, Structure, structure_of
from docscan.documents.light_statistics import light_statistics, statistics_of
from docscan.documents.model import (
    DocumentModel,
    PagePrint,
    PageTexture,
    ReferencePicture,
    ReferenceRegion,
    Statistics,
)
from docscan.documents.ovd import ovd_of
from docscan.documents.photo import photo_of
from docscan.documents.pictures import LEAST_SHARE, laid_on_samples, laid_together, lies_exactly, pictures_of
from docscan.documents.places import cells_of, mean_of_samples
from docscan.documents.prints import fineness_of, likeness, mean_of, print_of
from docscan.documents.record import FEWEST
from docscan.documents.regions import RegionLook, common_spots, regions_of
from docscan.documents.samples import Sample, Usable, require_alike, usable_samples
from docscan.documents.store import checked_name
from docscan.documents.texture import areas_of, learned_texture, texture_of
from docscan.documents.type_statistics import setting_statistics, type_statistics
from docscan.lights import judged, look_at_lights
from docscan.runtime import Models
from docscan.types import Box, Page, Spectrum
from docscan.typesetting import typesetting_of
from docscan.version import __version__
from docscan.visual.places import text_layout
from docscan.zones import Spots, around, layout_of

_SHOWN_ALIKE = 0.45  # correlation of a cell with the samples' mean from which it shows the same on all


def enrol(
    name: str,
    samples: Sequence[Sample],
    *,
    version: int,
    created: datetime,
    models: Models,
    without_mrz: bool = False,
) -> DocumentModel:
    """Learn what a kind of document looks like.

    Parameters
    ----------
    name
        Of the kind, as "uto-p-2019"; no person's.
    samples
        3 to 20 genuine ones, of different holders.
    without_mrz
        Whether they are of a card's side that has no MRZ.

    Raises
    ------
    UsageError
        The name will not do.
    DocumentModelError
        Too few or too many samples, one that was not read, or one unlike the others; the message names its file.
    """
    checked_name(name)
    usable = usable_samples(samples, without_mrz=without_mrz)
    mrz_format, page_size = usable[0].mrz_format, usable[0].page.size
    fields = usable[0].fields if mrz_format else None
    seen = np.stack([appearance_of(sample.page, mrz_format) for sample in usable])
    spots = common_spots([(sample.capture, sample.page) for sample in usable], mrz_format)
    portrait = around(spots["portrait"]) if "portrait" in spots else Box(0, 0, 0, 0)
    hidden = cells_under(portrait, page_size, mrz_format)
    distances = apart(seen, hidden)
    require_alike(usable, distances)
    text = text_layout([(mrz, sample.lines) for sample in usable if (mrz := sample.mrz_of_document)])
    pages = [sample.page for sample in usable]
    structures = [structure_of(page) for page in pages]
    mean, laid = laid_together(structures, page_size)
    zones = layout_of(page_size, mrz_format)
    own = own_lines([sample.lines for sample in usable], structures, laid)
    data = [place.box for place in text.fields.values()]
    others = () if fields else joined(own, page_size)  # an MRZ does not say all that a front prints of its holder
    of_holders = [portrait, *data, *others, *own, *([zones.mrz] if zones.mrz else [])]
    looks = [regions_of(sample.capture, sample.page, mrz_format, spots, models) for sample in usable]
    pictures = pictures_of(pages, laid, of_holders)
    on_pictures = [laid_on_samples(page, pictures) for page in pages]
    lights = [
        judged(look_at_lights(sample.page, sample.mrz, pictures, place), models)
        for sample, place in zip(usable, on_pictures, strict=True)
    ]
    with_mrz = [(one, one.mrz, place) for one, place in zip(usable, on_pictures, strict=True) if one.mrz]
    typesettings = [(mrz, typesetting_of(one.capture, one.page, mrz, place)) for one, mrz, place in with_mrz]
    texts = [*data, *others]
    background = areas_of(page_size, mrz_format, portrait if "portrait" in spots else None, texts)["background"]
    photo = photo_of(pages, on_pictures, zones)
    read = [
        (one.page, mrz, one.lines, place)
        for one, place in zip(usable, on_pictures, strict=True)
        if (mrz := one.mrz_of_document)
    ]
    page_print, texture, cells = _prints(pages, structures, (mean, laid), looks, background)
    return DocumentModel(
        name=name,
        version=version,
        created=created,
        docscan=__version__,
        samples=len(usable),
        page_size=page_size,
        format=mrz_format,
        document_code=fields.document_code if fields else None,
        issuing_state=fields.issuing_state if fields else None,
        text=text,
        regions={region: _reference(places, [look[region] for look in looks]) for region, places in spots.items()},
        network=models.entries[MODEL].sha256,
        appearance=learned(seen, hidden),
        reach=reach_of(distances),
        pictures=pictures,
        print=page_print,
        texture=texture,
        cells=cells,
        measured=light_statistics(lights, FEWEST)
        | type_statistics(typesettings, FEWEST)
        | setting_statistics(read, text, FEWEST)
        | statistics_of(
            _bleeding(pages, on_pictures, pictures) | _doubts(looks) | _suspicions(usable, looks, models), FEWEST
        ),
        photo=photo,
        ovd=ovd_of(pages, on_pictures, of_holders[1:], photo.zone if photo else None),
        own=others,
    )


def _bleeding(
    pages: Sequence[Page], places: Sequence[Laid | None], pictures: Mapping[Spectrum, ReferencePicture]
) -> dict[str, list[float]]:
    picture = pictures.get(Spectrum.VISIBLE)
    if picture is None:
        return {}
    laid = [(page, place) for page, place in zip(pages, places, strict=True) if place and lies_exactly(place)]
    return {BLEEDS: [float(print_bleeds(page, place, picture)) for page, place in laid]}


def _doubts(looks: Sequence[Mapping[str, RegionLook]]) -> dict[str, list[float]]:
    """Return what the region network says of the samples, which are genuine, of those that it judges."""
    return {
        DOUBT.format(name): [doubt for look in looks if (doubt := look[name].doubt) is not None] for name in looks[0]
    }


def _suspicions(
    samples: Sequence[Usable], looks: Sequence[Mapping[str, RegionLook]], models: Models
) -> dict[str, list[float]]:
    """Return what is said of the whole page of each sample whose print is judged."""
    found: dict[str, list[float]] = defaultdict(list)
    for one, look in zip(samples, looks, strict=True):
        if all(region.answers is None for region in look.values()):
            continue
        found[COPIES].append(likeness_of(twins_of(one.page, layout_of(one.page.size, one.mrz_format))))
        if (answer := look_at_whole(one.capture, one.page, models)) is not None:
            found[usual(answer)].append(answer.logit())
    return found


def _prints(
    pages: Sequence[Page],
    structures: Sequence[Structure],
    together: tuple[Structure, Sequence[Laid]],
    looks: Sequence[Mapping[str, RegionLook]],
    background: NDArray[np.bool_],
) -> tuple[PagePrint | None, PageTexture | None, NDArray[np.float16] | None]:
    """Return the mean of the samples' prints, their texture and cells; None of fewer than can be a model's samples."""
    mean, places = together
    asked = [[look.answers for look in seen.values() if look.answers is not None] for seen in looks]
    good = [
        index for index, place in enumerate(places) if place.share >= LEAST_SHARE and len(asked[index]) == len(looks[0])
    ]
    if len(good) < FEWEST:
        return None, None, None
    alike = np.mean([likeness(mean, structures[index], places[index].matrix) for index in good], 0)
    known = (alike > _SHOWN_ALIKE).astype(np.float32)
    fine = {index: fineness_of(pages[index], places[index].in_millimetres) for index in good}
    prints = [print_of(pages[index], fine[index], asked[index], known) for index in good]
    textures = [texture_of(fine[index], pages[index].size) for index in good]
    cells = mean_of_samples([cells_of(asked[index]) for index in good])
    return mean_of(prints), learned_texture(textures, background), cells


def _reference(spots: Spots, looks: Sequence[RegionLook]) -> ReferenceRegion:
    embeddings = [look.embedding for look in looks if look.embedding is not None]
    lights = [light for light in Spectrum if all(light in look.colour for look in looks)]
    return ReferenceRegion(
        spots,
        around(spots),
        # Of fewer than can be a model's samples a mean would be that of single documents.
        {Spectrum.VISIBLE: _statistics(embeddings)} if len(embeddings) >= FEWEST else {},
        {light: _statistics([look.colour[light] for look in looks]) for light in lights},
    )


def _statistics(values: Sequence[NDArray[np.float32]]) -> Statistics:
    stacked = np.stack(values)
    return Statistics(stacked.mean(0), stacked.std(0, ddof=1), len(stacked))

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from datasets.sheet import Kind
from docscan.documents.appearance import SIZE, cells_under
from docscan.documents.enrolment import enrol
from docscan.documents.model import DocumentModel
from docscan.documents.packing import ARRAYS, RECORD, pack
from docscan.documents.samples import Sample
from docscan.errors import DocumentModelError, UsageError
from docscan.tools import Tools
from docscan.types import MrzFormat, PageSize, Spectrum
from docscan.zones import REGIONS
from tests.docscan.conftest import CREATED, Makes

Refused = Callable[[list[Sample], str], None]


@pytest.fixture
def refused(tools: Tools) -> Refused:
    """Check that samples make no model, and with which words."""

    def check(samples: list[Sample], words: str) -> None:
        with pytest.raises(DocumentModelError, match=words):
            enrol("xva-p-2020", samples, version=1, created=CREATED, models=tools.models)

    return check


def test_a_model_says_what_kind_it_is_of(passports: DocumentModel, tools: Tools) -> None:
    assert (passports.page_size, passports.format) == (PageSize.ID_3, MrzFormat.TD3)
    assert (passports.document_code, passports.issuing_state, passports.samples) == ("P", "XVA", 5)
    assert passports.network == tools.models.entries["region"].sha256
    assert passports.appearance.mean.shape == passports.appearance.spread.shape == (SIZE,)


def test_every_region_has_its_places_embedding_and_colour(passports: DocumentModel) -> None:
    assert set(passports.regions) == set(REGIONS)
    for region in passports.regions.values():
        assert {tuple(np.round((x - region.box.x, y - region.box.y), 6) >= 0) for x, y in region.spots} == {
            (True, True)
        }
        embedding, colour = region.embedding[Spectrum.VISIBLE], region.colour[Spectrum.VISIBLE]
        assert embedding.mean.shape == embedding.spread.shape == (64,)
        assert embedding.samples == colour.samples == 5
        assert (embedding.spread > 0).any()
        assert (colour.mean >= 0).all()
        assert (colour.mean <= 255).all()
    assert set(passports.regions["viz"].colour) == {Spectrum.VISIBLE}


def test_regions_differ_as_their_print_does(passports: DocumentModel) -> None:
    """The portrait is darker than the background, on every passport."""
    portrait, background = (passports.regions[name].colour[Spectrum.VISIBLE].mean[:3].mean() for name in (
        "portrait", "background"
    ))  # fmt: skip
    assert portrait < background


def test_other_lights_have_colour_statistics(makes: Makes, utopian: DocumentModel, tools: Tools) -> None:
    lights = utopian.regions["background"].colour
    assert set(lights) == set(Spectrum)
    assert set(utopian.regions["background"].embedding) == {Spectrum.VISIBLE}
    # Security paper stays dark under ultraviolet, and is white under infrared.
    assert lights[Spectrum.UV].mean[:3].mean() < 90 < 120 < lights[Spectrum.IR].mean[:3].mean()
    samples = makes.samples("UTO", Kind.TD3, range(1, 4))
    dark = replace(samples[0], page=replace(samples[0].page, uv=None, ir=None))
    part = enrol("uto-p-2019", [dark, *samples[1:]], version=1, created=CREATED, models=tools.models)
    assert set(part.regions["background"].colour) == {Spectrum.VISIBLE}


def test_where_the_samples_print_their_data_is_learned(passports: DocumentModel) -> None:
    assert {"surname", "given_names", "document_number", "birth_date", "expiry_date"} <= set(passports.text.fields)
    for place in passports.text.fields.values():
        assert place.samples >= 3
        assert 0 < place.box.x < place.box.x + place.box.width < 125
        assert 2 < place.line_mm < 5
    assert len(passports.text.lines) >= 10


def test_how_the_samples_set_their_zone_is_learned(passports: DocumentModel) -> None:
    pitch, distance = (passports.measured[name] for name in ("mrz.pitch", "mrz.line_distance"))
    assert float(pitch.mean[0]) == pytest.approx(2.54, rel=0.02)
    assert float(pitch.spread[0]) < 0.02
    assert float(distance.mean[0] / pitch.mean[0]) == pytest.approx(2.5, rel=0.02)
    assert {"mrz.left", "mrz.middle", "mrz.glyphs"} < set(passports.measured)
    unevenness = passports.measured["mrz.alignment"]
    assert unevenness.samples == passports.samples
    assert 0.1 < unevenness.mean[0] < 1.2  # the generator sets zones evenly


def test_what_the_networks_say_of_the_samples_is_learned(passports: DocumentModel, tools: Tools) -> None:
    for region in passports.regions:
        seen = passports.measured[f"viz.print.{region}"]
        assert seen.samples == passports.samples
        assert float(seen.mean[0]) < 0.5  # it learned from such prints, and these are genuine
    page = passports.measured[f"viz.page_{tools.models.entries['page_visible'].sha256[:8]}"]
    assert page.samples == passports.samples
    assert float(page.mean[0]) < 2.0  # as that of all of the page did
    assert 7.0 <= float(passports.measured["viz.copies"].mean[0]) < 8.5  # no letters of theirs are copies


def test_how_high_the_samples_data_stand_is_learned_to_a_tenth_of_a_millimetre(passports: DocumentModel) -> None:
    for name in ("document_number", "birth_date", "expiry_date"):
        place, seen = passports.text.fields[name], passports.measured[f"viz.{name}.baseline"]
        below = float(seen.mean[0]) - (place.box.y + place.box.height / 2)
        assert 0.2 * place.line_mm < below < 0.6 * place.line_mm  # of the middle of its line
        assert float(seen.spread[0]) < 0.1


def test_a_model_holds_nothing_of_a_holder(passports: DocumentModel, makes: Makes) -> None:
    files = pack(passports)
    text = files[RECORD].decode()
    for sample in makes.samples("XVA", Kind.TD3):
        assert sample.mrz is not None
        fields = sample.mrz.parsed.fields
        assert sample.file not in text
        said = (fields.document_number, fields.surname, fields.given_names, fields.birth_date, fields.expiry_date)
        for value in filter(None, said):
            assert value not in text
            assert value.encode() not in files[ARRAYS]
    # Strings are the few that the record admits; all else is numbers.
    strings = {value for value in json.loads(text).values() if isinstance(value, str)}
    assert strings == {
        "docscan.document-model/1", "xva-p-2020", "2026-11-26T12:00:00Z", passports.docscan, "ID-3", "TD3", "P", "XVA",
        passports.network,
    }  # fmt: skip


def test_nothing_is_kept_where_the_portrait_stands(passports: DocumentModel) -> None:
    hidden = cells_under(passports.regions["portrait"].box, passports.page_size, passports.format)
    assert 0.05 < hidden.mean() < 0.35
    assert not passports.appearance.mean[hidden].any()
    assert len(set(passports.appearance.spread[hidden])) == 1
    assert passports.appearance.mean[~hidden].any()


def test_no_single_sample_is_kept(makes: Makes, tools: Tools) -> None:
    """The same samples in another order make the same model: none of them has a place in it."""
    samples = makes.samples("XVA", Kind.TD3, range(3))
    one, other = (
        enrol("xva-p-2020", order, version=1, created=CREATED, models=tools.models)
        for order in (samples, samples[::-1])
    )
    assert one.regions.keys() == other.regions.keys()
    for name, region in one.regions.items():
        for spectrum, found in {**region.embedding}.items():
            np.testing.assert_allclose(found.mean, other.regions[name].embedding[spectrum].mean, atol=1e-4)
            assert found.mean.ndim == found.spread.ndim == 1
    np.testing.assert_allclose(one.appearance.mean, other.appearance.mean, atol=1e-4)


def test_a_network_that_abstains_leaves_no_embedding(makes: Makes, tools: Tools) -> None:
    blurred = replace(makes.sample("XVA", Kind.TD3, 0).page.quality, sharpness=0.0)
    samples = [
        replace(sample, page=replace(sample.page, quality=blurred))
        for sample in makes.samples("XVA", Kind.TD3, range(3))
    ]
    model = enrol("xva-p-2020", samples, version=1, created=CREATED, models=tools.models)
    assert all(not region.embedding and region.colour for region in model.regions.values())
    assert not [name for name in model.measured if name.startswith(("viz.print.", "viz.page_", "viz.copies"))]


@pytest.mark.parametrize("count", [0, 2, 21])
def test_too_few_and_too_many_are_refused(makes: Makes, refused: Refused, count: int) -> None:
    refused([makes.sample("XVA", Kind.TD3, 0)] * count, f"3 to 20 genuine samples, not from {count}")


def test_a_sample_without_mrz_or_page_is_named(makes: Makes, refused: Refused) -> None:
    samples = makes.samples("XVA", Kind.TD3, range(3))
    refused([*samples[:2], replace(samples[2], file="third.png", mrz=None)], "third.png .* no machine-readable zone")
    lost = replace(samples[2].page, found=False, quality=replace(samples[2].page.quality, whole_page=False))
    refused([*samples[:2], replace(samples[2], file="third.png", page=lost)], "third.png .* page was not found")


def test_a_sample_that_shows_others_or_keeps_too_little_is_named(makes: Makes, refused: Refused) -> None:
    *samples, last = makes.samples("XVA", Kind.TD3, range(3))
    refused([*samples, replace(last, file="third.png", among_others=True)], "third.png .* more than one document")
    grey = replace(last.page, quality=replace(last.page.quality, coloured=False))
    refused([*samples, replace(last, file="third.png", page=grey)], "third.png .* shades of grey")
    little = replace(last.page, quality=replace(last.page.quality, jpeg_quality=12.0))
    refused([*samples, replace(last, file="third.png", page=little)], "third.png .* compressed too strongly")
    dark = replace(last.page, quality=replace(last.page.quality, brightened=5.0))
    refused([*samples, replace(last, file="third.png", page=dark)], "third.png .* too dark")


def test_a_sample_of_another_state_is_named(makes: Makes, refused: Refused) -> None:
    other = makes.sample("XVE", Kind.TD3, 0)
    for samples in ([*makes.samples("XVA", Kind.TD3, range(3)), other], [other, *makes.samples("XVA", Kind.TD3)]):
        refused(samples, f"{other.file} has the issuing state XVE, most have XVA")


def test_a_sample_of_another_format_is_named(makes: Makes, refused: Refused) -> None:
    other = makes.sample("XVA", Kind.TD1_BACK, 0)
    refused([*makes.samples("XVA", Kind.TD3, range(3)), other], f"{other.file} has the format TD1, most have TD3")


def test_a_sample_of_another_design_is_named(makes: Makes, refused: Refused) -> None:
    """Another state's page with this state's zone: nothing but its look tells."""
    strange, mrz = makes.sample("XVE", Kind.TD3, 0), makes.sample("XVA", Kind.TD3, 5).mrz
    samples = [*makes.samples("XVA", Kind.TD3), replace(strange, file="strange.png", mrz=mrz)]
    refused(samples, "strange.png looks unlike the others")


def test_a_document_given_twice_is_refused(makes: Makes, refused: Refused) -> None:
    samples = makes.samples("XVA", Kind.TD3, range(3))
    again = replace(samples[1], file="again.png")
    refused([*samples, again], f"{samples[1].file} and again.png show the same document")
    refused([samples[0]] * 3, "show the same document")


def test_a_zone_without_an_issuing_state_is_refused(makes: Makes, refused: Refused) -> None:
    first, *rest = makes.samples("XVA", Kind.TD3, range(3))
    assert first.mrz is not None
    parsed = first.mrz.parsed
    for value in ("", "X1A"):
        fields = replace(parsed.fields, issuing_state=value)
        mrz = replace(first.mrz, parsed=replace(parsed, fields=fields))
        refused([replace(first, mrz=mrz), *rest], f"{first.file} .* names no issuing state")


def test_an_unsafe_name_is_refused(makes: Makes, tools: Tools) -> None:
    with pytest.raises(UsageError, match="lowercase"):
        enrol("../XVA", makes.samples("XVA", Kind.TD3), version=1, created=CREATED, models=tools.models)

"""Papers on a phone: with JavaScript sent as soon as chosen, without it by the buttons."""

import pytest
from playwright.sync_api import FileChooser, Page, Route, expect

from tests.cases.uploads.files import archive, paper, pdf, picture_bytes
from tests.factories.cases import SUBMITTED_AT
from yibao.cases.operations.drafts import start_draft
from yibao.cases.uploads.queries import uploads_of_draft
from yibao.cases.vocabulary import Kind

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.cases.uploads.pages"),
]
CARD = "#upload-id_card"


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def draft():
    return start_draft(kind=Kind.FILING, at=SUBMITTED_AT).draft


def a_file(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def choose(page: Page, *files: dict[str, object]) -> None:
    page.locator(f"{CARD} input[name=material_id_card]").set_input_files(list(files))


def test_a_chosen_photo_is_sent_at_once_and_nothing_typed_is_lost(
    open_page, axe_violations, overflows, draft
):
    page = open_page(f"/papers/{draft.uid}/", phone=True)
    page.get_by_label("年龄").fill("4")
    assert page.locator(f"{CARD} [data-upload-button]").is_hidden()

    choose(page, a_file("a.jpg", picture_bytes()), a_file("b.pdf", pdf(3)))

    expect(page.locator(f"{CARD} .upload-files > li")).to_have_count(2)
    expect(page.locator(f"{CARD}")).to_contain_text("3 页")
    expect(page.locator("main > [role=status]")).to_have_text("身份证：已收到 2 份")
    assert page.get_by_label("年龄").input_value() == "4"
    assert page.locator(f"{CARD} img").evaluate("image => image.naturalWidth") > 100
    assert axe_violations(page) == []
    assert not overflows(page)


def test_a_refused_file_is_explained_beside_the_field(open_page, axe_violations, draft):
    page = open_page(f"/papers/{draft.uid}/", phone=True)

    choose(page, a_file("contract.docx", archive()))

    expect(page.locator(f"{CARD} .error:visible")).to_contain_text("这是文档或压缩包")
    assert page.locator(f"{CARD} input[name=material_id_card]").get_attribute("aria-invalid")
    assert axe_violations(page) == []
    assert uploads_of_draft(draft) == ()


def test_a_large_photo_is_made_smaller_before_it_is_sent(open_page, draft):
    page = open_page(f"/papers/{draft.uid}/", phone=True)
    sent: list[int] = []
    page.on("request", lambda r: sent.append(len(r.post_data_buffer or b"")))
    photo = picture_bytes(paper(4000, 3000), quality=100, subsampling=0)
    photo += bytes(800_000)  # as phones add a short film of the moment

    choose(page, a_file("a.jpg", photo) | {"mimeType": "image/jpeg"})

    expect(page.locator(f"{CARD} .upload-files > li")).to_have_count(1)
    assert max(sent) < len(photo) // 2


def test_a_lost_line_is_said_and_the_next_try_works(browser, live_server, draft):
    # Not through `open_page`: the console tells of the lost line, as it should.
    page = browser.new_page(base_url=live_server.url)
    page.goto(f"/papers/{draft.uid}/")
    page.route("**/papers/**", lambda route: route.abort())

    choose(page, a_file("b.pdf", pdf()))

    expect(page.locator(f"{CARD} [data-upload-lost]")).to_be_visible()
    page.unroute("**/papers/**")
    choose(page, a_file("b.pdf", pdf()))
    expect(page.locator(f"{CARD} .upload-files > li")).to_have_count(1)
    expect(page.locator(f"{CARD} [data-upload-lost]")).to_be_hidden()
    page.close()


def test_no_other_file_is_chosen_while_one_is_on_its_way(open_page, axe_violations, draft):
    page = open_page(f"/papers/{draft.uid}/", phone=True)
    on_their_way: list[Route] = []
    page.route("**/papers/**", lambda route: on_their_way.append(route))
    pickers: list[FileChooser] = []
    page.on("filechooser", lambda picker: pickers.append(picker))

    with page.expect_request("**/papers/**"):
        choose(page, a_file("a.jpg", picture_bytes()))
    page.locator(f"{CARD} input[name=material_id_card]").press("Enter")

    expect(page.locator(f"{CARD} [data-upload-wait]")).to_be_visible()
    expect(page.locator(f"{CARD} progress")).to_be_visible()
    assert pickers == []
    assert axe_violations(page) == []
    on_their_way[0].continue_()
    expect(page.locator(f"{CARD} .upload-files > li")).to_have_count(1)
    expect(page.locator(f"{CARD} [data-upload-wait]")).to_be_hidden()
    with page.expect_file_chooser():
        page.locator(f"{CARD} input[name=material_id_card]").press("Enter")


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_replace_and_remove_with_the_keyboard(open_page, draft, javascript):
    page = open_page(f"/papers/{draft.uid}/", phone=True, javascript=javascript)
    choose(page, a_file("a.jpg", picture_bytes()))
    if not javascript:
        page.locator(f"{CARD} [name=upload]").last.press("Enter")
    expect(page.locator(f"{CARD} img")).to_have_count(1)

    page.locator(f"{CARD} summary").press("Enter")
    page.locator(f"{CARD} .upload-tools input").set_input_files([a_file("b.pdf", pdf(2))])
    if not javascript:
        page.locator(f"{CARD} details [name=upload]").press("Enter")
    expect(page.locator(f"{CARD} .upload-icon")).to_have_count(1)

    page.locator(f"{CARD} [name=remove]").press("Enter")
    expect(page.locator(f"{CARD} .upload-files")).to_have_count(0)
    assert uploads_of_draft(draft) == ()


def test_without_javascript_going_on_sends_everything(open_page, draft):
    page = open_page(f"/papers/{draft.uid}/", phone=True, javascript=False)
    choose(page, a_file("a.jpg", picture_bytes()))

    page.get_by_role("button", name="继续").click()

    expect(page.get_by_role("heading", name="请改正下面的内容")).to_be_visible()  # the age
    expect(page.locator(f"{CARD} .upload-files > li")).to_have_count(1)
    page.get_by_label("年龄").fill("40")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_text("weiter")).to_be_visible()

"""The vocabularies of the contract (import form, `docs/vocabulary.md`): one place, each value once."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReportKind(TextChoices):
    """What a reporter says it is about."""

    MATERIAL = "material", _("Pictures or videos")
    GROOMING = "grooming", _("Someone is contacting a child in a worrying way")
    LIVE_STREAM = "live_stream", _("A live stream or video call")
    SEXUAL_EXTORTION = "sexual_extortion", _("Threats to share pictures")
    OWN_IMAGE = "own_image", _("A picture of the person reporting")
    OTHER = "other", _("Something else")


class Source(TextChoices):
    """Who brought it."""

    PUBLIC = "public", _("Public")
    YOUNG_PERSON = "young_person", _("Young person")
    MEMBER = "member", _("Member")
    HOTLINE = "hotline", _("Partner hotline")
    POLICE = "police", _("Police")
    PROACTIVE = "proactive", _("Found by the hotline")


class Channel(TextChoices):
    """Where it happened (domain.md 9.2)."""

    WEB_PAGE = "web_page", _("Web page")
    SOCIAL_MEDIA = "social_media", _("Social media")
    LIVE_STREAM = "live_stream", _("Live stream")
    LIVE_VIDEO_CALL = "live_video_call", _("Live video call")
    LIVE_CHAT_ROOM = "live_chat_room", _("Live chat room")
    DIRECT_MESSAGE = "direct_message", _("Direct message")
    GAMING_CHAT = "gaming_chat", _("Game chat")
    FORUM = "forum", _("Forum")
    EMAIL = "email", _("E-mail")
    SMS_PHONE = "sms_phone", _("Text message or phone")
    NEWSGROUP = "newsgroup", _("Newsgroup")
    P2P = "p2p", _("File sharing between people")
    OFFLINE = "offline", _("Offline")
    DARKWEB = "darkweb", _("Hidden service")
    OTHER = "other", _("Something else")


class Outcome(TextChoices):
    """What an analyst found."""

    CONFIRMED = "confirmed", _("Confirmed as child sexual abuse material")
    NOT_ILLEGAL = "not_illegal", _("Not illegal")
    NOT_FOUND = "not_found", _("Nothing found at the address")
    OUT_OF_REMIT = "out_of_remit", _("Not for this hotline")
    DUPLICATE = "duplicate", _("Duplicate")
    CANNOT_ASSESS = "cannot_assess", _("Cannot be assessed")


class Severity(TextChoices):
    """The UK scheme (domain.md 1.4); `prohibited` stands outside A to C. No letter is printed without its scheme."""

    A = "A", _("UK: Category A")
    B = "B", _("UK: Category B")
    C = "C", _("UK: Category C")
    PROHIBITED = "prohibited", _("UK: Prohibited image (non-photographic)")


class Age(TextChoices):
    """The youngest child, in years."""

    A0_2 = "0-2", _("0 to 2")
    A3_6 = "3-6", _("3 to 6")
    A7_10 = "7-10", _("7 to 10")
    A11_13 = "11-13", _("11 to 13")
    A14_15 = "14-15", _("14 to 15")
    A16_17 = "16-17", _("16 to 17")
    UNKNOWN = "unknown", _("Unknown")


class Sex(TextChoices):
    """Of all children seen."""

    GIRLS = "girls", _("Girls")
    BOYS = "boys", _("Boys")
    BOTH = "both", _("Both")
    UNIDENTIFIED = "unidentified", _("Not identified")


class MadeBy(TextChoices):
    """How it came to be. Being alone on camera never means consent or fault."""

    ADULT_PRESENT = "adult_present", _("An adult was present")
    CHILD_ALONE_DIRECTED = "child_alone_directed", _("Child alone, directed by someone")
    CHILD_ALONE_UNCLEAR = "child_alone_unclear", _("Child alone, unclear how it came about")
    CHILDREN_TOGETHER = "children_together", _("Children together")
    SYNTHETIC = "synthetic", _("Made by computer")
    UNKNOWN = "unknown", _("Unknown")


SELF_GENERATED = frozenset(
    {MadeBy.CHILD_ALONE_DIRECTED, MadeBy.CHILD_ALONE_UNCLEAR, MadeBy.CHILDREN_TOGETHER}
)


class SiteType(TextChoices):
    """The INHOPE site types and ours (domain.md 2.2)."""

    WEBSITE = "website", _("Website")
    FILE_HOST = "file_host", _("File host")
    IMAGE_STORE = "image_store", _("Image store")
    IMAGE_BOARD = "image_board", _("Image board")
    FORUM = "forum", _("Forum")
    BANNER_SITE = "banner_site", _("Banner site")
    LINK_SITE = "link_site", _("Link site")
    SOCIAL_NETWORK = "social_network", _("Social network")
    REDIRECTOR = "redirector", _("Redirector")
    WEB_ARCHIVE = "web_archive", _("Web archive")
    SEARCH_PROVIDER = "search_provider", _("Search provider")
    IMAGE_HOST = "image_host", _("Image host")
    BLOG = "blog", _("Blog")
    LIVE_STREAM = "live_stream", _("Live stream")
    CHAT = "chat", _("Chat")
    GAME = "game", _("Game")
    OTHER = "other", _("Something else")


class State(TextChoices):
    """Where a Case stands; the moves are in `states.py`."""

    OPEN = "open", _("Open")
    SECOND_LOOK = "second_look", _("Second look")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")
    NOTICED = "noticed", _("Notice sent")
    GONE = "gone", _("Gone")
    WAITING = "waiting", _("The desk must look")
    HANDED_OVER = "handed_over", _("Handed over")
    ON_HOLD = "on_hold", _("On hold for police")

"""What the practice X knows: people, posts, uploads, lists, bookmarks and likes. No wire format here."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

EPOCH_MS = 1_288_834_974_657
URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)'\]]")
MENTION = re.compile(r"(?<![\w@])@(\w{1,15})(?!\w)")
TAG = re.compile(r"(?<![\w&])#(\w*[^\W\d]\w*)")
SHORT_LIMIT = 280
LONG_LIMIT = 25_000
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
SEARCHED = timedelta(days=7)


@dataclass
class User:
    """`subscription` is None, Basic, Premium or PremiumPlus, as X writes it."""

    id: str
    username: str
    name: str
    description: str
    created: datetime
    subscription: str = "None"
    verified_type: str = "none"
    protected: bool = False


@dataclass
class Upload:
    """`looks_left`: how often the owner still hears that a film is being worked on."""

    id: str
    owner: str
    mime: str
    category: str
    size: int
    pieces: dict[int, bytes] = field(default_factory=dict)
    alt: str = ""
    width: int = 1200
    height: int = 750
    done: bool = False
    looks_left: int = 0
    fails: bool = False
    seed: str = ""

    @property
    def data(self) -> bytes:
        return b"".join(self.pieces[index] for index in sorted(self.pieces))

    @property
    def key(self) -> str:
        return f"{ {'tweet_video': 7, 'tweet_gif': 16}.get(self.category, 3) }_{self.id}"


@dataclass
class Post:
    """`text` is as it was written; the wire shortens its links."""

    id: str
    author: str
    created: datetime
    text: str = ""
    reply_to: str = ""
    quote: str = ""
    repost_of: str = ""
    media: tuple[str, ...] = ()
    poll: tuple[tuple[str, int], ...] = ()
    poll_minutes: int = 1440
    reply_settings: str = ""
    lang: str = "en"
    sensitive: bool = False
    likes: int = 0
    reposts: int = 0
    replies: int = 0
    conversation: str = ""


@dataclass
class UserList:
    id: str
    name: str
    owner: str
    members: set[str]


class State:
    """All data of one X. Ids are made as X makes them: milliseconds since its epoch, shifted by 22 bits."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.users: dict[str, User] = {}
        self.posts: dict[str, Post] = {}
        self.uploads: dict[str, Upload] = {}
        self.lists: dict[str, UserList] = {}
        self.bookmarks: dict[str, list[str]] = {}  # user -> posts, newest act first
        self.likes: dict[str, list[str]] = {}
        self._count = 0

    def new_id(self, when: datetime) -> str:
        self._count += 1
        return str((int(when.timestamp() * 1000) - EPOCH_MS << 22) + (self._count & 0x3FFFFF))

    @staticmethod
    def time_of(post_id: str) -> datetime:
        return datetime.fromtimestamp(((int(post_id) >> 22) + EPOCH_MS) / 1000, UTC)

    def add_user(self, username: str, name: str, description: str) -> User:
        created = self.now().replace(microsecond=0) - timedelta(days=900)
        user = User(str(2_244_994_945 + len(self.users)), username, name, description, created)
        self.users[user.id] = user
        return user

    def user_named(self, username: str) -> User | None:
        return next((u for u in self.users.values() if u.username.lower() == username.lower()), None)

    def add(self, post: Post) -> Post:
        answered = self.posts.get(post.reply_to)
        post.conversation = answered.conversation if answered else post.id
        if answered is not None:
            answered.replies += 1
        self.posts[post.id] = post
        return post

    def remove(self, post_id: str) -> None:
        """The post and the reposts of it."""
        for gone in [p for p in self.posts.values() if post_id in (p.id, p.repost_of)]:
            del self.posts[gone.id]

    def repost(self, user_id: str, post_id: str, when: datetime | None = None) -> Post:
        when = when or self.now()
        self.posts[post_id].reposts += 1
        made = Post(self.new_id(when), user_id, when, repost_of=post_id)
        made.conversation = made.id
        self.posts[made.id] = made
        return made

    def repost_by(self, user_id: str, post_id: str) -> Post | None:
        return next((p for p in self.posts.values() if p.author == user_id and p.repost_of == post_id), None)

    def mentions(self, text: str) -> set[str]:
        """Ids of the people that a text names."""
        named = (self.user_named(name) for name in MENTION.findall(text))
        return {user.id for user in named if user is not None}

    def newest_first(self, wanted: Callable[[Post], bool]) -> list[Post]:
        return sorted((p for p in self.posts.values() if wanted(p)), key=lambda p: int(p.id), reverse=True)

    def search(self, query: str) -> list[Post]:
        """Posts of the last seven days with all words of one of the alternatives; no reposts."""
        alternatives = [_terms(part) for part in re.split(r"\s+OR\s+", query)]
        since = self.now() - SEARCHED

        def fits(post: Post) -> bool:
            if post.repost_of or post.created < since:
                return False
            return any(all(self._has(post, term) for term in terms) for terms in alternatives)

        return self.newest_first(fits)

    def _has(self, post: Post, term: str) -> bool:
        if term.startswith("-"):
            return not self._has(post, term[1:])
        name, colon, value = term.partition(":")
        if colon and name in {"conversation_id", "from", "is", "lang", "url"}:
            author = self.users[post.author].username.lower()
            told = {"conversation_id": post.conversation == value, "from": author == value.lower().lstrip("@")}
            told |= {"is": bool(post.reply_to) if value == "reply" else False, "lang": post.lang == value}
            told |= {"url": value.strip('"') in post.text}
            return told[name]
        if term.startswith("#"):
            return term[1:].lower() in {tag.lower() for tag in TAG.findall(post.text)}
        return term.strip('"').lower() in post.text.lower()

    def limit_of(self, user: User) -> int:
        return SHORT_LIMIT if user.subscription == "None" else LONG_LIMIT


def _terms(query: str) -> Iterable[str]:
    return re.findall(r'-?\w+:"[^"]*"|-?"[^"]*"|\S+', query.replace("(", " ").replace(")", " "))


def weigh(text: str) -> int:
    """What X counts, near enough for a stand-in: links 23, characters 1 or 2."""
    total = 23 * len(URL.findall(text))
    for character in URL.sub("", text):
        total += 1 if any(first <= ord(character) <= last for first, last in _LIGHT) else 2
    return total

"""The one press that mends what stands in the way of a post."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from socialdesk.core.issues import Issue
from socialdesk.core.post import Draft
from socialdesk.core.rules import PostRules
from socialdesk.ui.composer import letter

if TYPE_CHECKING:
    from socialdesk.ui.composer.panel import Composer


class Fixes:
    """Changes the composer's draft through `edit`, and leads to the place where the rest is mended."""

    def __init__(
        self, composer: "Composer", rules: Callable[[], Mapping[int, PostRules]], edit: Callable[[Draft], None]
    ) -> None:
        self._composer, self._rules, self._edit = composer, rules, edit

    def fix(self, account_id: int, issue: Issue) -> None:
        draft = self._composer.draft
        match issue.fix:
            case "add_alt" | "edit_alt":
                self._composer.attachments.describe(issue.picture)
            case "remove_picture":
                self._composer.attachments.remove(issue.picture)
            case "split":
                self._edit(letter.split_for(draft, account_id, self._rules()))
                self.go_tab(account_id)
            case "write_article" | "add_title" | "choose_blog":
                self.write_article()
            case "publish_article" if draft.article is not None:
                self._edit(replace(draft, article=replace(draft.article, status="publish")))
            case "article_same_time" if draft.article is not None:
                later = replace(draft.article, status="future", publish_at=draft.publish_at)
                self._edit(replace(draft, article=later))
            case "only_target_account":
                self._edit(letter.only_target_account(draft))
            case leaving if leaving.startswith(("leave_out_", "put_back_")):
                what, out = issue.fix.rpartition("_")[2], issue.fix.startswith("leave_out")
                self._edit(letter.leaving_out(draft, account_id, what, out=out))
            case "edit_poll":
                self._composer.poll.focus_empty()
            case "post_now":
                self._edit(replace(draft, publish_at=None))
            case "choose_time":
                self._composer.when.ask(draft)
            case _:
                self.go_tab(account_id)

    def write_article(self) -> None:
        """An article in the draft, on a blog if there is one, and its tab in front."""
        composer = self._composer
        draft = letter.with_article(composer.draft)
        blogs = [i for i, rules in composer.roster.rules.items() if rules.article]
        if not blogs:
            composer.show_status("No blog is connected yet.")
            return
        if not any(i in blogs for i in draft.account_ids):
            draft = letter.toggled(draft, blogs[0], composer.roster.order())
        self._edit(draft)
        self.go_tab(next(i for i in draft.account_ids if i in blogs))

    def go_tab(self, account_id: int) -> None:
        self._composer.tabs.choose(account_id)
        self._composer.show_draft()
        self._composer.focus_text()

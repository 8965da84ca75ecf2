"""Writing again what is not out: the draft of it, and the deliveries whose place it takes. Pure."""

from dataclasses import replace
from datetime import datetime

from socialdesk.core import segments
from socialdesk.core.delivery import DELETED, cancelled
from socialdesk.core.post import (
    PERMALINK,
    Delivery,
    DeliveryState,
    Draft,
    Override,
    Publication,
    Receipt,
    Target,
)


def taken_back(publication: Publication, now: datetime) -> tuple[Draft, tuple[Delivery, ...]] | None:
    """A draft of what is not out yet, and the deliveries whose place it takes; None when nothing can be taken back.

    A thread that is out in part is never written again from its start: where only such threads are left, the draft
    holds the missing parts of the first of them, as an answer to its last part.
    """
    back = [c for d in publication.deliveries if (c := cancelled(d, now)) is not None]
    whole = tuple(d for d in back if d.error == DELETED or not any(part.is_out for part in d.parts))
    out = next((d.permalink for d in publication.deliveries if d.state is DeliveryState.SENT and d.permalink), "")
    if whole:
        draft = replace(publication.draft, id=0, account_ids=tuple(dict.fromkeys(d.account_id for d in whole)))
        awaited = {d.waits_for for d in publication.deliveries if d.waits_for is not None}
        if draft.article is not None and out and not any(d.id in awaited for d in whole):
            no_card = out if draft.no_card == PERMALINK else draft.no_card
            draft = replace(draft, article=None, link=out, no_card=no_card)
        return draft, whole
    begun = next((d for d in back if d.next_part < len(d.parts)), None)
    return None if begun is None else (_rest(publication.draft, begun, out), (begun,))


def _rest(draft: Draft, delivery: Delivery, link: str) -> Draft:
    """What a thread lacks, as an answer to its last part that is out."""
    missing = delivery.parts[delivery.next_part :]
    last = delivery.parts[delivery.next_part - 1].receipt or Receipt("", "")
    answered = Target(last.remote_id, last.refs, url=last.permalink, account_id=delivery.account_id)
    blobs = {blob for part in missing for blob in part.picture_blobs}
    own = draft.overrides.get(delivery.account_id, Override())
    return Draft(
        text=segments.join(tuple(part.text.replace(PERMALINK, link) for part in missing)),
        account_ids=(delivery.account_id,),
        overrides={delivery.account_id: replace(own, text=None)},
        pictures=tuple(picture for picture in draft.pictures if picture.blob in blobs),
        reply_to=answered if last.remote_id else None,
        language=draft.language,
        visibility=draft.visibility,
        warning=draft.warning,
        card=draft.card,
        no_card=link if draft.no_card == PERMALINK else draft.no_card,
    )

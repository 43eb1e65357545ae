from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClaimsConfig(AppConfig):
    name = "yibao.claims"
    verbose_name = _("手工报销")

    def ready(self) -> None:
        from yibao.cases import status
        from yibao.cases.operations import resealing
        from yibao.cases.vocabulary import Kind
        from yibao.claims import replays
        from yibao.claims.models import Objection, YearAccount
        from yibao.claims.operations.forgetting import forget_claim, remove_claim
        from yibao.claims.status import detail_of
        from yibao.policies.replay import sources

        kind = status.CaseKind(detail=detail_of, forget=forget_claim, remove=remove_claim)
        status.register(Kind.CLAIM, kind)
        resealing.register(
            resealing.Sealed(Objection, "sealed_text", lambda row: f"claims.objection:{row.uid}")
        )
        resealing.register_hash(
            resealing.Hashed(YearAccount, "person_hash", same=("year", "insurance"))
        )
        sources.register(replays.NAME, _("报销决定"), replays.iterate, count=replays.count)

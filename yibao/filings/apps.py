from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilingsConfig(AppConfig):
    name = "yibao.filings"
    verbose_name = _("异地就医备案")

    def ready(self) -> None:
        from yibao.cases import status
        from yibao.cases.operations import resealing
        from yibao.cases.vocabulary import Kind
        from yibao.filings import replays
        from yibao.filings.models import Commitment
        from yibao.filings.operations.forgetting import forget_filing, remove_filing
        from yibao.filings.status import detail_of
        from yibao.policies.replay import sources

        kind = status.CaseKind(detail=detail_of, forget=forget_filing, remove=remove_filing)
        status.register(Kind.FILING, kind)
        resealing.register(
            resealing.Sealed(
                Commitment, "sealed_signature", lambda row: f"filings.commitment:{row.filing_id}"
            )
        )
        sources.register(replays.NAME, _("备案"), replays.iterate, count=replays.count)

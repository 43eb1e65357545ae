from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "yibao.policies"
    verbose_name = _("医保政策")

    def ready(self) -> None:
        from yibao.core import language, sealed_columns
        from yibao.policies.english import english_of_title
        from yibao.policies.models import Correction
        from yibao.policies.replay import questions, samples
        from yibao.policies.replay.sources import register

        language.gloss_with(english_of_title)
        register(
            "golden",
            _("算例"),
            samples.iterate_golden,
            count=samples.count_golden,
            is_decided=False,
        )
        register(
            "golden_checks",
            _("资格算例"),
            questions.iterate_golden,
            count=questions.count_golden,
            is_decided=False,
        )
        register("samples", _("样例账单"), samples.iterate, is_decided=False)
        register(
            "questions", _("样例提问"), questions.iterate, count=questions.count, is_decided=False
        )
        sealed_columns.register(
            sealed_columns.Sealed(
                Correction, "sealed_contact", lambda row: f"policies.correction.contact:{row.pk}"
            )
        )

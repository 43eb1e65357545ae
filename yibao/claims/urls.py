from yibao.claims import views
from yibao.claims.record_views import record_urls

app_name = "claims"
urlpatterns = [*views.wizard.urls(), *record_urls()]
